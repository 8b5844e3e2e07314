"""How amounts look."""

import pytest
from django.core.exceptions import ValidationError
from moneyed import CURRENCIES

from catalog.money import as_float, decimal, formatted, parse, validate_currency
from tests.catalog.styles import styled


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
        (12345678900, "INR", "₹12,34,56,789.00"),
        (5, "KWD", "\u200f0.005\xa0د.ك.\u200f"),
        (-5000, "CHF", "CHF-50.00"),
        (5000, "XOF", "F\u202fCFA5,000"),
    ],
)
def test_an_amount_is_shown_in_the_style_of_its_currency(cents, currency, text):
    assert formatted(cents, currency) == text


@pytest.mark.parametrize("cents", [0, 1, -1, 12, 999, -1000, 10**5, 10**9, -(10**15)])
def test_every_currency_is_written_as_the_unicode_consortium_does(cents):
    """`python -m tests.catalog.styles` when it does so otherwise than before."""
    for code, currency in CURRENCIES.items():
        assert formatted(cents, code) == styled(cents, currency), code


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


def test_an_amount_is_read_in_minor_units():
    assert parse("100.00 EUR") == (10_000, "EUR")
    assert parse("5 JPY") == (5, "JPY")
    assert parse("0.005 KWD") == (5, "KWD")


@pytest.mark.parametrize(
    "text", ["", "EUR", "x EUR", "1.001 EUR", "1 EURO", "NaN EUR", "sNaN EUR", "1e999999 EUR"]
)
def test_it_rejects_what_is_no_amount(text):
    with pytest.raises(ValueError, match="Write an amount"):
        parse(text)
