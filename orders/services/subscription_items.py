"""What a subscription orders each time."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from jsonapi.errors import Invalid
from orders.models import OrderSubscription, OrderSubscriptionItem
from orders.services import goods
from orders.services.rules import problem
from orders.services.subscriptions import lock_subscription
from orders.states import SubscriptionStatus

Values = dict[str, Any]


@transaction.atomic
def add_item(*, values: Values) -> OrderSubscriptionItem:
    """Add a SKU or a bundle, by row or by code, at the given price, else at the catalog's.

    Raises Invalid for a subscription that repeats all of its source order, or is cancelled.
    """
    subscription: OrderSubscription = values["order_subscription"]
    _open(subscription)
    item = OrderSubscriptionItem(currency_code=subscription.market.currency_code, **values)
    _describe(item, values)
    item.save()
    return item


@transaction.atomic
def change_item(*, item: OrderSubscriptionItem, values: Values) -> None:
    """Change an item. Another SKU brings its price along, unless one is given."""
    _open(item.order_subscription)
    for name, value in values.items():
        setattr(item, name, value)
    if values.keys() & {"sku_code", "bundle_code"}:
        item.sku = item.bundle = None
        _describe(item, values)
    item.save()


@transaction.atomic
def remove_item(*, item: OrderSubscriptionItem) -> None:
    """Delete an item."""
    _open(item.order_subscription)
    item.delete()


def _open(subscription: OrderSubscription) -> None:
    lock_subscription(subscription)
    if subscription.status == SubscriptionStatus.CANCELLED:
        raise problem("order_subscription", "not_editable", "can't be edited: it is cancelled")
    if not subscription.itemized:
        title = "repeats its source order: _convert gives it items"
        raise problem("order_subscription", "not_itemized", title)


def _describe(item: OrderSubscriptionItem, values: Values) -> None:
    found = goods.find(item, item.order_subscription.environment_id)
    if found is None:
        raise Invalid("sku_code", "required", "must exist", value="")
    if values.get("unit_amount_cents") is None:
        market = item.order_subscription.market
        item.unit_amount_cents, _ = goods.price_of(found, market, of="subscription")
