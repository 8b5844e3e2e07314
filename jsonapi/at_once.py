"""Writing one row by one statement, together with everything that is told of it.

One round trip, and a transaction of its own: the row is inserted or changed, the entry of the
audit trail and the events are made from it, and it comes back as the API shows it. Meant for what
most writes are: attributes that are columns, in a document without relationships and triggers,
of a type whose hooks can all be part of a statement (`parts.py`). Everything else, every refusal
among it, takes the long way (`writes.py`): here it is None, and nothing has been written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from rest_framework.exceptions import ValidationError as Rejected

from jsonapi import changes, sql, storing
from jsonapi.access import Caller
from jsonapi.checking import checks_of
from jsonapi.identifiers import RelationshipField
from jsonapi.parts import Part, Writing, parts_of
from jsonapi.pipeline import database, transaction
from jsonapi.plans import plan_for
from jsonapi.relationships import column, quote
from jsonapi.schema import Schema
from jsonapi.sql import Fragment, Row
from jsonapi.statements import named, select, told_of, versioned

OLD_AND_NEW = 180_000
"""The version of PostgreSQL from which on an UPDATE returns both."""
EMPTY = (dict, list)
"""Defaults that are the same for every row, though each instance needs its own."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The compiled statement of a kind of write."""

    text: str
    columns: tuple[str, ...]  # what its first parameters are
    drawn: tuple[tuple[str, Callable[[], Any]], ...]  # those among them that we choose
    parts: Sequence[Part]  # those that tell something

    def told(self, caller: Caller) -> tuple[Any, ...]:
        """Return its last parameters."""
        return tuple([value for part in self.parts for value in part.values(caller)])


def create(schema: Schema, data: Mapping[str, Any], caller: Caller) -> Row | None:
    """Insert a row; return it as the API shows it. Raises IntegrityError."""
    if not _plain(schema, is_new=True).issuperset(data):
        return None
    if (values := _validated(schema, data)) is None:
        return None
    tenancy = schema.model.tenancy(caller)  # type: ignore[attr-defined]
    nulls = frozenset(name for name, value in values.items() if value is None)
    statement = _insert(schema, tuple(data), nulls, tuple(tenancy))
    if statement is None:
        return None
    now = str(timezone.now())
    values |= tenancy
    for name, draw in statement.drawn:
        values[name] = now if draw is timezone.now else draw()
    params = storing.params(schema.model, statement.columns, values)
    (row,) = _run(statement.text, (*params, *statement.told(caller)))
    return row


def update(
    schema: Schema, uid: str, data: Mapping[str, Any], caller: Caller, changeable: Fragment
) -> Row | None:
    """Change a row that exists and is `changeable`; return it. Raises IntegrityError."""
    if not (data and changeable.stable and _plain(schema, is_new=False).issuperset(data)):
        return None
    statement = _update(schema, tuple(data), changeable.text)
    if statement is None or (values := _validated(schema, data)) is None:
        return None
    now = str(timezone.now())
    given = storing.params(schema.model, tuple(values), values)
    touched = (now for _ in statement.drawn)
    found = (*given, *touched, *changeable.params, uid, *given)
    rows = _run(statement.text, (*found, *statement.told(caller)))
    return rows[0] if rows else None


def _run(text: str, params: tuple[Any, ...]) -> list[Row]:
    if not database().in_atomic_block:
        return sql.run(Fragment(text, params))
    with transaction():  # what fails must not spoil the one around it
        return sql.run(Fragment(text, params))


