"""What is forgotten of a person's history: that it happened stays, the values go."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Case, F, Func, JSONField, Model, When

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
from anonymization.lookups import Later
from anonymization.people import People
from anonymization.prepared import Prepared
from jsonapi import registry

STEP = "anonymization_"  # entries with a flat payload of times and staff ids
HISTORY = "that something happened to a resource, and when, is the audit trail"
IDS = "public ids that say nothing once the rows behind them are erased"
# There is no foreign key to follow: entries outlive what they are about.
ENTRIES = """
    SELECT entry.id, resource.id
    FROM {table} AS resource
    JOIN activity_eventstore AS entry
      ON (entry.environment_id, entry.resource_uid) = (resource.environment_id, resource.uid)
     AND entry.resource_type = %s AND entry.subject_uid IS NULL
    WHERE resource.id = ANY(%s)
"""


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
        for resource_type, eraser in resources():
            if persons := found[eraser.model]:
                entries = _without_subject(eraser.model, resource_type)
                for key, resource in entries.rows(keys=persons):
                    owners[key].update(persons[resource])
        return owners


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


@cache
def _without_subject(model: type[Model], resource_type: str) -> Prepared:
    """Return the query for entries about rows of `model` that were nobody's then."""
    table = connection.ops.quote_name(model._meta.db_table)
    return Prepared(ENTRIES.format(table=table), (resource_type, Later("keys")))
