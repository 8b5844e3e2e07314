"""What segments can ask about a customer: each app's `criteria.py` registers its questions.

A criterion is to `catalog` what an eraser is to `anonymization`: orders register what they know
about purchases without anybody below knowing orders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, TextChoices
from django.utils import timezone

from catalog.money import parse

MOST_VALUES = 100
LONGEST_AGE = 36_500  # days


class Operator(TextChoices):
    """How a rule compares."""

    IS = "is", "is"
    IS_NOT = "is_not", "is not"
    CONTAINS = "contains", "contains"
    STARTS = "starts", "starts with"
    ENDS = "ends", "ends with"
    AT_LEAST = "at_least", "is at least"
    AT_MOST = "at_most", "is at most"
    BEFORE = "before", "is before"
    SINCE = "since", "is on or after"
    WITHIN = "within", "is within the last days:"
    OLDER = "older", "is longer ago than days:"
    ANY = "any", "is or has any of"
    ALL = "all", "has all of"
    NONE = "none", "is or has none of"
    FILLED = "filled", "is known"
    EMPTY = "empty", "is not known"


UNARY = frozenset({Operator.FILLED, Operator.EMPTY})
AGES = frozenset({Operator.WITHIN, Operator.OLDER})
# Operators that are a lookup of Django's, whatever the kind.
LOOKUPS: Mapping[str, str] = {
    Operator.CONTAINS: "icontains",
    Operator.STARTS: "istartswith",
    Operator.ENDS: "iendswith",
    Operator.AT_LEAST: "gte",
    Operator.AT_MOST: "lte",
    Operator.BEFORE: "lt",
    Operator.SINCE: "gte",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: which operators compare it, and how staff write it."""

    operators: frozenset[Operator]
    parse: Callable[[Operator, str], Any]
    hint: str
    equals: str = "exact"


def _text(operator: Operator, raw: str) -> str:
    return _given(raw)


def _number(operator: Operator, raw: str) -> int:
    if not raw.isascii() or not raw.removeprefix("-").isdecimal() or len(raw) > 9:
        raise ValueError("Write a whole number.")
    return int(raw)


def _moment(operator: Operator, raw: str) -> datetime | timedelta:
    if operator not in AGES:
        try:
            return datetime.combine(date.fromisoformat(raw), time.min, UTC)
        except ValueError:
            raise ValueError("Write a day such as 2026-03-15.") from None
    if not raw.isascii() or not raw.isdecimal() or not 0 < int(raw[:9]) <= LONGEST_AGE:
        raise ValueError(f"Write a number of days from 1 to {LONGEST_AGE}.")
    return timedelta(days=int(raw))


def _boolean(operator: Operator, raw: str) -> bool:
    if raw.lower() not in ("yes", "no"):
        raise ValueError("Write yes or no.")
    return raw.lower() == "yes"


def _names(operator: Operator, raw: str) -> list[str]:
    names = [name.strip() for name in _given(raw).split(",") if name.strip()]
    if not 0 < len(names) <= MOST_VALUES:
        raise ValueError(f"Write 1 to {MOST_VALUES} values.")
    return names


def _money(operator: Operator, raw: str) -> tuple[int, str]:
    return parse(raw)


def _given(raw: str) -> str:
    if not raw or "\0" in raw:
        raise ValueError("Write what to compare with.")
    return raw


TEXTS = {Operator.IS, Operator.IS_NOT, Operator.CONTAINS, Operator.STARTS, Operator.ENDS}
RANGE = {Operator.AT_LEAST, Operator.AT_MOST}
TEXT = Kind(frozenset(TEXTS | UNARY), _text, "a text, whatever its case", "iexact")
NUMBER = Kind(frozenset({Operator.IS, *RANGE}), _number, "a whole number")
MOMENT = Kind(
    frozenset({Operator.BEFORE, Operator.SINCE, *AGES, *UNARY}), _moment, "a day, or days"
)
BOOLEAN = Kind(frozenset({Operator.IS}), _boolean, "yes or no")
NAMES = Kind(
    frozenset({Operator.ANY, Operator.ALL, Operator.NONE}), _names, "values, separated by commas"
)
MONEY = Kind(frozenset(RANGE), _money, "an amount such as 100.00 EUR")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question about a customer.

    `expression` makes, of the parsed value, what is compared and shown to staff. Without one
    `has` makes the condition that the customer has any of some names.
    """

    name: str
    title: str
    kind: Kind
    expression: Callable[[Any], Any] | None = None
    has: Callable[[list[str]], Q] | None = None

    def read(self, operator: Operator, raw: str) -> Any:
        """Return the value of a rule. Raises ValueError with what to write instead."""
        if operator not in self.kind.operators:
            known = ", ".join(one.label for one in Operator if one in self.kind.operators)
            raise ValueError(f"{self.title} can only be compared by: {known}.")
        if operator in UNARY:
            if raw:
                raise ValueError("Leave the value empty.")
            return None
        return self.kind.parse(operator, raw)

    def condition(self, alias: str, operator: Operator, value: Any) -> Q:
        """Return the condition on customers, whose `expression` is annotated as `alias`."""
        if self.has is not None:
            return _named(self.has, operator, value)
        if operator in UNARY:
            unknown = Q(**{f"{alias}__isnull": True})
            if self.kind is TEXT:
                unknown |= Q(**{alias: ""})
            return unknown if operator == Operator.EMPTY else ~unknown
        if operator in AGES:
            lookup = "gte" if operator == Operator.WITHIN else "lt"
            return Q(**{f"{alias}__{lookup}": timezone.now() - value})
        if operator in (Operator.IS, Operator.IS_NOT):
            same = Q(**{f"{alias}__{self.kind.equals}": value})
            return same if operator == Operator.IS else ~same | Q(**{f"{alias}__isnull": True})
        compared = value[0] if self.kind is MONEY else value
        return Q(**{f"{alias}__{LOOKUPS[operator]}": compared})


def _named(has: Callable[[list[str]], Q], operator: Operator, names: list[str]) -> Q:
    if operator == Operator.ALL:
        return reduce(and_, (has([name]) for name in names))
    return has(names) if operator == Operator.ANY else ~has(names)


_criteria: dict[str, Criterion] = {}


def register(criterion: Criterion) -> None:
    """Let segments ask this question."""
    _criteria[criterion.name] = criterion


def criterion(name: str) -> Criterion | None:
    """Return a question by its name; None for one that nobody asks any more."""
    return _criteria.get(name)


def choices() -> list[tuple[str, str]]:
    """Return every question, by title, as a form offers them."""
    return sorted(((one.name, one.title) for one in _criteria.values()), key=lambda one: one[1])
