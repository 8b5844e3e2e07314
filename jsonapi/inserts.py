"""Inserting a row by a prepared statement: for what is written with every other write."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from jsonapi import sql
from jsonapi.relationships import quote
from jsonapi.sql import Fragment


def insert(instance: Model) -> None:
    """Insert `instance`, whose values are all plain, and give it its primary key.

    Neither `save` nor its signals run: meant for append-only tables.
    """
    text, fields = _statement(type(instance))
    params = tuple(
        field.get_db_prep_save(field.pre_save(instance, True), connection) for field in fields
    )
    instance.pk = sql.run(Fragment(text, params))[0][0]
    instance._state.adding = False
    instance._state.db = connection.alias


@cache
def _statement(model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not field.primary_key and not field.generated
    ]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    text = f"INSERT INTO {table} ({columns}) VALUES ({values}) RETURNING {key}"  # noqa: S608
    return text, fields
