"""What is forgotten of a person's history: that it happened stays, the values go."""

from __future__ import annotations

from typing import Any

from activity.models import Event, EventStore
from anonymization.erasers import AttachedEraser, Eraser, register, registered, resources
from jsonapi import registry

STEP = "anonymization_"  # entries with a flat payload of times and staff ids

HISTORY = "that something happened to a resource, and when, is the audit trail"
IDS = "public ids that say nothing once the rows behind them are erased"


def without_values(entry: EventStore) -> Any:
    """Return the payload with the names of the attributes only, save what may be kept."""
    if entry.event.startswith(STEP):
        return entry.payload
    kept = _kept_attributes(entry.resource_type)
    return {name: pair if name in kept else [None, None] for name, pair in entry.payload.items()}


def _kept_attributes(resource_type: str) -> frozenset[str]:
    view = registry.view_of(resource_type)
    eraser = registered().get(view.model) if view else None
    return frozenset(eraser.keep) if eraser else frozenset()


@register
class EventStoreEraser(Eraser):
    """Empties the values in entries about everything that is or was the person's."""

    model = EventStore
    path = "subject_uid"
    keep = {
        "resource_type": HISTORY,
        "resource_uid": IDS,
        "event": HISTORY,
        "who": IDS,
        "subject_uid": IDS,
        "created_at": HISTORY,
    }
    replace = {"payload": without_values}

    def keys(self, environment_id: int, subject_uid: str) -> set[Any]:
        """Return also what was recorded before a resource became the person's."""
        found = super().keys(environment_id, subject_uid)
        unowned = EventStore.objects.filter(environment_id=environment_id, subject_uid=None)
        for resource_type, eraser in resources():
            uids = eraser.rows(environment_id, subject_uid).values("uid")
            entries = unowned.filter(resource_type=resource_type, resource_uid__in=uids)
            found |= set(entries.values_list("pk", flat=True))
        return found


@register
class EventEraser(AttachedEraser):
    """Empties what integrations attached to events about the person's resources."""

    model = Event
    path = "subject_uid"
    generic = "resource"
    keep = {
        "created_at": HISTORY,
        "name": HISTORY,
        "content_type": IDS,
        "object_id": IDS,
        "resource_uid": IDS,
        "subject_uid": IDS,
    }
