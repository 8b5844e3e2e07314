"""Audit entries and events of what is written without a request of its own."""

from __future__ import annotations

from typing import Any

from activity.services import publish, record
from jsonapi import registry
from jsonapi.writes import changes, values
from organizations.models import TenantResource


def tell_of_new(instance: TenantResource, *, worker: str | None = None) -> None:
    """Record a new resource, and by which kind of worker, and publish `<type>.create`."""
    tell_of_changes(instance, {}, event="create", worker=worker)
    publish(instance=instance, topic=f"{registry.type_of(type(instance))}.create")


def tell_of_changes(
    instance: TenantResource,
    before: dict[str, Any],
    *,
    event: str = "update",
    worker: str | None = None,
) -> None:
    """Record what differs from the attributes `before`."""
    payload = changes(before, shown(instance))
    record(instance=instance, event=event, payload=payload, worker=worker)


def shown(instance: TenantResource) -> dict[str, Any]:
    """Return the attributes of a row as the API shows them."""
    return values(registry.schema_of(registry.type_of(type(instance)) or ""), instance)
