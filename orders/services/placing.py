"""Placing an order: at once, or by a worker."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from activity.services import publish
from anonymization.doorbell import doorbell
from customers.models import Address, CustomerAddress
from jsonapi.errors import Invalid
from orders.models import Order
from orders.services.addresses import adopt, owner_of_copies
from orders.services.counting import recount_orders
from orders.services.errors import clear_errors, note_errors
from orders.services.locking import lock_order
from orders.services.rules import obstacles, refusal, wanted_fulfillment
from orders.services.subscriptions import activate_by
from orders.services.totals import recalculate
from orders.states import OrderStatus, PaymentStatus

PLACEABLE = (OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.PLACING)


@transaction.atomic
def validate(*, order: Order) -> None:
    """Raise Invalid with everything that keeps the order from being placed."""
    lock_order(order=order)
    problems = list(obstacles(order))
    if problems:
        raise Invalid.many(problems)


@transaction.atomic
def place(*, order: Order) -> None:
    """Place the order; with `place_async` leave that to a worker. Repeating changes nothing.

    Raises Invalid when something is missing, or when the order is beyond being placed.
    """
    lock_order(order=order)
    if order.status in (OrderStatus.PLACED, OrderStatus.PLACING):
        return
    if order.status not in PLACEABLE:
        raise refusal(order, "_place")
    if order.place_async:
        order.status = OrderStatus.PLACING
        clear_errors(order=order)
        order.save(update_fields=["status", "errors_count", "updated_at"])
        publish(instance=order, topic="orders.placing")
        doorbell.ring_on_commit("orders.tasks.place", order.pk)
    else:
        _place(order)


def try_to_place(*, order: Order) -> None:
    """Place a locked order for nobody in particular; note what keeps it from being placed."""
    try:
        with transaction.atomic():
            place(order=order)
    except Invalid as refused:
        order.refresh_from_db()
        note_errors(order=order, refusal=refused)
        order.save(update_fields=["errors_count", "updated_at"])


def place_now(*, order_id: int) -> None:
    """Place an order that waits for a worker; back to pending if something is missing.

    The row's lock is the claim, and its status says whether there is still something to do:
    safe to call twice, at once, or after a worker was killed.
    """
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        return
    with transaction.atomic():
        lock_order(order=order)
        if order.status != OrderStatus.PLACING:
            return
        try:
            with transaction.atomic():
                _place(order)
        except Invalid as refused:
            order.refresh_from_db()
            order.status = OrderStatus.PENDING
            note_errors(order=order, refusal=refused)
            order.save(update_fields=["status", "errors_count", "updated_at"])
            publish(instance=order, topic="orders.pending")


def _place(order: Order) -> None:
    recalculate(order)
    problems = list(obstacles(order))
    if problems:
        raise Invalid.many(problems)
    _own_addresses(order)
    adopt(order)
    order.status = OrderStatus.PLACED
    order.placed_at = timezone.now()
    order.place_total_amount_cents = order.total_amount_with_taxes_cents
    clear_errors(order=order)
    if not order.total_amount_with_taxes_cents and order.payment_status == PaymentStatus.UNPAID:
        order.payment_status = PaymentStatus.FREE
    order.fulfillment_status = wanted_fulfillment(order)
    order.save()
    publish(instance=order, topic="orders.place")
    activate_by(order)
    recount_orders(customer_ids=[order.customer_id])


def _own_addresses(order: Order) -> None:
    """Give the order addresses of its own: an address book may change, history may not."""
    copies: dict[int, Address] = {}
    for name in ("shipping_address", "billing_address"):
        address: Address | None = getattr(order, name)
        if address is None:
            continue
        if address.pk not in copies:
            shared = _is_shared(address, order)
            owner = owner_of_copies(order)
            copies[address.pk] = address.clone(customer=owner) if shared else address
        setattr(order, name, copies[address.pk])


def _is_shared(address: Address, order: Order) -> bool:
    if CustomerAddress.objects.filter(address=address).exists():
        return True
    others = Order.objects.exclude(pk=order.pk)
    return (
        others.filter(shipping_address=address).exists()
        or others.filter(billing_address=address).exists()
    )
