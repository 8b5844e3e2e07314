"""Taking hold of the row that a request changes: locked, loaded and read by one statement."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Field, JSONField, Model

from jsonapi import sql
from jsonapi.access import Caller
from jsonapi.errors import Denied, NotFound
from jsonapi.plans import plan_for
from jsonapi.relationships import column, quote
from jsonapi.schema import Schema
from jsonapi.sql import Fragment, Row
from jsonapi.statements import COLUMNS, select, versioned
from jsonapi.visibility import visible

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet

Columns = list[tuple[Any, int]]  # fields of a model, and their places in a row
FIRST = {"id": 0, "uid": 1}  # in every SELECT


def lock(view: type[ResourceViewSet], caller: Caller, uid: str) -> tuple[Any, Row]:
    """Return the instance that `caller` may change, locked, and its row as the API shows it.

    Raises NotFound when it does not exist for the caller, Denied when it may not be changed.
    """
    schema, table = view.declaration(), view.model
    conditions = [_changeable(view, caller), Fragment(f"{column(table, 'uid')} = %s", (uid,))]
    text, columns = _statement(schema)
    hold = Fragment(f" FOR UPDATE OF {quote(table._meta.db_table)}")
    rows = sql.run(Fragment(text) + sql.where(conditions) + hold)
    if not rows:
        raise Denied if view.rows_for(caller).filter(uid=uid).exists() else NotFound
    return _instance(table, columns, rows[0]), rows[0]


def _changeable(view: type[ResourceViewSet], caller: Caller) -> Fragment:
    if view.changes_what_it_sees(caller):
        return visible(view, caller)
    rows = view.rows_for(caller).changeable_by(caller)
    return sql.among(rows, column(view.model, "id"))


@cache
def _statement(schema: Schema) -> tuple[str, Columns]:
    """The SELECT of all attributes and of all columns, and where the columns are."""
    plan = plan_for(schema.type, None, "")
    fields = schema.model._meta.concrete_fields
    names = [field.attname for field in fields if field.attname not in FIRST]
    extra = tuple(dict.fromkeys([*plan.extra, *names]))
    positions = FIRST | {name: COLUMNS + at for at, name in enumerate(extra)}
    columns = [(field, positions[field.attname]) for field in fields]
    return versioned(select(schema, plan.plain, extra), schema.model), columns


def _instance(model: type[Model], columns: Columns, row: Row) -> Model:
    values = [_load(field, row[position]) for field, position in columns]
    return model.from_db("default", [field.attname for field, _ in columns], values)


def _load(field: Field[Any, Any], value: Any) -> Any:
    # The driver leaves JSON as text, which attributes are spliced from.
    return json.loads(value) if isinstance(field, JSONField) and value is not None else value
