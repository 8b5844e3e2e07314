"""What other systems tell about an order's payment and fulfillment."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from activity.services import publish
from orders.models import Order
from orders.services.locking import lock_order
from orders.services.rules import refusal
from orders.states import AUTHORIZED, FulfillmentStatus, OrderStatus, PaymentStatus

UNPAYABLE = (OrderStatus.DRAFT, OrderStatus.CANCELLED)


def authorize(*, order: Order) -> None:
    """Record that the payment is authorized. Raises Invalid once something was taken."""
    before = (PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_AUTHORIZED)
    _pay(order, "_authorize", before, PaymentStatus.AUTHORIZED, "authorize", UNPAYABLE)


def capture(*, order: Order, trigger: str = "_capture") -> None:
    """Record that the authorized amount was taken. Raises Invalid without authorization."""
    before = (*AUTHORIZED, PaymentStatus.PARTIALLY_PAID)
    _pay(order, trigger, before, PaymentStatus.PAID, "pay", UNPAYABLE)


def refund(*, order: Order) -> None:
    """Record that everything was paid back. Raises Invalid when nothing was taken."""
    before = (
        PaymentStatus.PAID,
        PaymentStatus.PARTIALLY_PAID,
        PaymentStatus.PARTIALLY_REFUNDED,
    )
    _pay(order, "_refund", before, PaymentStatus.REFUNDED, "refund", ())


@transaction.atomic
def _pay(  # noqa: PLR0913, PLR0917
    order: Order,
    trigger: str,
    before: Collection[PaymentStatus],
    after: PaymentStatus,
    event: str,
    refused: Collection[OrderStatus],
) -> None:
    lock_order(order=order)
    if order.payment_status == after:
        return
    if order.payment_status not in before or order.status in refused:
        raise refusal(order, trigger)
    order.payment_status = after
    order.payment_updated_at = timezone.now()
    order.save(update_fields=["payment_status", "payment_updated_at", "updated_at"])
    publish(instance=order, topic=f"orders.{event}")


@transaction.atomic
def fulfill(*, order: Order) -> None:
    """Record that an approved order was delivered. Raises Invalid from any other status."""
    lock_order(order=order)
    if order.fulfillment_status == FulfillmentStatus.FULFILLED:
        return
    before = (FulfillmentStatus.UNFULFILLED, FulfillmentStatus.IN_PROGRESS)
    if order.status != OrderStatus.APPROVED or order.fulfillment_status not in before:
        raise refusal(order, "_fulfill")
    order.fulfillment_status = FulfillmentStatus.FULFILLED
    order.fulfillment_updated_at = timezone.now()
    order.save(update_fields=["fulfillment_status", "fulfillment_updated_at", "updated_at"])
    publish(instance=order, topic="orders.fulfill")
