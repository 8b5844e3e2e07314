"""The audit trail and the events of a write as parts of its statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from activity.models import new_entry_id
from activity.services import who
from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.models import new_uid
from jsonapi.parts import Part, Writing
from organizations.models import TenantResource

# Types whose metadata other systems watch.
WATCHED_METADATA = frozenset({"customers"})
# Facts that have entries of their own, which do not repeat the requester's name.
TOLD_ELSEWHERE = frozenset({"anonymization_info", "anonymization_status"})
ALWAYS_CHANGES = frozenset({"updated_at"})

ENTRY = """
INSERT INTO activity_eventstore (environment_id, resource_type, resource_uid, subject_uid, event,
  payload, uid, who, created_at)
SELECT environment_id, '{type}', uid, {subject}, '{event}',
  {payload}, %s, %s::jsonb, updated_at
FROM told WHERE {condition}
"""
EVENT = """
INSERT INTO activity_event (environment_id, name, object_id, resource_uid, subject_uid, metadata,
  content_type_id, uid, created_at, updated_at)
SELECT environment_id, '{type}.{event}', id, uid, {subject}, '{{}}', %s, %s, updated_at,
  updated_at
FROM told WHERE {condition}
"""


def of_creation(writing: Writing) -> Part | None:
    """Return what `on_created` comes to; None where whose data it is takes a query."""
    return _part(writing, "create", "TRUE", {"create": "TRUE"})


def of_change(writing: Writing) -> Part | None:
    """Return what `on_updated` comes to; None where whose data it is takes a query."""
    silent = _array(TOLD_ELSEWHERE | ALWAYS_CHANGES)
    is_watched = "metadata" in writing.names and writing.schema.type in WATCHED_METADATA
    events = {"metadata_update": "changes ? 'metadata'"} if is_watched else {}
    return _part(writing, "update", f"changes - {silent} <> '{{}}'", events)


def _part(writing: Writing, entry: str, condition: str, events: Mapping[str, str]) -> Part | None:
    """Return an entry and events, each under its condition."""
    model, resource_type = writing.schema.model, writing.schema.type
    subject = _subject(model)
    if subject is None:
        return None
    closed = TOLD_ELSEWHERE.union(registry.secrets_of(resource_type))
    payload = "changes" if writing.is_new else f"changes - {_array(closed)}"
    facts = {"type": resource_type, "subject": subject}
    statements = [ENTRY.format(event=entry, condition=condition, payload=payload, **facts)]
    statements += [EVENT.format(event=one, condition=when, **facts) for one, when in events.items()]

    def values(caller: Caller) -> tuple[Any, ...]:
        told: tuple[Any, ...] = (new_entry_id(), _who(caller))
        for _ in events:
            told += (ContentType.objects.get_for_model(model).pk, new_uid())
        return told

    columns = {"environment_id", "updated_at", subject} - {"uid", "NULL"}
    return Part(tuple(statements), values, tuple(sorted(columns)), closed)


def _who(caller: Caller) -> str:
    return orjson.dumps(who(caller)).decode()


def _array(names: Collection[str]) -> str:
    return f"'{{{','.join(sorted(names))}}}'::text[]"


def _subject(model: type[Model]) -> str | None:
    """Return the column with the public id of whom a row belongs to; None where there is none."""
    if not issubclass(model, TenantResource):
        return None
    columns = {field.name for field in model._meta.concrete_fields if not field.is_relation}
    path = model.owner_path
    return "NULL" if path is None else path if path in columns else None
