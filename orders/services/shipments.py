"""How shipments are sent, and how far they are; the order's fulfillment follows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activity.services import publish
from catalog.models import ShippingMethod
from customers.services import check_not_forgotten
from jsonapi.errors import Invalid
from orders.models import Order, Shipment
from orders.services.locking import lock_order
from orders.services.methods import check_fulfillable
from orders.services.rules import problem
from orders.services.telling import shown, tell_of_changes
from orders.services.totals import recalculate
from orders.states import FulfillmentStatus, ShipmentStatus


@dataclass(frozen=True, slots=True)
class Step:
    """Which statuses a trigger leads from, where to, and which time it writes down."""

    before: Collection[ShipmentStatus]
    after: ShipmentStatus
    event: str
    column: str | None = None


UPCOMING, ON_HOLD = ShipmentStatus.UPCOMING, ShipmentStatus.ON_HOLD
PICKING, PACKING = ShipmentStatus.PICKING, ShipmentStatus.PACKING
READY = ShipmentStatus.READY_TO_SHIP
OPEN = (UPCOMING, ON_HOLD, PICKING, PACKING, READY)
GONE = (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED)
STARTED = (PICKING, PACKING, READY, *GONE)

STEPS: Mapping[str, Step] = {
    "_upcoming": Step((ON_HOLD, PICKING), UPCOMING, "upcoming"),
    "_cancel": Step(OPEN, ShipmentStatus.CANCELLED, "cancel"),
    "_on_hold": Step((UPCOMING, PICKING, PACKING, READY), ON_HOLD, "on_hold", "on_hold_at"),
    "_picking": Step((UPCOMING, ON_HOLD, PACKING), PICKING, "picking", "picking_at"),
    "_packing": Step((PICKING, READY), PACKING, "packing", "packing_at"),
    "_ready_to_ship": Step((PICKING, PACKING), READY, "ready_to_ship", "ready_to_ship_at"),
    "_ship": Step((PICKING, PACKING, READY), ShipmentStatus.SHIPPED, "ship", "shipped_at"),
    "_deliver": Step(
        (ShipmentStatus.SHIPPED,), ShipmentStatus.DELIVERED, "deliver", "delivered_at"
    ),
}


@transaction.atomic
def change_shipment(*, shipment: Shipment, values: dict[str, Any]) -> None:
    """Change columns; another shipping method changes the order's total.

    Raises Invalid for a method that is not offered, or once the order is placed.
    """
    order = shipment.order
    lock_order(order=order)
    if order.customer is not None:
        check_not_forgotten(customer=order.customer)
    for name, value in values.items():
        setattr(shipment, name, value)
    if "shipping_method" in values:
        _take_method(order, shipment, values["shipping_method"])
    shipment.save(update_fields=[*values, "price_cents", "updated_at"])
    if "shipping_method" in values:
        recalculate(order)


def send_alike(*, order: Order, source: Order) -> None:
    """Have a locked order sent as another one was, as far as that is still offered."""
    method = next((one.shipping_method for one in source.shipments.order_by("pk")), None)
    if method is None or not method.is_offered_in(order.market):
        return
    for shipment in order.shipments.all():
        change_shipment(shipment=shipment, values={"shipping_method": method})


@transaction.atomic
def move_shipment(*, shipment: Shipment, trigger: str) -> None:
    """Carry out a status trigger; the order's fulfillment follows. Raises Invalid."""
    lock_order(order=shipment.order)
    shipment.refresh_from_db(from_queryset=Shipment.objects.select_for_update(of=("self",)))
    step = STEPS[trigger]
    if shipment.status == step.after:
        return
    if shipment.status not in step.before:
        title = f"is not possible for a shipment that is {shipment.status}"
        raise Invalid(trigger, "invalid_transition", title, value=shipment.status)
    if step.after in STARTED:
        check_fulfillable(shipment.order)
    _take(shipment, step)
    _follow(shipment.order)


def prepare(order: Order) -> None:
    """Let the shipments of a locked order that was approved come."""
    _take_all(order, (ShipmentStatus.DRAFT,), STEPS["_upcoming"])


def call_off(order: Order) -> None:
    """Cancel what a locked order that is cancelled has not sent."""
    _take_all(order, (ShipmentStatus.DRAFT, *OPEN), STEPS["_cancel"])


def deliver_all(order: Order) -> None:
    """Note that everything of a locked order arrived, whatever its shipments said."""
    _take_all(order, (*OPEN, ShipmentStatus.SHIPPED), STEPS["_deliver"])


def _take_method(order: Order, shipment: Shipment, method: ShippingMethod | None) -> None:
    if not order.is_editable:
        raise problem("shipping_method", "not_editable", "can't be changed any more")
    if method is not None and not method.is_offered_in(order.market):
        raise problem("shipping_method", "not_available", "is not available for the order")
    sums = order.subtotal_amount_cents, order.discount_amount_cents
    shipment.price_cents = method.price_of(*sums) if method else 0


def _take_all(order: Order, before: Collection[ShipmentStatus], step: Step) -> None:
    for shipment in order.shipments.filter(status__in=before).order_by("pk"):
        told = shown(shipment)
        _take(shipment, step)
        tell_of_changes(shipment, told)


def _take(shipment: Shipment, step: Step) -> None:
    shipment.status = step.after
    if step.column:
        setattr(shipment, step.column, timezone.now())
    shipment.save()
    publish(instance=shipment, topic=f"shipments.{step.event}")


def _follow(order: Order) -> None:
    """Have an order's fulfillment say how far its shipments are; one on hold says nothing."""
    statuses = set(order.shipments.values_list("status", flat=True))
    left = statuses - {ShipmentStatus.CANCELLED}
    if left and left <= set(GONE):
        _fulfillment(order, FulfillmentStatus.FULFILLED, "fulfill")
    elif left & set(STARTED):
        _fulfillment(order, FulfillmentStatus.IN_PROGRESS, "start_fulfilling")
    elif ON_HOLD not in left:
        _fulfillment(order, FulfillmentStatus.UNFULFILLED, "cancel_fulfilling")


def _fulfillment(order: Order, status: FulfillmentStatus, event: str) -> None:
    if order.fulfillment_status == status:
        return
    order.fulfillment_status = status
    order.fulfillment_updated_at = timezone.now()
    order.save(update_fields=["fulfillment_status", "fulfillment_updated_at", "updated_at"])
    publish(instance=order, topic=f"orders.{event}")
