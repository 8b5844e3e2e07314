"""What an order sends: one shipment, kept in step with the lines, and what sending it costs."""

from __future__ import annotations

from itertools import count

from django.db.models import Sum

from activity.services import publish, record
from orders.models import Order, Shipment
from orders.services.rules import to_send
from orders.services.telling import tell_of_new
from orders.states import EDITABLE, OPEN_TO_GUESTS, OrderStatus

PACKABLE = (*EDITABLE, OrderStatus.PLACING)
# Where shipping still follows the catalog; an edited order keeps what the customer agreed to.
REPRICEABLE = (*OPEN_TO_GUESTS, OrderStatus.PLACING)


def pack(order: Order, *, subtotal: int, discount: int) -> int:
    """Return what sending a locked order costs, after making its shipment what it has to be.

    `subtotal` is the sum of its goods in minor units, `discount` what is taken off, below zero.
    The caller saves the order.
    """
    if order.status in PACKABLE:
        return _pack(order, subtotal, discount)
    if not order.shipments_count:
        return 0
    return int(order.shipments.aggregate(sum=Sum("price_cents"))["sum"] or 0)


def _pack(order: Order, subtotal: int, discount: int) -> int:
    pieces = to_send(order).aggregate(sum=Sum("quantity"))["sum"] or 0
    found = order.shipments.select_related("shipping_method") if order.shipments_count else ()
    shipment = next(iter(found), None)
    if not pieces:
        if shipment is not None:
            _end(order, shipment)
        return 0
    shipment = shipment or _new(order)
    shipment.skus_count = pieces
    if order.status in REPRICEABLE:
        _price(shipment, subtotal, discount)
    shipment.save(update_fields=["skus_count", "shipping_method", "price_cents", "updated_at"])
    return shipment.price_cents


def _price(shipment: Shipment, subtotal: int, discount: int) -> None:
    """Take over what the method costs now; a method that is no longer offered is let go."""
    method = shipment.shipping_method
    if method is not None and not method.is_offered_in(shipment.market):
        shipment.shipping_method = method = None
    shipment.price_cents = method.price_of(subtotal, discount) if method else 0


def _new(order: Order) -> Shipment:
    default = order.market.default_shipping_method
    is_offered = default is not None and default.is_offered_in(order.market)
    shipment: Shipment = Shipment.objects.create(
        environment_id=order.environment_id,
        number=_free_number(order),
        currency_code=order.currency_code,
        order=order,
        market=order.market,
        shipping_method=default if is_offered else None,
    )
    order.shipments_count = 1
    tell_of_new(shipment)
    publish(instance=order, topic="orders.rebuild_shipments")
    return shipment


def _end(order: Order, shipment: Shipment) -> None:
    record(instance=shipment, event="destroy")
    publish(instance=shipment, topic="shipments.destroy", gone=True)
    shipment.delete()
    order.shipments_count = 0
    publish(instance=order, topic="orders.rebuild_shipments")


def _free_number(order: Order) -> str:
    """Return a number that nobody has: back ends may have written some."""
    taken = Shipment.objects.filter(environment=order.environment_id)
    numbers = (f"#{order.number}/S/{at:03}" for at in count(1))
    return next(number for number in numbers if not taken.filter(number=number).exists())
