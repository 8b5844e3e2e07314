"""Starting, resting and ending order subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from activity.services import publish
from jsonapi.errors import Invalid
from orders.models import Order, OrderSubscription
from orders.services.locking import lock_order
from orders.states import COUNTED, SubscriptionStatus


@dataclass(frozen=True, slots=True)
class Step:
    """Which statuses a trigger leads from, and where to."""

    before: Collection[SubscriptionStatus]
    after: SubscriptionStatus
    event: str


STEPS: Mapping[str, Step] = {
    "_activate": Step(
        (SubscriptionStatus.DRAFT, SubscriptionStatus.INACTIVE),
        SubscriptionStatus.ACTIVE,
        "activate",
    ),
    "_deactivate": Step((SubscriptionStatus.ACTIVE,), SubscriptionStatus.INACTIVE, "deactivate"),
    "_cancel": Step(
        (SubscriptionStatus.DRAFT, SubscriptionStatus.INACTIVE, SubscriptionStatus.ACTIVE),
        SubscriptionStatus.CANCELLED,
        "cancel",
    ),
}


@transaction.atomic
def create_subscription(*, values: dict[str, Any]) -> OrderSubscription:
    """Create a subscription for the customer of its source order.

    It is active at once if the order is placed and shall activate it. Raises Invalid when it
    would have no start.
    """
    order: Order = values["source_order"]
    lock_order(order=order)
    by_order = values.get("activate_by_source_order", True)
    if not by_order and values.get("starts_at") is None:
        raise Invalid("starts_at", "blank", "can't be blank")
    values = {"market": order.market, **values}
    active = by_order and order.status in COUNTED
    subscription: OrderSubscription = OrderSubscription.objects.create(
        customer=order.customer,
        customer_email=order.customer_email,
        status=SubscriptionStatus.ACTIVE if active else SubscriptionStatus.DRAFT,
        **values,
    )
    return subscription


@transaction.atomic
def move_subscription(*, subscription: OrderSubscription, trigger: str) -> None:
    """Carry out `_activate`, `_deactivate` or `_cancel`. Raises Invalid from a wrong status."""
    lock_order(order=subscription.source_order)
    subscription.refresh_from_db(from_queryset=OrderSubscription.objects.select_for_update())
    step = STEPS[trigger]
    if subscription.status == step.after:
        return
    if subscription.status not in step.before:
        title = f"is not possible for a subscription that is {subscription.status}"
        raise Invalid(trigger, "invalid_transition", title, value=subscription.status)
    subscription.status = step.after
    subscription.save(update_fields=["status", "updated_at"])
    publish(instance=subscription, topic=f"order_subscriptions.{step.event}")


def activate_by(order: Order) -> None:
    """Activate the drafts that wait for this order to be placed. The order is locked."""
    drafts = order.order_subscriptions.filter(
        status=SubscriptionStatus.DRAFT, activate_by_source_order=True
    )
    for subscription in drafts.select_for_update(of=("self",)):
        subscription.status = SubscriptionStatus.ACTIVE
        subscription.save(update_fields=["status", "updated_at"])
        publish(instance=subscription, topic="order_subscriptions.activate")
