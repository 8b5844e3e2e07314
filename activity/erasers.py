"""What is forgotten of a person's history: that it happened stays, the values go."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from django.db.models import Case, F, Func, JSONField, Q, When

from activity.models import Event, EventStore
from anonymization.erasers import (
    AttachedEraser,
    Eraser,
    Found,
    Owners,
    register,
    registered,
    resources,
)
from anonymization.people import People
from jsonapi import registry

STEP = "anonymization_"  # entries with a flat payload of times and staff ids
HISTORY = "that something happened to a resource, and when, is the audit trail"
IDS = "public ids that say nothing once the rows behind them are erased"


class KeptNames(Func):
    """The names of the attributes that survive on a resource of the given type, or null."""

    template = "(%%s::jsonb -> %(expressions)s)"
    output_field = JSONField()
    arity = 1

    def as_sql(self, *args: Any, **options: Any) -> Any:
        sql, params = super().as_sql(*args, **options)
        # Only now are all resources known.
        kept = {registry.type_of(model): [*eraser.keep] for model, eraser in registered().items()}
        kept.pop(None, None)
        return sql, (json.dumps(kept), *params)


class WithoutValues(Func):
    """A payload, `{attribute: [from, to]}`, with nulls for values but those of the given names."""

    template = (
        "(SELECT COALESCE(JSONB_OBJECT_AGG(name,"
        " CASE WHEN kept ? name THEN pair ELSE '[null, null]' END), '{}')"
        " FROM (SELECT %(expressions)s) AS given (payload, kept),"
        " JSONB_EACH(payload) AS attribute (name, pair))"
    )
    output_field = JSONField()
    arity = 2


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
    sparse = True
    replace = {
        "payload": Case(
            When(event__startswith=STEP, then=F("payload")),
            default=WithoutValues("payload", KeptNames("resource_type")),
        )
    }

    def find(self, people: People, found: Found) -> Owners:
        """Return also what was recorded before a resource became the person's."""
        owners = defaultdict(set, super().find(people, found))
        whose = _by_public_id(found)
        about = Q(pk__in=[])
        for resource_type, persons in whose.items():
            uids = {uid for _, uid in persons}
            about |= Q(resource_type=resource_type, resource_uid__among=uids)
        entries = EventStore.objects.filter(
            about, environment__pk__among=people.environments, subject_uid=None
        )
        columns = ("pk", "resource_type", "environment", "resource_uid")
        for key, resource_type, *resource in entries.values_list(*columns):
            owners[key].update(whose[resource_type].get(tuple(resource), ()))
        return {key: persons for key, persons in owners.items() if persons}


@register
class EventEraser(AttachedEraser):
    """Empties what integrations attached to events about the person's resources."""

    model = Event
    path = "subject_uid"
    generic = "resource"
    sparse = True
    keep = {
        "created_at": HISTORY,
        "name": HISTORY,
        "content_type": IDS,
        "object_id": IDS,
        "resource_uid": IDS,
        "subject_uid": IDS,
    }


def _by_public_id(found: Found) -> dict[str, dict[tuple[int, str], Any]]:
    """Return whose the found resources are by type, environment and public id."""
    whose: dict[str, dict[tuple[int, str], Any]] = {}
    for resource_type, eraser in resources():
        owners = found[eraser.model]
        if owners:
            rows = eraser.rows(owners).values_list("pk", "environment", "uid")
            whose[resource_type] = {(place, uid): owners[key] for key, place, uid in rows}
    return whose
