"""Writes the audit trail and the events, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from activity.models import Event, EventStore
from anonymization.owners import environment_of, owner_of
from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.inserts import insert
from organizations.models import TenantResource

Payload = Mapping[str, Any]


def publish(*, instance: TenantResource, topic: str, gone: bool = False) -> Event:
    """Tell the outside world that `topic`, `<type>.<event>`, happened to a resource.

    `gone` is for a resource that is about to be deleted: its event must survive it.
    """
    event = Event(
        environment_id=instance.environment_id,
        name=topic,
        resource=None if gone else instance,
        resource_uid=instance.uid,
        subject_uid=owner_of(instance),
    )
    insert(event)
    return event


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


def record_entry(**columns: Any) -> EventStore:
    """Add an entry about a resource that may have no row any more."""
    entry = EventStore(**columns)
    insert(entry)
    return entry


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
