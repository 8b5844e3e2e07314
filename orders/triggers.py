"""What `_place` and its kin do, in the order in which they act in one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rest_framework import serializers

from annotations.triggers import register_tag_triggers
from customers.models import Address, CustomerPaymentSource
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from jsonapi.serializers import StrictIntegerField
from jsonapi.triggers import trigger
from orders import services
from orders.models import Authorization, Capture, Order, Return, ReturnLineItem
from orders.models.line_items import LARGEST_AMOUNT
from orders.services.returns import STEPS as RETURN_STEPS
from orders.services.shipments import STEPS as SHIPMENT_STEPS
from orders.services.subscriptions import STEPS as SUBSCRIPTION_STEPS

SIDES = {"shipping": "shipping_address", "billing": "billing_address"}
amount = StrictIntegerField(min_value=1, max_value=LARGEST_AMOUNT)
public_id = serializers.CharField(max_length=40)


@dataclass(frozen=True, slots=True)
class Plain:
    """A trigger without a value: the service it calls with the row, and who may pull it."""

    name: str
    act: Callable[..., object]
    trusted: bool = False


def _register(resource_type: str, argument: str, plain: Iterable[Plain]) -> None:
    for one in plain:
        trigger(resource_type, one.name, trusted=one.trusted)(_call(one.act, argument))


def _call(act: Callable[..., object], argument: str) -> Callable[[Any, Caller], None]:
    def run(row: Any, caller: Caller) -> None:
        act(**{argument: row})

    return run


def _clone_address(name: str, side: str) -> Callable[[Order, str, Caller], None]:
    def clone(order: Order, uid: str, caller: Caller) -> None:
        address = Address.objects.visible_to(caller).filter(uid=uid).first()
        if address is None:
            raise Invalid(name, "required", "must exist", value=uid)
        services.clone_address(order=order, side=side, address=address)

    return clone


def _register_addresses(side: str, column: str) -> None:
    other = "billing" if side == "shipping" else "shipping"
    name, same = f"_{column}_clone_id", f"_{column}_same_as_{other}"
    trigger("orders", name, value=public_id)(_clone_address(name, column))
    fill = partial(services.fill_address_from_other, side=column, trigger=same)
    save = partial(services.save_to_address_book, side=column)
    book = f"_save_{column}_to_customer_address_book"
    _register("orders", "order", [Plain(same, fill), Plain(book, save)])


for _side, _column in SIDES.items():
    _register_addresses(_side, _column)


@trigger("orders", "_customer_payment_source_id", value=public_id)
def pay_from_wallet(order: Order, uid: str, caller: Caller) -> None:
    """Pay with an entry of the customer's wallet. A guest has none."""
    knows = caller.is_trusted or caller.owner("Customer") is not None
    sources = CustomerPaymentSource.objects.visible_to(caller).exclude(customer=None)
    source = sources.filter(uid=uid, customer=order.customer_id).first() if knows else None
    if source is None:
        raise Invalid("_customer_payment_source_id", "required", "must exist", value=uid)
    services.pay_with(order=order, source=source, trigger="_customer_payment_source_id")


@trigger("orders", "_save_payment_source_to_customer_wallet")
def save_to_wallet(order: Order, caller: Caller) -> None:
    """Keep what the order is paid with for later orders."""
    services.save_to_wallet(order=order, caller=caller)


@trigger("orders", "_authorization_amount_cents", trusted=True, value=amount)
def set_authorization_amount(order: Order, cents: int, caller: Caller) -> None:
    """Say how much `_authorize` holds."""
    services.set_authorization_amount(order=order, amount=cents)


# What speaks for the shop is trusted: a shopper cannot, for instance, vouch for a payment.
_register(
    "orders",
    "order",
    [
        Plain(
            "_nullify_payment_source",
            partial(services.pay_with, source=None, trigger="_nullify_payment_source"),
        ),
        Plain("_refresh", services.refresh),
        Plain("_refresh_prices", services.refresh_prices, trusted=True),
        Plain("_validate", services.validate),
        Plain("_pending", services.make_pending, trusted=True),
        Plain("_authorize", services.authorize, trusted=True),
        Plain("_place", services.place),
        Plain("_create_subscriptions", services.subscribe),
        Plain("_start_editing", services.start_editing, trusted=True),
        Plain("_stop_editing", services.stop_editing, trusted=True),
        Plain("_approve", services.approve, trusted=True),
        Plain("_approve_and_capture", services.approve_and_capture, trusted=True),
        Plain("_capture", services.capture, trusted=True),
        Plain("_fulfill", services.fulfill, trusted=True),
        Plain("_cancel", services.cancel),
        Plain("_refund", services.refund, trusted=True),
        Plain("_archive", partial(services.archive, archived=True)),
        Plain("_unarchive", partial(services.archive, archived=False)),
    ],
)


@trigger("authorizations", "_capture_amount_cents", trusted=True, value=amount)
def set_capture_amount(authorization: Authorization, cents: int, caller: Caller) -> None:
    """Say how much `_capture` takes."""
    services.set_capture_amount(authorization=authorization, amount=cents)


@trigger("captures", "_refund_amount_cents", trusted=True, value=amount)
def set_refund_amount(capture: Capture, cents: int, caller: Caller) -> None:
    """Say how much `_refund` gives back."""
    services.set_refund_amount(capture=capture, amount=cents)


@trigger("returns", "_refund_amount_cents", trusted=True, value=amount)
def set_return_refund(returned: Return, cents: int, caller: Caller) -> None:
    """Say how much `_refund` gives back."""
    services.set_return_refund(returned=returned, amount=cents)


_register(
    "authorizations",
    "authorization",
    [
        Plain("_capture", services.capture_authorization, trusted=True),
        Plain("_void", services.void_authorization, trusted=True),
    ],
)
_register("captures", "capture", [Plain("_refund", services.refund_capture, trusted=True)])
_register(
    "order_subscriptions",
    "subscription",
    [
        Plain("_convert", services.convert_subscription),
        *(
            Plain(name, partial(services.move_subscription, trigger=name))
            for name in SUBSCRIPTION_STEPS
        ),
    ],
)
# A shopper asks for a return; the rest is the shop's to say.
_register(
    "returns",
    "returned",
    [
        *(
            Plain(name, partial(services.move_return, trigger=name), trusted=name != "_request")
            for name in RETURN_STEPS
        ),
        Plain("_restock", services.restock, trusted=True),
        Plain("_archive", partial(services.archive_return, archived=True), trusted=True),
        Plain("_unarchive", partial(services.archive_return, archived=False), trusted=True),
    ],
)


_register(
    "shipments",
    "shipment",
    [
        Plain(name, partial(services.move_shipment, trigger=name), trusted=True)
        for name in SHIPMENT_STEPS
    ],
)


@trigger("return_line_items", "_restock", trusted=True)
def restock_line(line: ReturnLineItem, caller: Caller) -> None:
    """Note that this line's goods are back on the shelf."""
    services.restock(returned=getattr(line, "return"), lines=[line])


for _taggable in ("orders", "line_items", "order_subscriptions", "returns", "shipments"):
    register_tag_triggers(_taggable)
