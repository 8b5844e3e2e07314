"""Fragments of SQL: compiled once where possible, run on Django's own connection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.sql import Query

from jsonapi import pipeline

Row = tuple[Any, ...]


@dataclass(slots=True)
class Fragment:
    """A piece of SQL and its parameters.

    `stable` says that the text is the same for every request of its kind, so that the
    database may keep its plan: parameters are then bound by the server.
    """

    text: str
    params: tuple[Any, ...] = ()
    stable: bool = True

    def __add__(self, other: Fragment) -> Fragment:
        stable = self.stable and other.stable
        return Fragment(self.text + other.text, self.params + other.params, stable)


NOTHING = Fragment("")
NEVER = Fragment("FALSE")


def where(conditions: Iterable[Fragment]) -> Fragment:
    """Return the WHERE clause of all `conditions`."""
    result = NOTHING
    for condition in conditions:
        if condition.text:
            result += Fragment(" AND " if result.text else " WHERE ") + condition
    return result


def condition(model: type[Model], q: Q) -> Fragment:
    """Compile a Q about columns of `model` itself; what lies beyond has to be a subquery."""
    if not q:
        return NOTHING
    query = Query(model)
    node = query.build_where(q)
    try:
        text, params = node.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return NOTHING
    except EmptyResultSet:  # e.g. a number that no column of this kind can hold
        return NEVER
    return Fragment(text, tuple(params), stable=False)


def text(model: type[Model], q: Q) -> str:
    """Return the same condition with its constants written out."""
    found = condition(model, q)
    return inline(found.text, found.params)


def among(rows: QuerySet[Any], key: str) -> Fragment:
    """Return the condition that `key`, a column in SQL, is the primary key of one of `rows`."""
    try:
        text, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # `none()` has no SQL
        return NEVER
    return Fragment(f"{key} IN ({text})", tuple(params), stable=False)


def run(fragment: Fragment) -> list[Row]:
    """Return the rows of a query.

    A stable one is prepared by the server. Others have their parameters written out, so that
    each is planned for its values. While queries are being logged, all go through Django's
    cursor, which is the one that logs.
    """
    if pipeline.database().queries_logged:
        with connection.cursor() as logged:
            logged.execute(fragment.text, fragment.params)
            rows: list[Row] = logged.fetchall() if logged.description else []
            return rows
    if fragment.stable:
        return pipeline.run((fragment.text, fragment.params))
    return pipeline.run((_written_out(fragment.text, fragment.params), None))


def send(fragment: Fragment) -> None:
    """Run a statement whose answer nobody waits for, not later than the next one or COMMIT."""
    if fragment.stable and pipeline.is_open():
        pipeline.add((fragment.text, fragment.params))
    else:
        run(fragment)


def inline(text: str, params: Iterable[Any]) -> str:
    """Return `text` with its constants written out, ready to take further parameters."""
    return _written_out(text, params).replace("%", "%%")


def _written_out(text: str, params: Iterable[Any]) -> str:
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(text, list(params))
