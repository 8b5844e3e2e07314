"""Turns what the engine and the anonymization tell into entries and events."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from activity import services
from anonymization.erasers import subject
from anonymization.models import AnonymizationRequest
from anonymization.signals import anonymization_changed
from jsonapi import registry, signals
from jsonapi.access import Caller
from organizations.models import TenantResource

# Types whose metadata other systems watch.
WATCHED_METADATA = frozenset({"customers"})
# Facts that have entries of their own, which do not repeat the requester's name.
TOLD_ELSEWHERE = frozenset({"anonymization_info", "anonymization_status"})
ALWAYS_CHANGES = frozenset({"updated_at"})

WORKER = "AnonymizationWorker"
TOPICS = {  # the request itself has none
    "anonymization_started": "anonymization_started",
    "anonymization_completed": "anonymization_completed",
    "anonymization_failed": "anonymization_failed",
    "anonymization_cancel": "anonymization_cancelled",
}


@receiver(signals.resource_created)
def on_created(
    *, instance: Any, caller: Caller, changes: dict[str, Any] | None = None, **facts: Any
) -> None:
    """Record a new resource and publish `<type>.create`."""
    services.record(instance=instance, event="create", payload=changes, caller=caller)
    _publish(instance, "create")


@receiver(signals.resource_updated)
def on_updated(*, instance: Any, caller: Caller, changes: dict[str, Any], **facts: Any) -> None:
    """Record what changed; nothing if nothing did."""
    payload = {name: pair for name, pair in changes.items() if name not in TOLD_ELSEWHERE}
    if payload.keys() <= ALWAYS_CHANGES:
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
    *, request: AnonymizationRequest, event: str, caller: Caller | None, **facts: Any
) -> None:
    """Record each step of being forgotten; publish all but the request."""
    person = subject()
    resource_type = registry.type_of(person.model) if person else None
    if person is None or resource_type is None:
        return
    by_worker = event not in ("anonymization_request", "anonymization_cancel")
    services.record_entry(
        environment_id=request.environment_id,
        resource_type=resource_type,
        resource_uid=request.subject_uid,
        subject_uid=request.subject_uid,
        event=event,
        payload=_steps(request),
        who=services.who(caller, WORKER if by_worker else None),
    )
    instance = person.rows(request.environment_id, request.subject_uid).first()
    if event in TOPICS and instance is not None:
        _publish(instance, TOPICS[event])


def _steps(request: AnonymizationRequest) -> dict[str, Any]:
    """Return the flat payload of these entries: times, and public ids instead of people."""
    people = {
        "requester": request.requester,
        "cancellation_requester": request.cancellation_requester,
    }
    hashids = {role: {"hashid": user.uid} for role, user in people.items() if user}
    return {**request.facts(), **hashids}


def _publish(instance: Any, event: str, *, gone: bool = False) -> None:
    resource_type = registry.type_of(type(instance))
    if resource_type is not None and isinstance(instance, TenantResource):
        services.publish(instance=instance, topic=f"{resource_type}.{event}", gone=gone)
