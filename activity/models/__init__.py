"""What happened: events for the outside world and how it is told, and the audit trail."""

from activity.models.events import Event, EventStore, EventStoreQuerySet, new_entry_id
from activity.models.webhooks import (
    CircuitState,
    Delivery,
    EventCallback,
    EventWebhook,
    Webhook,
    new_secret,
)

__all__ = [
    "CircuitState",
    "Delivery",
    "Event",
    "EventCallback",
    "EventStore",
    "EventStoreQuerySet",
    "EventWebhook",
    "Webhook",
    "new_entry_id",
    "new_secret",
]
