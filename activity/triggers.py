"""What trigger attributes do to webhooks and events."""

from __future__ import annotations

from activity import backlog
from activity.models import Event, Webhook
from anonymization.doorbell import doorbell
from jsonapi.access import Caller
from jsonapi.triggers import trigger
from organizations.switches import register_switches

DELIVER = "activity.tasks.deliver"

register_switches("webhooks")


@trigger("webhooks", "_reset_circuit", trusted=True)
def reset_circuit(webhook: Webhook, caller: Caller) -> None:
    """Let callbacks be made again after too many failed."""
    backlog.reset_circuit(webhook=webhook)
    doorbell.ring_on_commit(DELIVER)


@trigger("webhooks", "_regenerate_shared_secret", trusted=True)
def regenerate_shared_secret(webhook: Webhook, caller: Caller) -> None:
    """Sign with another secret."""
    webhook.regenerate_shared_secret()
    webhook.save(update_fields=["shared_secret", "updated_at"])


@trigger("events", "_trigger", trusted=True)
def tell_again(event: Event, caller: Caller) -> None:
    """Tell the webhooks of an event once more."""
    backlog.tell_again(event=event)
    doorbell.ring_on_commit(DELIVER)
