"""What a filter may ask of one column: the predicates of `filter[q][<attribute>_<predicate>]`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import CharField, Field, JSONField, Lookup, Q, TextField
from django.db.models.lookups import Contains

Build = Callable[[str, Any], Q]


@CharField.register_lookup
@TextField.register_lookup
class Like(Lookup):
    """SQL LIKE with the caller's own % and _."""

    lookup_name = "like"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} LIKE {right}", (*left_params, *right_params)


@CharField.register_lookup
@TextField.register_lookup
class HoldsWhateverCase(Contains):
    """The text holds the value, in upper or lower case; a trigram index finds both."""

    lookup_name = "holds_whatever_case"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left}::text ILIKE {right}", (*left_params, *right_params)


def _positive(lookup: str) -> Build:
    return lambda column, value: Q(**{f"{column}__{lookup}": value})


def _negative(lookup: str) -> Build:
    """Not the lookup, and not null: in SQL nothing is unequal to null."""
    return lambda column, value: (
        ~Q(**{f"{column}__{lookup}": value}) & Q(**{f"{column}__isnull": False})
    )


def _each(build: Build, combine: Callable[[Q, Q], Q]) -> Build:
    return lambda column, values: reduce(combine, (build(column, value) for value in values))


def _or_null(build: Build) -> Build:
    return lambda column, value: build(column, value) | Q(**{f"{column}__isnull": True})


def _is_null(column: str, value: Any) -> Q:
    return Q(**{f"{column}__isnull": value})


def _is_set(column: str, value: Any) -> Q:
    return Q(**{f"{column}__isnull": not value})


def _is_true(column: str, value: Any) -> Q:
    return Q(**{column: True}) if value else ~Q(**{column: True})


def _is_false(column: str, value: Any) -> Q:
    return _is_true(column, not value)


# Predicates that take one value, as text or as the column's own kind.
TEXT: dict[str, Build] = {
    "matches": _positive("like"),
    "does_not_match": _negative("like"),
    "start": _positive("startswith"),
    "not_start": _negative("startswith"),
    "end": _positive("endswith"),
    "not_end": _negative("endswith"),
    "cont": _positive("contains"),
    "not_cont": _negative("contains"),
    "i_cont": _positive("holds_whatever_case"),
    "not_i_cont": _negative("holds_whatever_case"),
}
COMPARISON: dict[str, Build] = {
    "lt": _positive("lt"),
    "lteq": _positive("lte"),
    "gt": _positive("gt"),
    "gteq": _positive("gte"),
}
EQUALITY: dict[str, Build] = {
    "eq": _positive("exact"),
    "not_eq": _negative("exact"),
}
SETS: dict[str, Build] = {
    "in": _positive("in"),
    "not_in": _negative("in"),
    "not_eq_all": _negative("in"),
}
SWITCHES: dict[str, Build] = {
    "null": _is_null,
    "not_null": _is_set,
    "true": _is_true,
    "false": _is_false,
}
# `present` and `blank` depend on the column: an empty text is blank too.
PRESENCE = ("present", "blank")
JSON = ("jcont",)

ONE = {**TEXT, **COMPARISON, **EQUALITY}
ONE |= {f"{name}_or_null": _or_null(build) for name, build in EQUALITY.items()}
MANY = {**SETS}
MANY |= {f"{name}_or_null": _or_null(SETS[name]) for name in ("in", "not_in")}
for _name, _build in {**TEXT, **COMPARISON}.items():
    MANY[f"{_name}_any"] = _each(_build, or_)
    MANY[f"{_name}_all"] = _each(_build, and_)

TEXTUAL = {name for name in (*ONE, *MANY) if any(name.startswith(text) for text in TEXT)}
# Longest first: `email_does_not_match_any` ends in `match_any`'s letters too.
NAMES = sorted((*ONE, *MANY, *SWITCHES, *PRESENCE, *JSON), key=len, reverse=True)


def blank(column: str, field: Field[Any, Any]) -> Q:
    """Return the condition for null, or empty where the column can be empty."""
    condition = Q(**{f"{column}__isnull": True})
    if isinstance(field, CharField | TextField):
        return condition | Q(**{column: ""})
    if isinstance(field, JSONField):
        return condition | Q(**{column: {}}) | Q(**{column: []})
    return condition


def contains_json(column: str, fragment: Any) -> Q:
    """Return the condition that the JSON column holds `fragment`."""
    return Q(**{f"{column}__contains": fragment})
