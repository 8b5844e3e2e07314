"""The filter grammar: `filter[q][<attributes>_<predicate>]=<value>`, compiled per resource.

Attributes are joined with `_or_` (or `_and_`), those of relationships are addressed by prefix
(`customer_group_name_eq`). Several filters are ANDed. Rows beyond a relationship count only
when the caller may see them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, reduce
from operator import and_, or_
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, CharField, JSONField, Model, Q, TextField
from django.utils.dateparse import parse_date
from django.utils.timezone import is_aware

from jsonapi import predicates, registry, sql
from jsonapi.access import Caller
from jsonapi.errors import BadRequest
from jsonapi.nesting import is_storable, within
from jsonapi.relationships import Relationship
from jsonapi.schema import Schema
from jsonapi.sql import Fragment
from jsonapi.visibility import may_follow

DEEPEST = 4  # relationship prefixes in one filter
LARGEST = 10_000  # characters of one value
SHORT = 100  # characters, up to which filters are remembered


@dataclass(frozen=True, slots=True)
class Column:
    """A filterable attribute, perhaps beyond relationships: `path` leads there."""

    path: tuple[tuple[Schema, Relationship], ...]
    name: str
    field: Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed filter key: which columns, joined how, asked what."""

    columns: tuple[Column, ...]
    predicate: str
    all_of: bool


def fragment(schema: Schema, key: str, value: str, caller: Caller) -> Fragment:
    """Return the condition of one filter, compiled. Raises BadRequest, which names it."""
    parsed = _parse(schema, key)
    is_own = parsed and all(column.field and not column.path for column in parsed.columns)
    if is_own and len(value) <= SHORT:
        return _own(schema, key, value)
    return sql.condition(schema.model, condition(schema, key, value, caller))


@lru_cache(maxsize=512)
def _own(schema: Schema, key: str, value: str) -> Fragment:
    """Compile a filter of a row's own columns, which means the same to all callers."""
    return sql.condition(schema.model, condition(schema, key, value, None))


def condition(schema: Schema, key: str, value: str, caller: Caller | None) -> Q:
    """Return the Q of one filter. Raises BadRequest, which names the parameter.

    What lies beyond a relationship depends on the caller, so that there has to be one.
    """
    parameter = f"filter[q][{key}]"
    parsed = _parse(schema, key)
    if parsed is None:
        raise BadRequest(
            "INVALID_FILTERS_SYNTAX",
            "Invalid filters syntax",
            f"{key} is not an attribute of {schema.type} followed by a predicate.",
            parameter=parameter,
        )
    try:
        parts = [_apply(column, parsed.predicate, value, caller) for column in parsed.columns]
    except (ValueError, LookupError, ValidationError, TypeError, OverflowError):
        raise BadRequest(
            "INVALID_FILTER_VALUE",
            "Invalid filter value",
            f"{value[:100]} is not a valid value for {key}.",
            parameter=parameter,
        ) from None
    joined: Q = reduce(and_ if parsed.all_of else or_, parts)
    return joined


@lru_cache(maxsize=4096)
def _parse(schema: Schema, key: str) -> Condition | None:
    for predicate in predicates.NAMES:
        names = key.removesuffix(f"_{predicate}")
        if names == key:
            continue
        for joiner in ("_or_", "_and_"):
            columns = [resolve(schema, name) for name in names.split(joiner)]
            found = [column for column in columns if column]
            if len(found) == len(columns):
                return Condition(tuple(found), predicate, joiner == "_and_")
    return None


def resolve(schema: Schema, name: str, depth: int = 0) -> Column | None:
    """Return the column that `name` means on `schema`, relationship prefixes included."""
    if name == "id":
        return Column((), "uid", schema.model._meta.get_field("uid"))
    name = getattr(schema.serializer.Meta, "filter_names", {}).get(name, name)
    attribute = schema.attributes.get(name)
    if attribute and attribute.field:
        return Column((), attribute.columns[0], attribute.field)
    if depth >= DEEPEST:
        return None
    for relation in sorted(schema.relationships.values(), key=lambda one: -len(one.name)):
        target = schema.target(relation.name)
        if target is None:
            continue
        if name == relation.name:
            return Column(((schema, relation),), "pk", None)
        inner = resolve(target, name.removeprefix(f"{relation.name}_"), depth + 1)
        if inner and name.startswith(f"{relation.name}_"):
            return Column(((schema, relation), *inner.path), inner.name, inner.field)
    return None