def _validated(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the serializer would make of a document; None if it would refuse it."""
    checks = checks_of(schema)
    try:
        return {name: checks[name](value) for name, value in data.items()}
    except (Rejected, ValidationError):
        return None


@cache
def _plain(schema: Schema, *, is_new: bool) -> frozenset[str]:
    """Return the attributes whose writing takes no more than to check and store them."""
    serializer, meta = schema.serializer, schema.serializer.Meta
    held = set(getattr(meta, "trusted_fields", ()))
    if not is_new:
        held |= set(getattr(meta, "create_only_fields", ()))
    columns = {field.name for field in schema.model._meta.concrete_fields}
    return frozenset(
        name
        for name, field in serializer.writable().items()
        if name in columns - held
        and field.source == name
        and not isinstance(field, RelationshipField)
        and not hasattr(serializer, f"validate_{name}")
    )


def _parts(writing: Writing) -> list[Part] | None:
    """Return what is told of a kind of write; None if it takes more than a statement."""
    schema = writing.schema
    action = "create" if writing.is_new else "update"
    if not (storing.is_plain(schema.model) and schema.serializer.only_stores(action)):
        return None
    # What is computed in Python cannot be told by the database.
    return None if _plan(schema).computed else parts_of(writing)


@lru_cache(maxsize=512)
def _insert(
    schema: Schema, names: tuple[str, ...], nulls: frozenset[str], tenancy: tuple[str, ...]
) -> Statement | None:
    """Compile a create; None if a required attribute lacks, or if it takes more."""
    fields, parts = schema.serializer.writable(), _parts(Writing(schema, names, is_new=True))
    lacking = any(field.required and name not in names for name, field in fields.items())
    if parts is None or lacking:
        return None
    constants, all_drawn = storing.defaults(schema.model)
    constants = constants | {name: draw() for name, draw in all_drawn if draw in EMPTY}
    drawn = [(name, draw) for name, draw in all_drawn if name not in {*names, *constants}]
    columns = (*names, *tenancy, *(name for name, _ in drawn))
    fixed = {
        name: value
        for name, value in constants.items()
        if value is not None and name not in columns
    }
    literals = sql.inline(
        ", ".join(["%s"] * len(fixed)), storing.params(schema.model, tuple(fixed), fixed)
    )
    table = quote(schema.model._meta.db_table)
    values = ", ".join([*["%s"] * len(columns), *([literals] if fixed else [])])
    into = ", ".join(map(quote, (*columns, *fixed)))
    telling = [part for part in parts if part.statements]
    shown = versioned(select(schema, _plan(schema).plain, ()), schema.model)
    told = _told(schema, telling, frozenset((*columns, *fixed)) - nulls)
    text = f"""
WITH {table} AS (INSERT INTO {table} ({into}) VALUES ({values})
  RETURNING {named(schema.model, shown + told)}),
told AS NOT MATERIALIZED ({told}){_statements(telling)}
{shown}"""  # noqa: S608
    return Statement(text, columns, tuple(drawn), telling)


def _told(schema: Schema, telling: Sequence[Part], given: frozenset[str]) -> str:
    """Return the SELECT of what is told of a new row."""
    closed = {name for part in telling for name in part.closed}
    names = [name for name in _plan(schema).plain if name not in closed]
    made = changes.of_creation(schema, names, given)
    return told_of(schema, made, _columns(telling))


@lru_cache(maxsize=512)
def _update(schema: Schema, names: tuple[str, ...], changeable: str) -> Statement | None:
    """Compile an update of the row with a public id, if it changes; None if it takes more."""
    parts = _parts(Writing(schema, names, is_new=False))
    if parts is None or connection.pg_version < OLD_AND_NEW:  # type: ignore[attr-defined]
        return None
    model = schema.model
    table, touched = quote(model._meta.db_table), storing.touched(model)
    given = ", ".join(f"{quote(name)} = %s" for name in (*names, *touched))
    differs = " OR ".join(f"{column(model, name)} IS DISTINCT FROM %s" for name in names)
    conditions = [
        *(changeable, f"{column(model, 'uid')} = %s", f"({differs})"),
        *dict.fromkeys(f"({part.condition})" for part in parts if part.condition),
    ]
    telling = [part for part in parts if part.statements]
    text = f"""
WITH written AS (UPDATE {table} SET {given} WHERE {" AND ".join(conditions)}
  RETURNING old AS before, new AS after, new.xmin AS version),
{table} AS (SELECT (written.after).*, version AS xmin FROM written),
shown AS ({_shown(schema, telling)}),
was AS (WITH {table} AS (SELECT (written.before).* FROM written)
  {select(schema, _changing(schema, names), ())}),
told AS (SELECT now.*, now.pk AS id, {changes.OF_UPDATE} AS changes
FROM was, (SELECT shown.*, _attributes::jsonb AS attributes FROM shown) now){_statements(telling)}
SELECT pk, uid, _parent, _attributes FROM shown"""  # noqa: S608
    drawn = tuple((name, timezone.now) for name in touched)
    return Statement(text, names, drawn, telling)


def _statements(parts: Sequence[Part]) -> str:
    statements = [one for part in parts for one in part.statements]
    return "".join(f",\npart_{at} AS ({one})" for at, one in enumerate(statements))


def _changing(schema: Schema, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the attributes that may be others after a change of some columns.

    What is read from other rows is the same for all parts of a statement.
    """
    model = schema.model
    generated = (field.name for field in model._meta.concrete_fields if field.generated)
    columns = [column(model, name) for name in (*names, *storing.touched(model), *generated)]
    sources = {name: select(schema, (name,), ()) for name in _plan(schema).plain}
    return tuple(name for name, text in sources.items() if any(one in text for one in columns))


def _plan(schema: Schema) -> Any:
    return plan_for(schema.type, None, "")


def _shown(schema: Schema, telling: Sequence[Part]) -> str:
    """Return the SELECT of the row, with what is told of it besides."""
    shown = select(schema, _plan(schema).plain, _columns(telling))
    return versioned(shown, schema.model)


def _columns(telling: Sequence[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in telling for name in part.columns))
