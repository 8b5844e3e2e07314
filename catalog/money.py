"""Money: integers of a currency's minor unit inside, the currency's own style outside."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.core.exceptions import ValidationError
from moneyed import CurrencyDoesNotExist, Money, get_currency
from moneyed.l10n import format_money

# As Commerce Layer's clients know them: the euro has many homes, the yen a wide sign at home.
STYLES = {"EUR": (Locale("it"), "¤#,##0.00"), "JPY": (Locale("en"), "¤#,##0")}
LARGEST_AMOUNT = 10**15
REMEMBERED = 1024  # answers, which take a quarter of a kilobyte each
# Where a currency belongs to no single territory, such as XOF.
FALLBACK = Locale("en")


def validate_currency(code: str) -> None:
    """Raise ValidationError unless `code` is an ISO 4217 currency."""
    try:
        get_currency(code)
    except CurrencyDoesNotExist:
        raise ValidationError("is not a currency", "inclusion") from None


def parse(text: str) -> tuple[int, str]:
    """Return the minor units and the currency of an amount such as `100.00 EUR`.

    Raises ValueError with what to write instead.
    """
    number, _, code = text.strip().rpartition(" ")
    try:
        cents = Decimal(number) * Decimal(get_currency(code).sub_unit)
    except (CurrencyDoesNotExist, InvalidOperation):
        raise ValueError("Write an amount such as 100.00 EUR.") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > LARGEST_AMOUNT:
        raise ValueError("Write an amount that can be paid, such as 100.00 EUR.")
    return int(cents), code


def decimal(cents: int, currency_code: str) -> Decimal:
    """Return an amount in the currency's major unit: 5000 is 50 euros, but 5000 yen."""
    return Decimal(cents) / Decimal(get_currency(currency_code).sub_unit)


@lru_cache(maxsize=REMEMBERED)
def as_float(cents: int | None, currency_code: str) -> float | None:
    """Return an amount in the major unit as JSON's number, for display only."""
    return None if cents is None else float(decimal(cents, currency_code))


@lru_cache(maxsize=REMEMBERED)
def formatted(cents: int | None, currency_code: str) -> str | None:
    """Return an amount in the style of the currency's home: €50,00, $124.80, ¥5,000.

    Remembers recent answers, because most prices of a catalog come up again and again.
    """
    if cents is None:
        return None
    locale, pattern = _style(currency_code)
    money = Money(decimal(cents, currency_code), currency_code)
    return format_money(money, format=pattern, locale=str(locale), currency_digits=False)


@lru_cache
def _style(currency_code: str) -> tuple[Locale, str]:
    """Return the locale with the currency's separators, and the pattern to fill."""
    if currency_code in STYLES:
        return STYLES[currency_code]
    try:
        # ISO 4217 codes of national currencies begin with the ISO 3166 code of the territory.
        locale = Locale.parse(f"und_{currency_code[:2]}")
    except UnknownLocaleError:
        locale = FALLBACK
    pattern: str = locale.currency_formats["standard"].pattern
    # CLDR rounds some currencies to what is in people's pockets; amounts here are exact.
    digits = len(str(get_currency(currency_code).sub_unit)) - 1
    return locale, pattern.replace("0.00", f"{0:.{digits}f}")
