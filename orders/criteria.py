"""What segments can ask about purchases."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Lower

from catalog.segmentation import MOMENT, MONEY, NAMES, Criterion, register
from orders.models import LineItem, Order, OrderSubscription
from orders.states import COUNTED


def placed() -> QuerySet[Order]:
    """Return the placed orders of the customer that a query is about."""
    rows: QuerySet[Order] = Order.objects.filter(customer=OuterRef("pk"), status__in=COUNTED)
    return rows.order_by()


def first_order(_: Any) -> Any:
    return Subquery(placed().values("customer").annotate(at=Min("placed_at")).values("at"))


def last_order(_: Any) -> Any:
    return Subquery(placed().values("customer").annotate(at=Max("placed_at")).values("at"))


def spent(value: Any) -> Any:
    """Return the sum of all placed orders in one currency, in its minor unit."""
    _, currency = value
    orders = placed().filter(currency_code=currency).values("customer")
    return Coalesce(Subquery(orders.annotate(sum=Sum("total_amount_cents")).values("sum")), 0)


def bought(codes: list[str]) -> Q:
    """Return the condition that a placed order has any of some SKUs or bundles, by their codes."""
    lines = LineItem.objects.filter(order__customer=OuterRef("pk"), order__status__in=COUNTED)
    return Q(Exists(lines.filter(Q(sku_code__in=codes) | Q(bundle_code__in=codes))))


def repeating(states: list[str]) -> Q:
    """Return the condition that an order subscription is in any of some states."""
    rows = OrderSubscription.objects.filter(customer=OuterRef("pk"))
    named = rows.alias(lower=Lower("status")).filter(lower__in=[one.lower() for one in states])
    return Q(Exists(named))


register(Criterion("first_order", "First order", MOMENT, expression=first_order))
register(Criterion("last_order", "Last order", MOMENT, expression=last_order))
register(Criterion("spent", "Spent on placed orders", MONEY, expression=spent))
register(Criterion("bought", "Has bought (SKU or bundle codes)", NAMES, has=bought))
register(Criterion("repeating", "Order subscriptions (status)", NAMES, has=repeating))
