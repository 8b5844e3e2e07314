"""When something that repeats comes again."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from orders.frequencies import following, validate_frequency


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "after", "expected"),
    [
        ("hourly", "2026-01-31T10:00", "2026-01-31T11:00"),
        ("hourly", "2026-03-01T10:59", "2026-03-01T11:00"),
        ("daily", "2026-01-31T10:00", "2026-02-01T10:00"),
        ("weekly", "2026-02-09T00:00", "2026-02-14T10:00"),
        ("monthly", "2026-01-31T10:00", "2026-02-28T10:00"),
        ("monthly", "2026-02-28T10:00", "2026-03-31T10:00"),
        ("monthly", "2031-05-31T09:59", "2031-05-31T10:00"),
        ("two-month", "2026-01-31T10:00", "2026-03-31T10:00"),
        ("three-month", "2026-01-31T10:00", "2026-04-30T10:00"),
        ("four-month", "2026-01-31T10:00", "2026-05-31T10:00"),
        ("six-month", "2026-01-31T10:00", "2026-07-31T10:00"),
        ("yearly", "2027-02-01T00:00", "2028-01-31T10:00"),
        ("monthly", "2025-01-01T00:00", "2026-01-31T10:00"),
        ("30 10 * * *", "2026-01-31T10:30", "2026-02-01T10:30"),
        ("0 9-17/4 * * *", "2026-02-01T09:00", "2026-02-01T13:00"),
        ("0 8 1 * *", "2026-02-01T08:00", "2026-03-01T08:00"),
        ("0 8 * * 1-5", "2026-02-06T08:00", "2026-02-09T08:00"),
        ("0 8 * * 7", "2026-02-02T00:00", "2026-02-08T08:00"),
        ("0 8 13 * 5", "2026-02-07T00:00", "2026-02-13T08:00"),
        ("0 8 13 * 5", "2026-03-07T00:00", "2026-03-13T08:00"),
        ("0 8 12 * 5", "2026-03-07T00:00", "2026-03-12T08:00"),
        ("0 0 29 2 *", "2026-03-01T00:00", "2028-02-29T00:00"),
        ("15 */12 * 3,6 *", "2026-03-31T12:15", "2026-06-01T00:15"),
    ],
)
def test_it_comes_again(frequency, after, expected):
    validate_frequency(frequency)

    assert following(frequency, anchor=at("2026-01-31T10:00"), after=at(after)) == at(expected)


@pytest.mark.parametrize(
    "frequency",
    [
        "",
        "fortnightly",
        "Monthly",
        "* * * * *",
        "0,30 * * * *",
        "*/5 * * * *",
        "0 0 31 2 *",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "0 17-9 * * *",
        "0 */0 * * *",
        "0 0 * *",
        "0  0 * * *",
        "0 0 * * mon",
    ],
)
def test_what_is_too_often_never_or_unreadable_is_refused(frequency):
    with pytest.raises(ValidationError):
        validate_frequency(frequency)
