"""Writes the audit trail and the events, in the transaction of what happened."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model

from activity.models import Event, EventStore, new_entry_id
from anonymization.expressions import steps_expression
from anonymization.lookups import Later, array
from anonymization.models import AnonymizationRequest
from anonymization.owners import environment_of, owner_of
from anonymization.people import People
from anonymization.prepared import Prepared
from jsonapi import registry, sql
from jsonapi.access import Caller
from jsonapi.models import new_uid
from jsonapi.sql import Fragment
from jsonapi.storing import append
from organizations.models import TenantResource

Payload = Mapping[str, Any]

EVENTS = """
    INSERT INTO activity_event (
        uid, environment_id, name, content_type_id, object_id, resource_uid, subject_uid,
        metadata, created_at, updated_at)
    SELECT drawn.uid, person.environment_id, %s, %s, person.id, person.uid, person.uid,
           '{{}}', STATEMENT_TIMESTAMP(), STATEMENT_TIMESTAMP()
    FROM UNNEST(%s::bigint[], %s::text[]) AS drawn (key, uid)
    JOIN {people} AS person ON person.id = drawn.key
    ORDER BY person.id
"""
ENTRIES = """
    INSERT INTO activity_eventstore (
        resource_type, event, who, uid, environment_id, resource_uid, subject_uid, payload,
        created_at)
    SELECT %s, %s, %s::jsonb, drawn.uid, steps.place, steps.person, steps.person, steps.told,
           STATEMENT_TIMESTAMP()
    FROM ({steps}) AS steps (key, place, person, told)
    JOIN UNNEST(%s::bigint[], %s::text[]) AS drawn (key, uid) ON drawn.key = steps.key
    ORDER BY steps.key
"""


def publish(*, instance: TenantResource, topic: str, gone: bool = False) -> Event | None:
    """Tell the outside world that `topic`, `<type>.<event>`, happened to a resource.

    `gone` is for a resource that is about to be deleted: its event must survive it. Returns the
    event, None where it is inserted together with others.
    """
    kind = None if gone else ContentType.objects.get_for_model(instance)
    event: Event | None = append(
        Event,
        environment_id=instance.environment_id,
        name=topic,
        content_type=kind,
        object_id=None if gone else instance.pk,
        resource_uid=instance.uid,
        subject_uid=owner_of(instance),
    )
    return event


def publish_to_people(*, model: type[Model], people: People, topic: str) -> None:
    """Tell the outside world that `topic` happened to many people, rows of `model`, at once."""
    kind = ContentType.objects.get_for_model(model).pk
    drawn = [new_uid() for _ in people.by_key]
    statement = EVENTS.format(people=connection.ops.quote_name(model._meta.db_table))
    sql.send(Fragment(statement, (topic, kind, array(people.by_key), array(drawn))))


def record(
    *,
    instance: TenantResource,
    event: str,
    payload: Payload | None = None,
    caller: Caller | None = None,
    worker: str | None = None,
) -> EventStore | None:
    """Add an entry about `instance` to the audit trail.

    `payload` is `{attribute: [from, to]}`, without secrets. `worker` names the kind of worker
    that acted, e.g. OrderWorker. Models that are no resources leave no trail: None.
    """
    resource_type = registry.type_of(type(instance))
    environment_id = environment_of(instance) or (caller and caller.environment_id)
    if resource_type is None or environment_id is None:
        return None
    return record_entry(
        environment_id=environment_id,
        resource_type=resource_type,
        resource_uid=instance.uid,
        subject_uid=owner_of(instance),
        event=event,
        payload=payload or {},
        who=who(caller, worker),
    )


def record_entry(**columns: Any) -> EventStore | None:
    """Add an entry about a resource that may have no row any more."""
    entry: EventStore | None = append(EventStore, **columns)
    return entry


def record_steps(
    *, resource_type: str, event: str, requests: Collection[int], actor: Mapping[str, Any] | None
) -> None:
    """Add an entry about each of many people, who may be gone, at once.

    `requests` are the keys of their requests to be forgotten, which tell what happened when, and
    `event` is what has happened now.
    """
    steps, drawn = _steps(), [new_entry_id() for _ in requests]
    by = actor and json.dumps(actor)
    params = (resource_type, event, by, *steps.given(keys=requests), array(requests), array(drawn))
    sql.send(Fragment(ENTRIES.format(steps=steps.text), params))


@cache
def _steps() -> Prepared:
    """Return the query for what is told of requests to be forgotten: people by public ids only."""
    rows = AnonymizationRequest.objects.filter(pk__among=Later("keys"))
    told = rows.annotate(told=steps_expression({"hashid": "uid"}))
    return Prepared.of(told.values_list("pk", "environment_id", "subject_uid", "told"))


def who(caller: Caller | None, worker: str | None = None) -> dict[str, Any] | None:
    """Return who acted, in public ids only: names are looked up when somebody reads it."""
    actors: dict[str, Any] = {}
    if caller is not None:
        actors["application"] = {"id": caller.application_id, "kind": caller.kind}
        if caller.owner_id is not None:
            actors["owner"] = {"id": caller.owner_id, "type": caller.owner_type}
    if worker is not None:
        actors["worker"] = {"id": worker, "type": worker}
    return actors or None