def _apply(column: Column, predicate: str, value: str, caller: Caller | None) -> Q:
    if len(value) > LARGEST or "\0" in value:
        raise ValueError
    if column.field is None:
        assert caller is not None  # noqa: S101
        return _relationship(column, predicate, value, caller)
    build, argument = _predicate(column, predicate, value)
    own: Q = build(column.name, argument)
    if not column.path:
        return own
    assert caller is not None  # noqa: S101
    inside = _beyond(column.path, own, caller)
    if predicate.endswith("_or_null") or (predicate in ("null", "blank") and switch(value)):
        return inside | ~_beyond(column.path, Q(), caller)
    return inside


def _relationship(column: Column, predicate: str, value: str, caller: Caller) -> Q:
    """`customer_group_null=true`: whether there is anything at the other end."""
    exists = {"present": True, "not_null": True, "blank": False, "null": False}[predicate]
    some = _beyond(column.path, Q(), caller)
    return some if exists == switch(value) else ~some


def _beyond(path: Iterable[tuple[Schema, Relationship]], inner: Q, caller: Caller) -> Q:
    """Return the condition on the first schema that some visible related row meets `inner`."""
    for schema, relation in reversed(list(path)):
        target = registry.type_of(relation.model) or ""
        view = registry.view_of(target)
        if view is None or not may_follow(caller, schema, target, many=relation.many):
            raise ValueError
        related = view.rows_for(caller).filter(inner)
        model: type[Model] = schema.model
        inner = Q(pk__in=model._base_manager.filter(relation.having(related)).values("pk"))
    return inner


def _predicate(column: Column, predicate: str, value: str) -> tuple[Any, Any]:
    field = getattr(column.field, "output_field", None) or column.field
    if predicate in predicates.PRESENCE:
        wanted = switch(value) == (predicate == "blank")
        blank = predicates.blank(column.name, field)
        return (lambda *_: blank if wanted else ~blank), None
    if predicate in predicates.SWITCHES:
        if predicate in ("true", "false") and not isinstance(field, BooleanField):
            raise ValueError
        return predicates.SWITCHES[predicate], switch(value)
    if predicate in predicates.JSON:
        if not isinstance(field, JSONField):
            raise ValueError
        return predicates.contains_json, cast(field, value)
    if predicate in predicates.TEXTUAL and not isinstance(field, CharField | TextField):
        raise ValueError
    if predicate in predicates.MANY:
        parts = value.split(",")
        _check_pattern(predicate, parts)
        return predicates.MANY[predicate], [cast(field, part) for part in parts]
    _check_pattern(predicate, [value])
    return predicates.ONE[predicate], cast(field, value)


def _check_pattern(predicate: str, patterns: Iterable[str]) -> None:
    """Refuse a pattern of LIKE that ends in the middle of an escape."""
    if not predicate.startswith(("matches", "does_not_match")):
        return
    if any((len(one) - len(one.rstrip("\\"))) % 2 for one in patterns):
        raise ValueError


def switch(value: str) -> bool:
    """Read `true` or `false`, also spelled 1 and 0."""
    return {"true": True, "1": True, "false": False, "0": False}[value.lower()]


def cast(field: Any, value: str) -> Any:
    """Return `value` as the column's kind. Raises ValueError or ValidationError."""
    if isinstance(field, BooleanField):
        return switch(value)
    if isinstance(field, JSONField):
        return _json(value)
    if field.get_internal_type() == "DateTimeField" and (day := parse_date(value)):
        value = f"{day.isoformat()}T00:00:00Z"
    converted = field.to_python(value)
    if isinstance(converted, datetime) and is_aware(converted):
        return converted.astimezone(UTC)  # overflows where the database would
    if isinstance(converted, int | float):
        _check_range(field, converted)
    return converted


def _json(value: str) -> Any:
    """Return a fragment of JSON, its integers of any size; null is asked for by `_null`."""
    orjson.loads(value)  # refuses more: NaN, half a character
    try:
        fragment = json.loads(value)
    except RecursionError:
        raise ValueError from None
    if fragment is None or not all(is_storable(one) for one, _ in within(fragment)):
        raise ValueError
    return fragment


def _check_range(field: Any, number: float) -> None:
    """Refuse what no row can hold: the database would call it an error."""
    if isinstance(number, int) and abs(number) >= 2**63:
        raise ValueError
    if number != number:  # noqa: PLR0124 - only NaN differs from itself
        raise ValueError
