"""How often an order comes again: a word, or a crontab expression. All times are UTC."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from django.core.exceptions import ValidationError

STEPS: Mapping[str, timedelta] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
}
MONTHS: Mapping[str, int] = {
    "monthly": 1,
    "two-month": 2,
    "three-month": 3,
    "four-month": 4,
    "six-month": 6,
    "yearly": 12,
}
LONGEST_MONTH = timedelta(days=31)
# A 29th of February comes again after eight years at the latest.
DAYS_AHEAD = 8 * 366 + 1

RANGE = re.compile(r"\A(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?\Z")
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
EVERY_DAY = frozenset(range(1, 32))
EVERY_WEEKDAY = frozenset(range(7))


def validate_frequency(value: str) -> None:
    """Raise ValidationError unless `value` is a known word or a crontab expression.

    One that runs more often than once an hour, or never, is refused.
    """
    if value in STEPS or value in MONTHS:
        return
    crontab = _crontab(value)
    if crontab is None or crontab.following(datetime(2000, 1, 1, tzinfo=UTC)) is None:
        raise ValidationError("is not included in the list", "inclusion")


def following(frequency: str, *, anchor: datetime, after: datetime) -> datetime | None:
    """Return the first run later than `after`, not before `anchor`; None if it cannot be read.

    Words count from `anchor`, so that the 31st of one month is followed by the last day of the
    next and the 31st of the one after. Crontab expressions keep to the calendar.
    """
    if frequency in STEPS:
        step = STEPS[frequency]
        return anchor + step * max(0, (after - anchor) // step + 1)
    if frequency in MONTHS:
        return _months_on(anchor, after, MONTHS[frequency])
    crontab = _crontab(frequency)
    earliest = max(after, anchor - timedelta(microseconds=1))
    return crontab.following(earliest) if crontab else None


def _months_on(anchor: datetime, after: datetime, step: int) -> datetime:
    count = max(0, (after - anchor) // (LONGEST_MONTH * step))
    while (run := _months_later(anchor, count * step)) <= after:
        count += 1
    return run


def _months_later(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    last = monthrange(year, month)[1]
    return moment.replace(year=year, month=month, day=min(moment.day, last))


@dataclass(frozen=True, slots=True)
class Crontab:
    """Minute, hour, day of the month, month and day of the week, as crontab(5) has them."""

    minute: int
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday

    def following(self, after: datetime) -> datetime | None:
        """Return the first time later than `after`; None if there is none for eight years."""
        today = after.date()
        for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
            if not self._names(day):
                continue
            for hour in sorted(self.hours):
                run = datetime.combine(day, time(hour, self.minute), UTC)
                if run > after:
                    return run
        return None

    def _names(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        monthly, weekly = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.days == EVERY_DAY or self.weekdays == EVERY_WEEKDAY:
            return monthly and weekly
        return monthly or weekly  # where both are narrowed, either will do


@lru_cache(maxsize=1024)
def _crontab(text: str) -> Crontab | None:
    """Return what a crontab expression says; None for any other text."""
    parts = text.split(" ")
    if len(parts) != len(FIELDS):
        return None
    sets = [_numbers(part, *bounds) for part, bounds in zip(parts, FIELDS, strict=True)]
    if not all(sets) or len(sets[0]) != 1:
        return None
    minutes, hours, days, months, weekdays = sets
    return Crontab(min(minutes), hours, days, months, frozenset(day % 7 for day in weekdays))


def _numbers(text: str, low: int, high: int) -> frozenset[int]:
    """Return what one field names; nothing if it cannot be read."""
    found: set[int] = set()
    for part in text.split(","):
        match = RANGE.match(part)
        if match is None:
            return frozenset()
        first, last, step = match.groups()
        start = low if first is None else int(first)
        ends_at_high = first is None or (step is not None and last is None)
        end = high if ends_at_high else int(last or start)
        if not low <= start <= end <= high or step in {"0", "00"}:
            return frozenset()
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)
