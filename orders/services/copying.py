"""Making an order like one that was made before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from customers.models import Address
from orders.models import LineItem, Order, OrderSubscription, OrderSubscriptionItem
from orders.services.addresses import owner_of_copies
from orders.services.lines import add_line
from orders.services.methods import take_method
from orders.services.paying import payment_of
from orders.services.placing import place
from orders.services.rules import problem
from orders.services.shipments import send_alike
from orders.services.writing import create_order

Values = dict[str, Any]
# What a new order takes over; not what was said about the old one: references, coupons, notes.
SAME = (
    "language_code",
    "affiliate_code",
    "autorefresh",
    "shipping_country_code_lock",
    "cart_url",
    "return_url",
    "terms_url",
    "privacy_url",
    "store",
)
SAME_LINE = (
    "sku",
    "sku_code",
    "bundle",
    "bundle_code",
    "item_type",
    "name",
    "image_url",
    "quantity",
    "tax_rate",
)


def make_order(*, subscription: OrderSubscription) -> Order:
    """Return the next order of a subscription, placed if it shall be.

    Belongs into a transaction that holds the locks of the customer and the source order. Every
    rule of orders applies: raises Invalid or Conflict with those that are broken.
    """
    source, wallet = subscription.source_order, subscription.customer_payment_source
    values = {
        "environment_id": source.environment_id,
        "market": subscription.market,
        "customer": subscription.customer,
        "order_subscription": subscription,
        "payment_source": payment_of(source=wallet) if wallet is not None else None,
        **{name: getattr(source, name) for name in SAME},
    }
    if source.store is not None and source.store.market_id != subscription.market_id:
        values["store"] = None
    order = create_order(trusted=True, values=values)
    _take_addresses(order, source)
    own = wallet.payment_method if wallet is not None else None
    if take_method(order, own) or take_method(order, source.payment_method):
        order.save()
    lines = _items(subscription) if subscription.itemized else _lines(source)
    for line in lines:
        add_line(order=order, values={"environment_id": order.environment_id, **line})
    send_alike(order=order, source=source)
    if subscription.place_target_order:
        place(order=order)
    order.refresh_from_db()
    return order


def _take_addresses(order: Order, source: Order) -> None:
    """Give the order copies of the source's addresses: both may be changed on their own."""
    owner = owner_of_copies(order)
    copies: dict[int, Address] = {}
    for name in ("shipping_address", "billing_address"):
        address: Address | None = getattr(source, name)
        if address is not None:
            copies[address.pk] = copies.get(address.pk) or address.clone(customer=owner)
            setattr(order, name, copies[address.pk])
    place = order.shipping_address or order.billing_address
    order.country_code = place.country_code if place else None
    order.save()


def _lines(source: Order) -> Iterator[Values]:
    """Yield what the source order is made of; what the catalog prices gets today's price."""
    for line in source.line_items.select_related("sku", "bundle").order_by("pk"):
        values = {name: getattr(line, name) for name in SAME_LINE}
        if not line.priced_by_catalog:
            values["unit_amount_cents"] = line.unit_amount_cents
            values["compare_at_amount_cents"] = line.compare_at_amount_cents
        yield values


def _items(subscription: OrderSubscription) -> Iterator[Values]:
    """Yield what the subscription's items say, at the prices they say."""
    items = subscription.order_subscription_items.select_related(
        "sku", "bundle", "source_line_item"
    )
    if not items.exists():
        raise problem("order_subscription_items", "blank", "can't be blank")
    for item in items.order_by("pk"):
        source = item.source_line_item
        yield {
            "sku": item.sku,
            "sku_code": item.sku_code,
            "bundle": item.bundle,
            "bundle_code": item.bundle_code,
            "quantity": item.quantity,
            "unit_amount_cents": item.unit_amount_cents,
            "tax_rate": source.tax_rate if source else None,
            "name": source.name if source and _is_same(item, source) else None,
        }


def _is_same(item: OrderSubscriptionItem, line: LineItem) -> bool:
    return (item.sku_id, item.bundle_id) == (line.sku_id, line.bundle_id)
