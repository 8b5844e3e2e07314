"""Changes that do not come through `/api`, told to the audit trail like those that do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from jsonapi import registry, signals
from jsonapi.access import Caller
from jsonapi.linked import linked, to_one
from jsonapi.writes import changes, values
from organizations.models import unlisted


@contextmanager
def recorded(
    row: Any, caller: Caller, request: Any = None, *, sets: Collection[str] = ()
) -> Iterator[None]:
    """Run a change of a saved row in a transaction and tell which attributes it changed.

    `row` may hold new values already; `sets` are relationships to many that may change too.
    """
    with transaction.atomic():
        stored = type(row)._base_manager.get(pk=row.pk)
        before = facts(stored, sets)
        yield
        changed = changes(before, facts(row, sets))
        _send(signals.resource_updated, row, caller, request, changes=changed, triggers=[])


def record_new(row: Any, caller: Caller, request: Any = None) -> None:
    """Tell that a row was added, in the transaction that added it."""
    _send(signals.resource_created, row, caller, request, changes=changes({}, facts(row)))


def record_end(row: Any, caller: Caller, request: Any = None) -> None:
    """Tell that a row is about to be deleted."""
    _send(signals.resource_deleted, row, caller, request)


def facts(row: Any, sets: Collection[str] = ()) -> dict[str, Any]:
    """Return what is recorded of a row: what its resource shows, and what no resource does."""
    resource_type = registry.type_of(type(row))
    if resource_type is None:
        return {}
    schema = registry.schema_of(resource_type)
    links = linked(schema, row, [*to_one(schema), *sets])
    return values(schema, row) | links | unlisted(row)


def _send(signal: Any, row: Any, caller: Caller, request: Any, **more: Any) -> None:
    signal.send(sender=type(row), instance=row, caller=caller, request=request, **more)
