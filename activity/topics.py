"""What can be subscribed to: `<type>.<event>`."""

from __future__ import annotations

from jsonapi import registry

# The events of each type that other systems are told of. Types of other apps are named, because
# those publish; what is created or destroyed, the engine tells of every type.
TOPICS: dict[str, tuple[str, ...]] = {
    "addresses": ("tagged",),
    "cleanups": ("create", "start", "complete", "interrupt", "destroy"),
    "customer_addresses": ("create", "destroy"),
    "customer_password_resets": ("create", "reset_password", "destroy"),
    "customer_subscriptions": ("create", "destroy"),
    "customers": (
        "create",
        "create_password",
        "acquired",
        "repeat",
        "metadata_update",
        "tagged",
        "destroy",
        "anonymization_started",
        "anonymization_completed",
        "anonymization_cancelled",
        "anonymization_failed",
    ),
    "exports": ("create", "start", "complete", "interrupt", "destroy"),
    "imports": ("create", "start", "complete", "interrupt", "destroy"),
    "order_subscriptions": (
        "create",
        "activate",
        "deactivate",
        "cancel",
        "renewal",
        "last_run_succeeded",
        "last_run_failed",
        "destroy",
    ),
    "orders": (
        "create",
        "draft",
        "pending",
        "placing",
        "place",
        "approve",
        "cancel",
        "authorize",
        "pay",
        "void",
        "refund",
        "start_fulfilling",
        "fulfill",
        "cancel_fulfilling",
        "rebuild_shipments",
        "start_editing",
        "stop_editing",
        "create_subscriptions",
        "cancel_subscriptions",
        "tax_calculation_failed",
        "tagged",
        "destroy",
    ),
    "shipments": (
        "create",
        "upcoming",
        "cancel",
        "on_hold",
        "picking",
        "packing",
        "ready_to_ship",
        "ship",
        "deliver",
        "tagged",
        "destroy",
    ),
    "returns": (
        "create",
        "request",
        "pending",
        "approve",
        "reject",
        "ship",
        "receive",
        "restock",
        "tagged",
        "destroy",
    ),
}
EVERY = ("create", "destroy")
# Telling of what telling makes would never end.
OWN = frozenset({"events", "webhooks", "event_callbacks"})


def events_of(resource_type: str) -> tuple[str, ...]:
    """Return the events of a registered type; none of an unknown one."""
    view = registry.view_of(resource_type)
    if view is None or resource_type in OWN:
        return ()
    made = EVERY if "create" in view.actions_allowed else ()
    tagged = ("tagged",) if "tags" in view.declaration().relationships else ()
    return tuple(dict.fromkeys((*TOPICS.get(resource_type, ()), *made, *tagged)))


def resource_type_of(topic: str) -> str:
    """Return the type that a topic, or an event's name, is about."""
    return topic.partition(".")[0]


def is_known(topic: str) -> bool:
    """Tell whether anything publishes `topic`."""
    resource_type, _, event = topic.partition(".")
    return event in events_of(resource_type)


def known() -> list[str]:
    """Return all topics, in alphabetical order of the types."""
    return [f"{name}.{event}" for name in registry.types() for event in events_of(name)]
