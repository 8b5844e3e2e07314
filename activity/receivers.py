"""Turns what the engine and the anonymization tell into entries and events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.dispatch import receiver

from activity import journal, services
from activity.journal import ALWAYS_CHANGES, TOLD_ELSEWHERE, WATCHED_METADATA
from anonymization.erasers import subject
from anonymization.models import AnonymizationRequest, Status
from anonymization.people import People
from anonymization.signals import anonymization_changed
from jsonapi import registry, signals
from jsonapi.access import Caller
from jsonapi.parts import within
from organizations.models import TenantResource

WORKER = "AnonymizationWorker"


@receiver(signals.resource_created)
@within(journal.of_creation)
def on_created(
    *, instance: Any, caller: Caller, changes: dict[str, Any] | None = None, **facts: Any
) -> None:
    """Record a new resource and publish `<type>.create`."""
    payload = _open(instance, changes or {})
    services.record(instance=instance, event="create", payload=payload, caller=caller)
    _publish(instance, "create")


@receiver(signals.resource_updated)
@within(journal.of_change)
def on_updated(*, instance: Any, caller: Caller, changes: dict[str, Any], **facts: Any) -> None:
    """Record what changed; nothing if nothing did."""
    payload = _open(instance, changes)
    if changes.keys() <= TOLD_ELSEWHERE | ALWAYS_CHANGES:
        return
    services.record(instance=instance, event="update", payload=payload, caller=caller)
    if "metadata" in payload and registry.type_of(type(instance)) in WATCHED_METADATA:
        _publish(instance, "metadata_update")


@receiver(signals.resource_deleted)
def on_deleted(*, instance: Any, caller: Caller, **facts: Any) -> None:
    """Record the end of a resource and publish `<type>.destroy`."""
    services.record(instance=instance, event="destroy", caller=caller)
    _publish(instance, "destroy", gone=True)


@receiver(anonymization_changed, sender=AnonymizationRequest)
def on_anonymization(
    *,
    keys: Collection[int],
    status: Status,
    people: People,
    event: str,
    caller: Caller | None,
    **facts: Any,
) -> None:
    """Record each step of being forgotten; publish all but the request."""
    person = subject()
    resource_type = registry.type_of(person.model) if person else None
    if person is None or resource_type is None:
        return
    by_worker = status not in (Status.REQUESTED, Status.CANCELLED)
    services.record_steps(
        resource_type=resource_type,
        event=event,
        requests=keys,
        actor=services.who(caller, WORKER if by_worker else None),
    )
    if status != Status.REQUESTED:
        topic = f"{resource_type}.anonymization_{status}"
        services.publish_to_people(model=person.model, people=people, topic=topic)


def _open(instance: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes without secrets, and without what has entries of its own."""
    resource_type = registry.type_of(type(instance))
    secrets = registry.secrets_of(resource_type) if resource_type else ()
    return {
        name: pair
        for name, pair in changes.items()
        if name not in TOLD_ELSEWHERE and name not in secrets
    }


def _publish(instance: Any, event: str, *, gone: bool = False) -> None:
    resource_type = registry.type_of(type(instance))
    if resource_type is not None and isinstance(instance, TenantResource):
        services.publish(instance=instance, topic=f"{resource_type}.{event}", gone=gone)
