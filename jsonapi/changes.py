"""What a write changed, in SQL: `{attribute: [from, to]}`, with values as the API shows them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Func, JSONField, Model, Value
from django.db.models.functions import Cast

from jsonapi.rows import is_computed
from jsonapi.schema import Schema
from jsonapi.statements import expression

MOST_MEMBERS = 50  # functions of PostgreSQL take 100 arguments

OF_UPDATE = """
COALESCE((
  SELECT jsonb_object_agg(one.key, jsonb_build_array(one.value, now.attributes -> one.key))
  FROM jsonb_each(was._attributes::jsonb) one
  WHERE one.value IS DISTINCT FROM now.attributes -> one.key
), '{}')"""
"""What differs between the attributes of `was` and `now`."""


def of_creation(schema: Schema, names: Collection[str], given: frozenset[str]) -> Func:
    """Return what a new row tells: those of its attributes `names` that are not null.

    `given` are the columns that get a value. Most is known before there is a row, and is made
    from its columns: to look through its attributes as JSON would take three times as long.
    """
    columns = {name: schema.attributes[name].columns[0] for name in names}
    filled = given | _never_null(schema.model)
    sure = [name for name in names if columns[name] in filled]
    left = [name for name in names if name not in sure and _may_hold(schema.model, columns[name])]
    batches = [sure[at : at + MOST_MEMBERS] for at in range(0, len(sure), MOST_MEMBERS)]
    parts = [_members(schema, batch) for batch in batches]
    parts += [_unless_null(schema, name) for name in left]
    return Func(
        *(parts or [Cast(Value("{}"), JSONField())]),
        template="%(expressions)s",
        arg_joiner=" || ",
        output_field=JSONField(),
    )


def _never_null(model: type[Model]) -> frozenset[str]:
    """Return the columns that hold something in every row."""
    fields: Any = model._meta.concrete_fields
    return frozenset(
        field.attname
        for field in fields
        if not (field.output_field if field.generated else field).null
    )


def _may_hold(model: type[Model], column: str) -> bool:
    """Tell whether a column that nobody fills may hold something: the database may fill it."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return column not in fields or is_computed(fields[column])


def _unless_null(schema: Schema, name: str) -> Func:
    return Func(
        _change(schema, name),
        _members(schema, [name]),
        template="CASE %(expressions)s END",
        arg_joiner=" WHEN '[null, null]' THEN '{}' ELSE ",
    )


def _members(schema: Schema, names: Collection[str]) -> Func:
    members = [one for name in names for one in (Value(name), _change(schema, name))]
    return Func(*members, function="jsonb_build_object")


def _change(schema: Schema, name: str) -> Func:
    value: Any = expression(schema.attributes[name])
    return Func(Value(None), value, function="jsonb_build_array")
