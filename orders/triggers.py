"""What `_place` and its kin do, in the order in which they act in one request."""

from __future__ import annotations

from rest_framework import serializers

from annotations.triggers import register_tag_triggers
from anonymization.doorbell import doorbell
from customers.models import Address
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from jsonapi.triggers import trigger
from orders import services
from orders.models import Order, OrderSubscription, Return, ReturnLineItem
from orders.services.returns import STEPS as RETURN_STEPS
from orders.services.subscriptions import STEPS as SUBSCRIPTION_STEPS
from orders.states import OrderStatus

SIDES = {"shipping": "shipping_address", "billing": "billing_address"}
address_id = serializers.CharField(max_length=40)


def _register_addresses(side: str, column: str) -> None:
    other = "billing" if side == "shipping" else "shipping"
    clone, same = f"_{column}_clone_id", f"_{column}_same_as_{other}"

    @trigger("orders", clone, value=address_id)
    def clone_address(order: Order, uid: str, caller: Caller) -> None:
        address = Address.objects.visible_to(caller).filter(uid=uid).first()
        if address is None:
            raise Invalid(clone, "required", "must exist", value=uid)
        services.clone_address(order=order, side=column, address=address)

    @trigger("orders", same)
    def fill_from_other(order: Order, caller: Caller) -> None:
        services.fill_address_from_other(order=order, side=column, trigger=same)

    @trigger("orders", f"_save_{column}_to_customer_address_book")
    def save_to_address_book(order: Order, caller: Caller) -> None:
        services.save_to_address_book(order=order, side=column)


for _side, _column in SIDES.items():
    _register_addresses(_side, _column)


@trigger("orders", "_refresh")
def refresh(order: Order, caller: Caller) -> None:
    """Recompute prices and sums."""
    services.refresh(order=order)


@trigger("orders", "_refresh_prices", trusted=True)
def refresh_prices(order: Order, caller: Caller) -> None:
    """Take over the catalog's current prices."""
    services.refresh_prices(order=order)


@trigger("orders", "_validate")
def validate(order: Order, caller: Caller) -> None:
    """Say what keeps the order from being placed."""
    services.validate(order=order)


@trigger("orders", "_pending", trusted=True)
def make_pending(order: Order, caller: Caller) -> None:
    """Make a draft pending."""
    services.make_pending(order=order)


@trigger("orders", "_authorize", trusted=True)
def authorize(order: Order, caller: Caller) -> None:
    """Record an authorization. Trusted: a shopper cannot vouch for a payment."""
    services.authorize(order=order)


@trigger("orders", "_place")
def place(order: Order, caller: Caller) -> None:
    """Place the order, or tell a worker to."""
    services.place(order=order)
    if order.status == OrderStatus.PLACING:
        doorbell.ring_on_commit("orders.tasks.place", order.pk)


@trigger("orders", "_start_editing", trusted=True)
def start_editing(order: Order, caller: Caller) -> None:
    """Open a placed order for changes."""
    services.start_editing(order=order)


@trigger("orders", "_stop_editing", trusted=True)
def stop_editing(order: Order, caller: Caller) -> None:
    """Close an order that is being edited."""
    services.stop_editing(order=order)


@trigger("orders", "_approve", trusted=True)
def approve(order: Order, caller: Caller) -> None:
    """Approve a placed order."""
    services.approve(order=order)


@trigger("orders", "_approve_and_capture", trusted=True)
def approve_and_capture(order: Order, caller: Caller) -> None:
    """Approve a placed order and record that its payment, if there is one, was taken."""
    services.approve_and_capture(order=order)


@trigger("orders", "_capture", trusted=True)
def capture(order: Order, caller: Caller) -> None:
    """Record that the payment was taken."""
    services.capture(order=order)


@trigger("orders", "_fulfill", trusted=True)
def fulfill(order: Order, caller: Caller) -> None:
    """Record that the order was delivered."""
    services.fulfill(order=order)


@trigger("orders", "_cancel")
def cancel(order: Order, caller: Caller) -> None:
    """Cancel the order."""
    services.cancel(order=order)


@trigger("orders", "_refund", trusted=True)
def refund(order: Order, caller: Caller) -> None:
    """Record that the payment was given back."""
    services.refund(order=order)


@trigger("orders", "_archive")
def archive(order: Order, caller: Caller) -> None:
    """Put the order away."""
    services.archive(order=order, archived=True)


@trigger("orders", "_unarchive")
def unarchive(order: Order, caller: Caller) -> None:
    """Take the order back out."""
    services.archive(order=order, archived=False)


def _register_subscription_step(name: str) -> None:
    @trigger("order_subscriptions", name)
    def move(subscription: OrderSubscription, caller: Caller) -> None:
        services.move_subscription(subscription=subscription, trigger=name)


for _name in SUBSCRIPTION_STEPS:
    _register_subscription_step(_name)


def _register_return_step(name: str) -> None:
    # A shopper asks for a return; the rest is the shop's to say.
    @trigger("returns", name, trusted=name != "_request")
    def move(returned: Return, caller: Caller) -> None:
        services.move_return(returned=returned, trigger=name)


for _name in RETURN_STEPS:
    _register_return_step(_name)


@trigger("returns", "_restock", trusted=True)
def restock(returned: Return, caller: Caller) -> None:
    """Note that the goods are back on the shelf."""
    services.restock(returned=returned)


@trigger("returns", "_archive", trusted=True)
def archive_return(returned: Return, caller: Caller) -> None:
    """Put the return away."""
    services.archive_return(returned=returned, archived=True)


@trigger("returns", "_unarchive", trusted=True)
def unarchive_return(returned: Return, caller: Caller) -> None:
    """Take the return back out."""
    services.archive_return(returned=returned, archived=False)


@trigger("return_line_items", "_restock", trusted=True)
def restock_line(line: ReturnLineItem, caller: Caller) -> None:
    """Note that this line's goods are back on the shelf."""
    services.restock(returned=getattr(line, "return"), lines=[line])


for _taggable in ("orders", "line_items", "order_subscriptions", "returns"):
    register_tag_triggers(_taggable)
