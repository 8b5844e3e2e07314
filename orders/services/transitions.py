"""How an order moves from one status to the next. Repeating a step changes nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from activity.services import publish
from jsonapi.errors import Invalid
from orders.models import Order
from orders.services.counting import recount_orders
from orders.services.locking import lock_order
from orders.services.payments import capture
from orders.services.rules import refusal, wanted_fulfillment
from orders.services.shipments import call_off, prepare
from orders.services.subscriptions import cancel_with
from orders.services.transactions import follow, record_void
from orders.states import (
    NOT_STARTED,
    UNCAPTURED,
    OrderStatus,
    PaymentStatus,
)


@transaction.atomic
def make_pending(*, order: Order) -> None:
    """Make a draft pending, or give up placing. Raises Invalid from any other status."""
    lock_order(order=order)
    if order.status == OrderStatus.PENDING:
        return
    if order.status not in (OrderStatus.DRAFT, OrderStatus.PLACING):
        raise refusal(order, "_pending")
    _move(order, OrderStatus.PENDING, "pending")


@transaction.atomic
def approve(*, order: Order, trigger: str = "_approve") -> None:
    """Approve a placed order. Raises Invalid from any other status."""
    lock_order(order=order)
    if order.status == OrderStatus.APPROVED:
        return
    if order.status != OrderStatus.PLACED:
        raise refusal(order, trigger)
    order.approved_at = timezone.now()
    _move(order, OrderStatus.APPROVED, "approve", "approved_at")
    prepare(order)


@transaction.atomic
def approve_and_capture(*, order: Order) -> None:
    """Approve a placed order and record that its payment was taken; both or, with Invalid, none."""
    lock_order(order=order)
    if order.payment_status != PaymentStatus.FREE:
        capture(order=order, trigger="_approve_and_capture")
    approve(order=order, trigger="_approve_and_capture")


@transaction.atomic
def cancel(*, order: Order) -> None:
    """Cancel a placed order, or an approved one that nothing was taken for; void what was held.

    Raises Invalid from any other status, or once fulfilling has started.
    """
    lock_order(order=order)
    if order.status == OrderStatus.CANCELLED:
        return
    if not _is_cancellable(order):
        raise refusal(order, "_cancel")
    held = list(order.authorizations.filter(void_balance_cents__gt=0).order_by("pk"))
    for authorization in held:
        record_void(authorization)
    order.cancelled_at = timezone.now()
    _move(order, OrderStatus.CANCELLED, "cancel", "cancelled_at")
    if held:
        follow(order, "void")
    cancel_with(order)
    call_off(order)
    recount_orders(customer_ids=[order.customer_id])


def _is_cancellable(order: Order) -> bool:
    if order.fulfillment_status not in NOT_STARTED:
        return False
    untaken = order.payment_status in UNCAPTURED
    return order.status == OrderStatus.PLACED or (order.status == OrderStatus.APPROVED and untaken)


@transaction.atomic
def start_editing(*, order: Order) -> None:
    """Open a placed order for changes. Raises Invalid from any other status."""
    lock_order(order=order)
    if order.status == OrderStatus.EDITING:
        return
    if order.status != OrderStatus.PLACED:
        raise refusal(order, "_start_editing")
    _move(order, OrderStatus.EDITING, "start_editing")


@transaction.atomic
def stop_editing(*, order: Order) -> None:
    """Close an order that is being edited; it must not cost more than when it was placed."""
    lock_order(order=order)
    if order.status == OrderStatus.PLACED:
        return
    if order.status != OrderStatus.EDITING:
        raise refusal(order, "_stop_editing")
    total, limit = order.total_amount_with_taxes_cents, order.place_total_amount_cents
    if total > limit:
        raise Invalid(
            "total_amount_cents",
            "less_than_or_equal_to",
            f"must be less than or equal to {limit}",
            value=total,
            count=limit,
        )
    order.fulfillment_status = wanted_fulfillment(order)
    _move(order, OrderStatus.PLACED, "stop_editing", "fulfillment_status")


@transaction.atomic
def archive(*, order: Order, archived: bool) -> None:
    """Put the order away, or take it back out. Its status stays."""
    lock_order(order=order)
    if archived == (order.archived_at is not None):
        return
    order.archived_at = timezone.now() if archived else None
    order.save(update_fields=["archived_at", "updated_at"])


def _move(order: Order, status: OrderStatus, event: str, *columns: str) -> None:
    order.status = status
    order.save(update_fields=["status", *columns, "updated_at"])
    publish(instance=order, topic=f"orders.{event}")
