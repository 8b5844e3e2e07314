"""What `catalog/styles.json` is made of: the currencies of ISO 4217 in the styles of CLDR.

`python -m tests.catalog.styles` writes the file anew.
"""

import json
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from moneyed import CURRENCIES, Currency

from catalog.money import STYLES

# As Commerce Layer's clients know them: the euro has many homes, the yen a wide sign at home.
CHOSEN = {"EUR": (Locale("it"), "¤#,##0.00"), "JPY": (Locale("en"), "¤#,##0")}
# Where a currency belongs to no single territory, such as XOF.
FALLBACK = Locale("en")
SAMPLE = "12345678912"


def write() -> None:
    """Write two samples of every currency: more than a million of it, and as much below zero."""
    samples = {code: json.dumps(samples_of(CURRENCIES[code])) for code in sorted(CURRENCIES)}
    lines = [f'  "{code}": {both}' for code, both in samples.items()]
    STYLES.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def samples_of(currency: Currency) -> tuple[str, str]:
    cents = int(SAMPLE[: 7 + digits_of(currency)])
    return styled(cents, currency), styled(-cents, currency)


def styled(cents: int, currency: Currency) -> str:
    """Return an amount as CLDR writes it in the currency's home."""
    locale, pattern = CHOSEN.get(currency.code) or home(currency)
    amount = Decimal(cents) / currency.sub_unit
    return format_currency(amount, currency.code, pattern, locale, currency_digits=False)


def home(currency: Currency) -> tuple[Locale, str]:
    """Return the locale with the currency's separators, and the pattern to fill."""
    try:
        # ISO 4217 codes of national currencies begin with the ISO 3166 code of the territory.
        locale = Locale.parse(f"und_{currency.code[:2]}")
    except UnknownLocaleError:
        locale = FALLBACK
    pattern = locale.currency_formats["standard"].pattern
    # CLDR rounds some currencies to what is in people's pockets; amounts here are exact.
    return locale, pattern.replace("0.00", f"{0:.{digits_of(currency)}f}")


def digits_of(currency: Currency) -> int:
    return len(str(currency.sub_unit)) - 1


if __name__ == "__main__":
    write()
