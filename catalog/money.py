"""Money: integers of a currency's minor unit inside, the currency's own style outside."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from django.core.exceptions import ValidationError

STYLES = Path(__file__).with_name("styles.json")
"""Two samples of every currency of ISO 4217, in the style of its home: see `Style`."""
SAMPLES: dict[str, tuple[str, str]] = json.loads(STYLES.read_text())
PARTS = re.compile(r"([^0-9]*)([0-9].*[0-9])([^0-9]*)")
LARGEST_AMOUNT = 10**15
# Far below 2**53, which JavaScript still reads exactly, also where other amounts are added.
LARGEST_PRICE = 100_000_000_000
REMEMBERED = 1024  # answers, which take a quarter of a kilobyte each


@dataclass(frozen=True, slots=True)
class Style:
    """How a currency's amounts are written.

    It is read off samples, because the books they come from are megabytes in every process.
    """

    digits: int
    """Of the minor unit."""
    point: str
    group: str
    gaps: re.Pattern[str]
    """Where groups of digits meet."""
    ends: tuple[tuple[str, str], tuple[str, str]]
    """What stands before and after the number: above zero, below it."""

    @classmethod
    def of(cls, more: str, less: str) -> Style:
        """Read 1234567 units and some minor ones, and the same below zero."""
        above, below = _parts(more), _parts(less)
        digits = len(re.sub(r"[^0-9]", "", above[1])) - 7
        whole = above[1][: -digits - 1] if digits else above[1]
        point = above[1][len(whole)] if digits else ""
        *_, second, _ = re.findall(r"[0-9]+", whole)
        gaps = re.compile(rf"\B(?=(?:[0-9]{{{len(second)}}})*[0-9]{{3}}\Z)")
        ends = (above[0], above[2]), (below[0], below[2])
        return cls(digits, point, re.sub(r"[0-9]", "", whole)[0], gaps, ends)

    def write(self, cents: int) -> str:
        """Return an amount of minor units."""
        text = str(abs(cents)).rjust(self.digits + 1, "0")
        whole = text[: len(text) - self.digits]
        before, after = self.ends[cents < 0]
        grouped = self.gaps.sub(self.group, whole)
        return f"{before}{grouped}{self.point}{text[len(whole) :]}{after}"


def _parts(sample: str) -> tuple[str, str, str]:
    """Split what stands before the number, the number, and what stands after it."""
    found = PARTS.fullmatch(sample)
    assert found is not None  # noqa: S101 - a sample has a number
    return found[1], found[2], found[3]


@cache
def _style(currency_code: str) -> Style:
    """Return the style of a currency. Raises KeyError where there is none of this code."""
    return Style.of(*SAMPLES[currency_code])


def validate_currency(code: str) -> None:
    """Raise ValidationError unless `code` is an ISO 4217 currency."""
    if code not in SAMPLES:
        raise ValidationError("is not a currency", "inclusion")


def parse(text: str) -> tuple[int, str]:
    """Return the minor units and the currency of an amount such as `100.00 EUR`.

    Raises ValueError with what to write instead.
    """
    number, _, code = text.strip().rpartition(" ")
    try:
        cents = Decimal(number).scaleb(_style(code).digits)
    except (KeyError, ArithmeticError):
        raise ValueError("Write an amount such as 100.00 EUR.") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > LARGEST_AMOUNT:
        raise ValueError("Write an amount that can be paid, such as 100.00 EUR.")
    return int(cents), code


def decimal(cents: int, currency_code: str) -> Decimal:
    """Return an amount in the currency's major unit: 5000 is 50 euros, but 5000 yen."""
    return Decimal(cents).scaleb(-_style(currency_code).digits)


@lru_cache(maxsize=REMEMBERED)
def as_float(cents: int | None, currency_code: str) -> float | None:
    """Return an amount in the major unit as JSON's number, for display only."""
    return None if cents is None else float(decimal(cents, currency_code))


@lru_cache(maxsize=REMEMBERED)
def formatted(cents: int | None, currency_code: str) -> str | None:
    """Return an amount in the style of the currency's home: €50,00, $124.80, ¥5,000.

    Remembers recent answers, because most prices of a catalog come up again and again.
    """
    return None if cents is None else _style(currency_code).write(cents)
