"""Writes the audit trail and the events, in the transaction of what happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from activity.inserts import insert_many
from activity.models import Event, EventStore, new_entry_id
from anonymization.owners import environment_of, owner_of
from anonymization.people import People, Person
from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.models import new_uid
from jsonapi.storing import append
from organizations.models import TenantResource

Payload = Mapping[str, Any]


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
    kind, now = ContentType.objects.get_for_model(model).pk, timezone.now()
    insert_many(
        Event,
        [
            {
                "uid": new_uid(),
                "environment_id": environment_id,
                "name": topic,
                "content_type_id": kind,
                "object_id": key,
                "resource_uid": uid,
                "subject_uid": uid,
                "metadata": "{}",
                "created_at": now,
                "updated_at": now,
            }
            for key, (environment_id, uid) in people.by_key.items()
        ],
    )


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


def record_about_people(
    *, model: type[Model], event: str, payloads: Mapping[Person, Payload], actor: Any
) -> None:
    """Add an entry about each of many people, rows of `model`, who may be gone, at once."""
    resource_type, now, by = registry.type_of(model), timezone.now(), actor and json.dumps(actor)
    insert_many(
        EventStore,
        [
            {
                "uid": new_entry_id(),
                "environment_id": environment_id,
                "resource_type": resource_type,
                "resource_uid": uid,
                "subject_uid": uid,
                "event": event,
                "payload": json.dumps(payload),
                "who": by,
                "created_at": now,
            }
            for (environment_id, uid), payload in payloads.items()
        ],
    )


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
