"""What a write changed, in SQL: `{attribute: [from, to]}`, with values as the API shows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Model

from jsonapi.rows import is_computed
from jsonapi.schema import Schema

MOST_MEMBERS = 50  # functions of PostgreSQL take 100 arguments

OF_UPDATE = """
COALESCE((
  SELECT jsonb_object_agg(one.key, jsonb_build_array(one.value, now.attributes -> one.key))
  FROM jsonb_each(was._attributes::jsonb) one
  WHERE one.value IS DISTINCT FROM now.attributes -> one.key
), '{}')"""
"""What differs between the attributes of `was` and `now`."""


def of_creation(schema: Schema, names: Sequence[str], filled: Collection[str]) -> str:
    """Return the SQL of what a new row tells: the attributes in `now` that are not null.

    `filled` are the columns that surely are not. Most is known before there is a row, so that it
    need not be looked through: that would take nearly twice as long.
    """
    sure, open_ = [], []
    for name in names:
        (column,) = schema.attributes[name].columns
        if column in filled:
            sure.append(_member(name))
        elif _may_hold(schema.model, column):
            open_.append(name)
    parts = [
        f"jsonb_build_object({', '.join(sure[at : at + MOST_MEMBERS])})"
        for at in range(0, len(sure), MOST_MEMBERS)
    ]
    parts += [
        f"CASE {_value(name)} WHEN 'null' THEN '{{}}' ELSE jsonb_build_object({_member(name)}) END"
        for name in open_
    ]
    return " || ".join(parts) or "'{}'::jsonb"


def _may_hold(model: type[Model], column: str) -> bool:
    """Tell whether a column that nobody fills may hold something: the database may fill it."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return column not in fields or is_computed(fields[column])


def _member(name: str) -> str:
    return f"'{name}', jsonb_build_array(NULL, {_value(name)})"


def _value(name: str) -> str:
    return f"now.attributes -> '{name}'"
