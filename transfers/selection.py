"""Which resources a job is about: those its caller may see, and that meet its filters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Q

from jsonapi import filters, query, registry, sql
from jsonapi.access import Caller
from jsonapi.errors import ApiError, Denied, Invalid
from jsonapi.query import MOST_FILTERS, Tree
from jsonapi.relationships import column, quote
from jsonapi.schema import Schema
from jsonapi.sql import Fragment
from jsonapi.views import ResourceViewSet
from jsonapi.visibility import visible

# Relationship -> what the scope of a token narrows it to.
SCOPES = {"market": "market_ids", "store": "store_ids"}


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of one type, in the order of their primary keys."""

    view: type[ResourceViewSet]
    conditions: list[Fragment]

    def measure(self) -> tuple[int, int]:
        """Return how many rows there are, and the last one's primary key."""
        table, key = quote(self.view.model._meta.db_table), column(self.view.model, "id")
        select = Fragment(f"SELECT COUNT(*), COALESCE(MAX({key}), 0) FROM {table}")  # noqa: S608
        count, last = sql.run(select + sql.where(self.conditions))[0]
        return count, last

    def between(self, after: int, last: int, *, limit: int) -> Fragment:
        """Return what selects the first rows after one, at most up to the last."""
        key = column(self.view.model, "id")
        inside = Fragment(f"{key} > %s AND {key} <= %s", (after, last))
        order = Fragment(f" ORDER BY {key} LIMIT {limit:d}")
        return sql.where([*self.conditions, inside]) + order


def select(
    resource_type: str,
    asked: Mapping[str, Any] | None,
    caller: Caller,
    *,
    scoped: bool = False,
) -> Selection:
    """Compile the filters of a job; `scoped` adds the scope of the token. Raises ApiError."""
    view = registry.view_of(resource_type)
    if view is None or not caller.may("list", resource_type):
        raise Denied
    condition = compiled(view.declaration(), asked or {}, caller)
    if scoped:
        condition &= _scope(view.declaration(), caller)
    return Selection(view, [visible(view, caller), sql.condition(view.model, condition)])


def compiled(schema: Schema, asked: Mapping[str, Any], caller: Caller) -> Q:
    """Return the condition of `{"email_end": "@example.com"}`. Raises Invalid."""
    if len(asked) > MOST_FILTERS:
        raise Invalid("filters", "invalid", "are too many")
    condition = Q()
    for name, value in asked.items():
        try:
            condition &= filters.condition(schema, name, _text(value), caller)
        except ApiError as refusal:
            raise Invalid("filters", "invalid", refusal.errors[0]["detail"]) from None
    return condition


def included(schema: Schema, paths: Collection[str], caller: Caller) -> Tree:
    """Return the tree of paths such as `customer_addresses.address`. Raises Invalid."""
    try:
        return query.includes(schema, ",".join(paths), caller)
    except ApiError as refusal:
        raise Invalid("includes", "invalid", refusal.errors[0]["detail"]) from None


def _text(value: Any) -> str:
    """Return a value as it would stand in an address."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return orjson.dumps(value).decode()


def _scope(schema: Schema, caller: Caller) -> Q:
    condition = Q()
    for name, attribute in SCOPES.items():
        uids = getattr(caller, attribute)
        if uids is None:
            continue
        if schema.type == f"{name}s":
            condition &= Q(uid__in=uids)
        elif name in schema.relationships:
            path = schema.relationships[name].path
            among = schema.model._default_manager.filter(**{f"{path}__uid__in": uids})
            condition &= Q(pk__in=among.values("pk"))
    return condition
