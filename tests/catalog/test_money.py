"""How amounts look."""

import pytest
from django.core.exceptions import ValidationError

from catalog.money import as_float, decimal, formatted, validate_currency


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (5000, "EUR", "€50,00"),
        (112480, "EUR", "€1.124,80"),
        (12480, "USD", "$124.80"),
        (-1000, "USD", "-$10.00"),
        (123456, "GBP", "£1,234.56"),
        (5000, "JPY", "¥5,000"),
        (0, "EUR", "€0,00"),
        (5000, "RSD", "50,00\xa0RSD"),
        (5000, "XOF", "F\u202fCFA5,000"),
    ],
)
def test_an_amount_is_shown_in_the_style_of_its_currency(cents, currency, text):
    assert formatted(cents, currency) == text


def test_the_minor_unit_is_the_currencys_own():
    assert as_float(5000, "EUR") == 50.0
    assert as_float(5000, "JPY") == 5000.0
    assert as_float(5000, "KWD") == 5.0
    assert str(decimal(2**53 - 1, "EUR")) == "90071992547409.91"


def test_no_amount_is_shown_as_null():
    assert formatted(None, "EUR") is None
    assert as_float(None, "EUR") is None


def test_it_rejects_what_is_not_a_currency():
    validate_currency("EUR")

    with pytest.raises(ValidationError):
        validate_currency("EURO")
