"""The SELECT of a resource type: the database writes the attributes as JSON.

Compiled by Django once for each set of attributes; requests append what varies.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import F, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from jsonapi import sql
from jsonapi.relationships import column, quote
from jsonapi.schema import Attribute, Schema

# Stands in the SELECT for the key of the row that a related row was asked for.
PARENT = "NULL::bigint /* parent */"
# Stands there where only one row is wanted: PostgreSQL gives each version of a row another.
VERSION = "{table}.xmin::text"
COLUMNS = 4  # primary key, public id, parent, attributes; what follows is for Python


class Milliseconds(models.Func):
    """A point in time as the API writes it, e.g. 2026-01-31T09:13:06.633Z."""

    template = """TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
    output_field = TextField()


class JsonObject(models.Func):
    """A JSON object of named expressions, as text."""

    output_field = TextField()

    def __init__(self, **members: Any) -> None:
        self.names = list(members)
        super().__init__(*members.values())

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        texts: list[str] = []
        params: list[Any] = []
        for name, expression in zip(self.names, self.get_source_expressions(), strict=True):
            text, values = compiler.compile(expression)
            texts.append(f"{text} AS {connection.ops.quote_name(name)}")
            params += values
        members = ", ".join(texts)
        return f"row_to_json((SELECT r FROM (SELECT {members}) r))::text", tuple(params)  # noqa: S608


def expression(attribute: Attribute) -> Any:
    """Return what the database puts into the JSON for an attribute of one column."""
    (column,) = attribute.columns
    output = getattr(attribute.field, "output_field", None) or attribute.field
    if isinstance(output, models.DateTimeField):
        return Milliseconds(F(column))
    return F(column)


@lru_cache(maxsize=512)
def versioned(select: str, model: type[models.Model]) -> str:
    """Return a SELECT with the version of the row in the place of its parent's key."""
    return select.replace(PARENT, VERSION.format(table=quote(model._meta.db_table)), 1)


def named(model: type[models.Model], select: str) -> str:
    """Return the columns of a row that a SELECT names, and its version: the fewer, the sooner."""
    names = (str(field.column) for field in model._meta.concrete_fields)
    return ", ".join([*(quote(one) for one in names if column(model, one) in select), "xmin"])


@lru_cache(maxsize=512)
def select(schema: Schema, names: tuple[str, ...], extra: tuple[str, ...]) -> str:
    """Return `SELECT ... FROM ...` for attributes `names`, with `extra` columns at the end."""
    attributes = [schema.attributes[name] for name in names]
    members = {attribute.name: expression(attribute) for attribute in attributes}
    document = JsonObject(**members) if members else models.Value("{}", output_field=TextField())
    more = {
        "_parent": RawSQL(PARENT, ()),  # noqa: S611
        "_attributes": Cast(document, TextField()),
    }
    return _text(schema, more, "pk", "uid", *more, *extra)


def told_of(schema: Schema, changes: models.Expression, columns: tuple[str, ...]) -> str:
    """Return the SELECT of what is told of a row: its ids, some columns, and its `changes`."""
    return _text(schema, {"changes": changes}, "id", "uid", *columns, "changes")


def _text(schema: Schema, more: Mapping[str, Any], *columns: str) -> str:
    """Return the SELECT of some columns of a type, and of what there is `more`."""
    rows: Any = schema.model._default_manager.order_by()
    query = rows.computed().annotate(**more).values_list(*columns).query
    return sql.inline(*query.sql_with_params())
