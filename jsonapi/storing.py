"""Storing a row by one prepared statement, which answers with the row as it then is.

`Model.save` would compile its statement for every row and leave what the database computed to
be read again. Nor is it called: a model with a `save` of its own is not stored from here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import cache, lru_cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, JSONField, Model
from django.db.models.signals import post_save, pre_save
from django.utils import timezone
from psycopg.types.json import Jsonb

from jsonapi import pipeline, sql
from jsonapi.relationships import column, quote
from jsonapi.rows import is_computed, stored
from jsonapi.schema import Schema
from jsonapi.sql import Fragment, Row
from jsonapi.statements import named

Columns = dict[str, Any]  # values by column


def is_plain(model: type[Model]) -> bool:
    """Tell whether storing a row of `model` takes no more than a statement."""
    return model.save is Model.save


class _Gathering(threading.local):
    """What this thread appends, until it is inserted together."""

    rows: dict[type[Model], list[Columns]] | None = None


_gathering = _Gathering()


@contextmanager
def gathered() -> Iterator[None]:
    """Insert all that is appended meanwhile at the end, by one command for each table."""
    rows: dict[type[Model], list[Columns]] = {}
    _gathering.rows = rows
    try:
        yield
    finally:
        _gathering.rows = None
    for model, some in rows.items():
        _copy(model, some)


def append(model: type[Model], **values: Any) -> Any:
    """Insert a row and return it, without its key where it travels with later statements.

    None where it is `gathered`. No signals: meant for append-only tables.
    """
    columns = _new(model, values)
    if _gathering.rows is not None:
        _gathering.rows.setdefault(model, []).append(columns)
        return None
    statement = Fragment(_insert(model, tuple(columns)), params(model, columns, columns))
    if pipeline.is_open():
        sql.send(statement)
    else:
        ((key,),) = sql.run(statement + Fragment(f" RETURNING {_key(model)}"))
        columns = {"id": key, **columns}
    return model.from_db(connection.alias, list(columns), list(columns.values()))


def create(schema: Schema, values: Mapping[str, Any]) -> tuple[Any, Row]:
    """Insert a row; return its instance, and the row as the API shows it.

    `pre_save` is not sent: there is nothing to compare with. Raises IntegrityError.
    """
    model = schema.model
    columns = _new(model, values)
    row = _answer(schema, _insert(model, tuple(columns)), params(model, columns, columns))
    return _instance(schema, columns, row), row


def create_many(schema: Schema, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Row]]:
    """Insert rows by one command; return of each what `create` would, in the same order.

    Raises IntegrityError, if one of them is refused: then none is stored.
    """
    model = schema.model
    new = [_new(model, values) for values in rows]
    _copy(model, new)
    (place,) = {columns["environment_id"] for columns in new}
    found = Fragment(
        f"{stored(schema).select} WHERE {column(model, 'environment_id')} = %s"
        f" AND {column(model, 'uid')} = ANY(%s)",
        (place, [columns["uid"] for columns in new]),
    )
    by_uid = {row[1]: row for row in sql.run(found)}
    return [
        (_instance(schema, columns, by_uid[columns["uid"]]), by_uid[columns["uid"]])
        for columns in new
    ]


def change(schema: Schema, instance: Any, values: Mapping[str, Any]) -> Row:
    """Set and update columns of a row that exists; return it as the API shows it.

    Raises IntegrityError.
    """
    model, now = schema.model, timezone.now()
    for name, value in values.items():
        setattr(instance, name, value)
    names = frozenset(values)
    pre_save.send(model, instance=instance, update_fields=names, **_facts())
    columns = _given(model, values) | dict.fromkeys(touched(model), now)
    given = (*params(model, columns, columns), instance.pk)
    row = _answer(schema, _update(model, tuple(columns)), given)
    vars(instance).update(columns | stored(schema).values(row))
    post_save.send(model, instance=instance, created=False, update_fields=names, **_facts())
    return row


def _instance(schema: Schema, columns: Columns, row: Row) -> Any:
    """Return a new row as an instance, of which everybody has been told."""
    model, known = schema.model, columns | stored(schema).values(row)
    names = _names(model)
    instance = model.from_db(connection.alias, names, [known.get(name) for name in names])
    post_save.send(model, instance=instance, created=True, update_fields=None, **_facts())
    return instance


def _facts() -> dict[str, Any]:
    return {"raw": False, "using": connection.alias}


def _answer(schema: Schema, statement: str, params: tuple[Any, ...]) -> Row:
    """Run an INSERT or UPDATE of one row; return that row."""
    (row,) = sql.run(Fragment(_answering(schema, statement), params))
    return row


@lru_cache(maxsize=512)
def _answering(schema: Schema, statement: str) -> str:
    """Put the SELECT of a type around a change: its table is then the row that was changed."""
    table, shown = quote(schema.model._meta.db_table), stored(schema).select
    return f"WITH {table} AS ({statement} RETURNING {named(schema.model, shown)}) {shown}"


@lru_cache(maxsize=512)
def _insert(model: type[Model], columns: tuple[str, ...]) -> str:
    names, values = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({values})"  # noqa: S608


@lru_cache(maxsize=512)
def _update(model: type[Model], columns: tuple[str, ...]) -> str:
    table, changes = quote(model._meta.db_table), ", ".join(f"{quote(one)} = %s" for one in columns)
    return f"UPDATE {table} SET {changes} WHERE {_key(model)} = %s"  # noqa: S608


def _copy(model: type[Model], rows: Sequence[Columns]) -> None:
    """Insert rows by one command for all that leave the same columns to the database."""
    groups: dict[frozenset[str], list[Columns]] = {}
    for row in rows:
        groups.setdefault(frozenset(row.keys() & _left_out(model)), []).append(row)
    pipeline.flush()
    adapt = _adapters(model)
    for given, some in groups.items():
        names = [one for one in _names(model) if one in given or one not in _left_out(model)]
        table, columns = quote(model._meta.db_table), ", ".join(map(quote, names))
        adapters = [adapt.get(name, _as_is) for name in names]
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for row in some:
                copy.write_row(
                    [one(row.get(name)) for one, name in zip(adapters, names, strict=True)]
                )


def _as_is(value: Any) -> Any:
    return value


def _key(model: type[Model]) -> str:
    return quote(str(model._meta.pk.column))


def _new(model: type[Model], values: Mapping[str, Any]) -> Columns:
    """Return all columns of a new row that are not null, in the order of the model."""
    constants, drawn = defaults(model)
    columns = constants | _given(model, values)
    now = timezone.now()
    for name, draw in drawn:
        if name not in columns:
            columns[name] = now if draw is timezone.now else draw()
    return {name: columns[name] for name in _names(model) if columns.get(name) is not None}


def _given(model: type[Model], values: Mapping[str, Any]) -> Columns:
    """Return values by column, keys in the place of related rows."""
    fields = _fields(model)
    return {
        fields[name].attname: value.pk if isinstance(value, Model) else value
        for name, value in values.items()
    }


def params(
    model: type[Model], columns: Iterable[str], values: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Return the values of some columns as the driver takes them."""
    adapt = _adapters(model)
    return tuple([adapt[one](values[one]) if one in adapt else values[one] for one in columns])


