"""The statements that find, lock and delete people's rows, compiled once for each model."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Model

from anonymization.lookups import Later
from anonymization.prepared import Prepared


@cache
def owned(model: type[Model], owner: str) -> Prepared:
    """Return the query for the rows of people by their rows' keys."""
    rows = model._base_manager.filter(**{f"{owner}__among": Later("keys")})
    return Prepared.of(rows.values_list("pk", owner))


@cache
def named(model: type[Model], place: str, path: str) -> Prepared:
    """Return the query for the rows of people by their environments and public ids."""
    among = {f"{place}__pk__among": Later("places"), f"{path}__among": Later("uids")}
    return Prepared.of(model._base_manager.filter(**among).values_list("pk", place, path))


@cache
def hanging(model: type[Model], generic: str) -> Prepared:
    """Return the query for the rows that hang on others, by the kind and the keys of these."""
    link: Any = model._meta.get_field(generic)
    among = {
        f"{link.ct_field}__pk__among": Later("kinds"),
        f"{link.fk_field}__among": Later("keys"),
    }
    return Prepared.of(model._base_manager.filter(**among).values_list("pk", link.fk_field))


@cache
def locking(model: type[Model], skip_locked: bool) -> Prepared:
    """Return the query that locks rows in the order of their keys, and returns these."""
    rows = model._base_manager.filter(pk__among=Later("keys")).order_by("pk")
    return Prepared.of(rows.select_for_update(skip_locked=skip_locked).values_list("pk"))


@cache
def deleting(model: type[Model], column: str) -> Prepared:
    """Return what deletes rows by a column of theirs, and nothing that belongs to them."""
    rows = model._base_manager.filter(**{f"{column}__among": Later("keys")})
    return Prepared.delete(rows)
