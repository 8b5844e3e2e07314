"""What has to be true of an order, said once."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from catalog.models import ShippingMethod
from customers.models import Customer
from jsonapi.errors import Invalid
from orders.models import LineItem, Order, sent
from orders.states import GOODS, FulfillmentStatus, ItemType, PaymentStatus


def refusal(order: Order, trigger: str) -> Invalid:
    """Return the error for a trigger that the order's state does not allow."""
    return Invalid(
        trigger,
        "invalid_transition",
        f"is not possible for this order: status {order.status}, payment status"
        f" {order.payment_status}, fulfillment status {order.fulfillment_status}",
        value=order.status,
    )


def problem(relationship: str, error: str, title: str) -> Invalid:
    """Return the error about one of the order's relationships."""
    return Invalid(relationship, error, title, relationship=True)


def customer_problems(order: Order) -> Iterator[Invalid]:
    """Yield what forbids the order's customer to order in its market."""
    customer: Customer | None = order.customer
    if customer is not None and not customer.enabled:
        yield problem("customer", "disabled", "is disabled")
    if order.market.disabled_at is not None:
        yield problem("market", "disabled", "is disabled")
    if not order.market.admits(customer) and customer is not None:
        yield problem("customer", "not_a_member", "does not belong to the market's customer group")


def method_problems(order: Order) -> Iterator[Invalid]:
    """Yield what forbids the order to be paid by its method."""
    chosen = order.payment_method_id
    if chosen is not None and not order.available_payment_methods.filter(pk=chosen).exists():
        yield problem("payment_method", "not_available", "is not available for the order")


def obstacles(order: Order) -> Iterator[Invalid]:
    """Yield everything that keeps the order from being placed."""
    if order.customer is None:
        yield problem("customer", "blank", "can't be blank")
    yield from customer_problems(order)
    if not order.line_items.filter(item_type__in=GOODS).exists():
        yield problem("line_items", "blank", "can't be blank")
    yield from _address_obstacles(order)
    if order.market.shipping_required and has_to_ship(order):
        yield from _shipping_obstacles(order)
    if order.payment_status == PaymentStatus.UNPAID:
        yield from method_problems(order)
    unpaid = order.payment_status == PaymentStatus.UNPAID and order.total_amount_with_taxes_cents
    if order.market.payment_required and unpaid:
        yield Invalid(
            "payment_status", "exclusion", "must not be unpaid", value=order.payment_status
        )


def _shipping_obstacles(order: Order) -> Iterator[Invalid]:
    """A method for each shipment, where the market has some; elsewhere a line that says it."""
    if ShippingMethod.objects.offered_in(order.market).exists():
        methods = list(order.shipments.values_list("shipping_method", flat=True))
        if not methods or None in methods:
            yield problem("shipments", "no_shipping_method", "need a shipping method")
    elif not order.line_items.filter(item_type=ItemType.SHIPMENTS).exists():
        yield Invalid("shipping_amount_cents", "blank", "can't be blank: no shipments line")


def _address_obstacles(order: Order) -> Iterator[Invalid]:
    shipping = order.shipping_address
    if order.market.addresses_required:
        if shipping is None and has_to_ship(order):
            yield problem("shipping_address", "blank", "can't be blank")
        if order.billing_address is None:
            yield problem("billing_address", "blank", "can't be blank")
    lock = order.shipping_country_code_lock
    if lock and shipping is not None and shipping.country_code != lock:
        yield problem("shipping_address", "country_lock", f"must be in {lock}")


def has_to_ship(order: Order) -> bool:
    """Tell whether anything of the order has to be sent somewhere."""
    return bool(to_send(order).exists())


def wanted_fulfillment(order: Order) -> FulfillmentStatus:
    """Return the fulfillment status of an order of which nothing was sent yet."""
    sends = has_to_ship(order)
    return FulfillmentStatus.UNFULFILLED if sends else FulfillmentStatus.NOT_REQUIRED


def to_send(order: Order) -> QuerySet[LineItem]:
    """Return the lines of the order that have to be sent somewhere."""
    rows: QuerySet[LineItem] = LineItem.objects.filter(sent({"order_id": order.pk}.__getitem__))
    return rows
