"""Rows that start as the API shows them and go on with columns for Python."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model

from jsonapi.plans import plan_for
from jsonapi.schema import Schema
from jsonapi.sql import Row
from jsonapi.statements import COLUMNS, select, versioned

FIRST = {"id": 0, "uid": 1}  # in every SELECT


class Rows:
    """A SELECT of all attributes of a type and of some fields; where these are in a row."""

    def __init__(self, schema: Schema, fields: Iterable[Field[Any, Any]]) -> None:
        plan = plan_for(schema.type, None, "")
        self.model: type[Model] = schema.model
        self.fields = tuple(fields)
        self.names = tuple(field.attname for field in self.fields)
        more = (name for name in self.names if name not in FIRST)
        extra = tuple(dict.fromkeys([*plan.extra, *more]))
        positions = FIRST | {name: COLUMNS + at for at, name in enumerate(extra)}
        self.places = tuple(positions[name] for name in self.names)
        self.select = versioned(select(schema, plan.plain, extra), schema.model)

    def values(self, row: Row) -> dict[str, Any]:
        """Return the fields of a row by their columns."""
        return {
            field.attname: _load(field, row[place])
            for field, place in zip(self.fields, self.places, strict=True)
        }

    def instance(self, row: Row) -> Any:
        """Return a row as an instance of its model."""
        return self.model.from_db(connection.alias, self.names, self.values(row).values())


@cache
def whole(schema: Schema) -> Rows:
    """Return the rows of a type with all columns."""
    return Rows(schema, schema.model._meta.concrete_fields)


@cache
def stored(schema: Schema) -> Rows:
    """Return the rows of a type with what the database knows before we do."""
    fields = schema.model._meta.concrete_fields
    return Rows(schema, [field for field in fields if is_computed(field)])


def is_computed(field: Field[Any, Any]) -> bool:
    """Tell whether the database gives a column of a new row its value."""
    return field.primary_key or field.generated or field.has_db_default()


def _load(field: Field[Any, Any], value: Any) -> Any:
    # The driver leaves JSON as text, which attributes are spliced from.
    return json.loads(value) if isinstance(field, JSONField) and value is not None else value