@cache
def _adapters(model: type[Model]) -> dict[str, Callable[[Any], Any]]:
    """Return what makes a parameter of a column whose values the driver does not take as is."""
    return {
        field.attname: json if isinstance(field, JSONField) else field.get_prep_value
        for field in model._meta.concrete_fields
        if isinstance(field, JSONField) or _prepares(type(field))
    }


def json(value: Any) -> Any:
    """Return a value of JSON as the driver takes it."""
    return None if value is None else Jsonb(value, dumps=orjson.dumps)


def _prepares(kind: type[Field[Any, Any]]) -> bool:
    """Tell whether a field of our own has its say in what is stored."""
    ours = (one for one in kind.__mro__ if not one.__module__.startswith("django."))
    return any("get_prep_value" in vars(one) for one in ours)


@cache
def _fields(model: type[Model]) -> dict[str, Field[Any, Any]]:
    """Return the columns of a model, a foreign key under both of its names."""
    fields = model._meta.concrete_fields
    return {name: field for field in fields for name in (field.name, field.attname)}


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _left_out(model: type[Model]) -> frozenset[str]:
    """Return the columns that the database gives their values where nobody does."""
    fields = model._meta.concrete_fields
    return frozenset(field.attname for field in fields if is_computed(field))


@cache
def touched(model: type[Model]) -> tuple[str, ...]:
    """Return the columns that hold when a row was changed last."""
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields if getattr(field, "auto_now", False))


@cache
def defaults(model: type[Model]) -> tuple[Columns, list[tuple[str, Callable[[], Any]]]]:
    """Return what is the same in every new row, and what draws a value for each."""
    constants, drawn = {}, []
    for field in model._meta.concrete_fields:
        if is_computed(field):
            continue
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            drawn.append((field.attname, timezone.now))
        elif field.has_default() and callable(field.default):
            drawn.append((field.attname, field.default))
        else:
            default = field.get_default()
            # The driver looks up how to write a kind of choices; their values are plain texts.
            constants[field.attname] = default.value if isinstance(default, Enum) else default
    return constants, drawn
