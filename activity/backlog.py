"""What webhooks are still to be told: how much there is, and adding to it or taking away.

Without what it takes to send: web processes have no use for that.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Greatest, Now

from activity.models import Delivery, Event, EventCallback, Webhook

# What may go now: of each webhook the oldest, and of what is to be told about one resource to one
# address, by whatever webhook, only the oldest.
DUE = """
SELECT delivery.id
FROM activity_webhook webhook
CROSS JOIN LATERAL (
  SELECT one.id, one.not_before
  FROM activity_delivery one
  WHERE one.webhook_id = webhook.id
    AND one.not_before <= STATEMENT_TIMESTAMP()
    AND (one.lease_until IS NULL OR one.lease_until <= STATEMENT_TIMESTAMP())
    AND NOT EXISTS (
      SELECT 1 FROM activity_delivery older
      JOIN activity_webhook other ON other.id = older.webhook_id
      WHERE older.resource_uid = one.resource_uid
        AND older.id < one.id
        AND other.environment_id = webhook.environment_id
        AND other.callback_url = webhook.callback_url
        AND other.disabled_at IS NULL AND other.circuit_state = 'closed'
    )
  ORDER BY one.id
  LIMIT %s
) delivery
WHERE webhook.disabled_at IS NULL AND webhook.circuit_state = 'closed'
ORDER BY delivery.not_before, delivery.id
LIMIT %s
"""


def due(*, each: int, most: int) -> list[int]:
    """Return the keys of deliveries that may go now: so many of each webhook, and in all."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [each, most])
        return [key for (key,) in cursor.fetchall()]


def lag() -> float:
    """Return for how many seconds the oldest delivery that may go has been waiting."""
    late = Now() - Greatest("not_before", "lease_until")
    oldest = (
        Delivery.objects.filter(pk__in=due(each=1, most=1)).values_list(late, flat=True).first()
    )
    return oldest.total_seconds() if oldest else 0.0


@transaction.atomic
def tell_again(*, event: Event) -> None:
    """Note once more, for every webhook that is about an event, to tell it of that."""
    webhooks = event.webhooks.filter(disabled_at=None).order_by("pk")
    Delivery.objects.bulk_create(
        Delivery(
            webhook=webhook,
            event=event,
            topic=event.name,
            object_id=event.object_id,
            resource_uid=event.resource_uid,
        )
        for webhook in webhooks.select_for_update(no_key=True, of=("self",))
    )


@transaction.atomic
def reset_circuit(*, webhook: Webhook) -> None:
    """Let callbacks be made again, at once, with all their attempts before them."""
    webhook.close_circuit()
    Delivery.objects.filter(webhook=webhook).update(not_before=Now(), attempts=0)


def prune() -> int:
    """Delete callbacks, and deliveries that nobody wanted, after settings.WEBHOOK_LOG_KEPT."""
    old = Now() - settings.WEBHOOK_LOG_KEPT
    deleted, _ = EventCallback.objects.filter(created_at__lt=old).delete()
    unwanted, _ = Delivery.objects.filter(created_at__lt=old, lease_until=None).delete()
    return deleted + unwanted
