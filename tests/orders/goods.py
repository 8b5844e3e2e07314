"""Something to sell, somewhere to sell it, and carts full of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from catalog.models import (
    Bundle,
    Coupon,
    Market,
    PaymentMethod,
    Plan,
    Price,
    PriceList,
    Segment,
    SegmentRule,
    ShippingMethod,
    Sku,
    SkuList,
    SkuListItem,
    SubscriptionModel,
)
from orders import services
from orders.models import Order, OrderSubscription, RecurringOrderCopy
from tests.api import Api, identifier, token_for
from tests.factories import make_group

numbers = count(1)


def make_market(environment: Any, **fields: Any) -> Market:
    fields.setdefault("name", f"Market {next(numbers)}")
    fields.setdefault("currency_code", "EUR")
    return Market.objects.create(environment=environment, **fields)


def make_private_market(environment: Any, **fields: Any) -> Market:
    return make_market(environment, customer_group=make_group(environment), **fields)


def make_payment_method(environment: Any, **fields: Any) -> PaymentMethod:
    """Return a method of every market with euros, which costs nothing."""
    fields.setdefault("name", "Card")
    fields.setdefault("payment_source_type", "external_payments")
    fields.setdefault("currency_code", "EUR")
    fields.setdefault("price_amount_cents", 0)
    return PaymentMethod.objects.create(environment=environment, **fields)


def make_subscription_model(environment: Any, **fields: Any) -> SubscriptionModel:
    fields.setdefault("name", "Coffee")
    fields.setdefault("frequencies", ["weekly", "monthly"])
    return SubscriptionModel.objects.create(environment=environment, **fields)


def make_price_list(environment: Any, **fields: Any) -> PriceList:
    fields.setdefault("name", "Wholesale")
    fields.setdefault("currency_code", "EUR")
    return PriceList.objects.create(environment=environment, **fields)


def make_price(sku: Sku, amount_cents: int, **fields: Any) -> Price:
    """Return a further price of a SKU in euros: of a list, of a market or of both."""
    values = {"currency_code": "EUR", "amount_cents": amount_cents, **fields}
    return Price.objects.create(environment=sku.environment, sku=sku, **values)


def make_sku(environment: Any, *, price: int | None = 2500, **fields: Any) -> Sku:
    """Return a SKU that costs `price` cents in every market with euros."""
    fields.setdefault("code", f"SKU{next(numbers)}")
    fields.setdefault("name", "A mug")
    sku = Sku.objects.create(environment=environment, **fields)
    if price is not None:
        Price.objects.create(
            environment=environment, sku=sku, currency_code="EUR", amount_cents=price
        )
    return sku


def make_shipping_method(environment: Any, *, price: int = 700, **fields: Any) -> ShippingMethod:
    """Return a way to send goods that costs `price` cents in every market with euros."""
    fields.setdefault("name", f"Post {next(numbers)}")
    fields.setdefault("currency_code", "EUR")
    return ShippingMethod.objects.create(
        environment=environment, price_amount_cents=price, **fields
    )


def make_bundle(environment: Any, *skus: Sku, price: int | None = 4000, **fields: Any) -> Bundle:
    """Return a bundle that costs `price` cents in every market with euros, of some SKUs."""
    number = next(numbers)
    sku_list = SkuList.objects.create(environment=environment, name=f"Bundle {number}")
    for sku in skus:
        SkuListItem.objects.create(environment=environment, sku_list=sku_list, sku=sku)
    values = {"code": f"BUNDLE{number}", "name": "Mug and tea", "currency_code": "EUR", **fields}
    return Bundle.objects.create(
        environment=environment, sku_list=sku_list, price_amount_cents=price, **values
    )


def make_order(market: Market, customer: Any = None, **values: Any) -> Order:
    values = {"environment_id": market.environment_id, "market": market, **values}
    return services.create_order(trusted=True, values={**values, "customer": customer})


def add_line(order: Order, *, quantity: int = 1, unit_amount_cents: int = 1000, **values: Any):
    values = {"name": "A mug", "quantity": quantity, **values}
    values |= {"unit_amount_cents": unit_amount_cents, "environment_id": order.environment_id}
    line = services.add_line(order=order, values=values)
    order.refresh_from_db()
    return line


def make_pending(market: Market, customer: Any, **values: Any) -> Order:
    order = make_order(market, customer, **values)
    add_line(order)
    return order


def make_placed(market: Market, customer: Any, **values: Any) -> Order:
    order = make_pending(market, customer, **values)
    services.place(order=order)
    return order


def make_due(subscription: OrderSubscription, ago: timedelta = timedelta(minutes=1)) -> None:
    """Let the next run of a subscription have been due for a while."""
    OrderSubscription.objects.filter(pk=subscription.pk).update(next_run_at=timezone.now() - ago)


def make_run(subscription: OrderSubscription) -> RecurringOrderCopy:
    """Return what became of a run of an active subscription."""
    make_due(subscription)
    assert services.renew(subscription_id=subscription.pk)
    return subscription.recurring_order_copies.latest("pk")


def shopping_in(shop: Any, market: Market, customer: Any = None) -> Api:
    """Return a storefront whose token is for one market, perhaps a customer's."""
    grant = {"scope": f"market:id:{market.uid}"}
    if customer is not None:
        grant |= {
            "grant_type": "password",
            "username": customer.email,
            "password": "correct horse battery",
        }
    return Api(token_for(shop.channel, **grant))


def trigger(api: Api, row: Any, name: str, value: Any = True, resource_type: str = "orders"):
    return api.patch(resource_type, row.uid, attributes={name: value})


def attributes(reply: Any) -> dict[str, Any]:
    assert reply.status_code in (200, 201), reply.content
    return reply.json()["data"]["attributes"]


def linked(resource_type: str, row: Any) -> dict[str, str]:
    return identifier(resource_type, row)


def make_segment(
    environment: Any, *rules: tuple[str, str, str], match: str = "all", **fields: Any
) -> Segment:
    """Return a segment; its rules are given as `(criterion, operator, value)`."""
    fields.setdefault("name", f"Segment {next(numbers)}")
    segment = Segment.objects.create(environment=environment, match=match, **fields)
    for criterion, operator, value in rules:
        rule = SegmentRule(
            environment=environment,
            segment=segment,
            criterion=criterion,
            operator=operator,
            value=value,
        )
        rule.full_clean()
        rule.save()
    return segment


def make_plan(environment: Any, *segments: Segment, **fields: Any) -> Plan:
    number = next(numbers)
    values = {"name": f"Plan {number}", "code": f"plan-{number}", "amount_cents": 900} | fields
    plan = Plan.objects.create(environment=environment, currency_code="EUR", **values)
    plan.segments.set(segments)
    return plan


def make_coupon(environment: Any, *segments: Segment, **fields: Any) -> Coupon:
    values = {"code": f"COUPON{next(numbers)}", "percent_off": 20} | fields
    coupon = Coupon.objects.create(environment=environment, **values)
    coupon.segments.set(segments)
    return coupon


def subscribe(api, order, **given):
    """Ask for a subscription of an order."""
    return api.post(
        "order_subscriptions",
        attributes={"frequency": "monthly", **given},
        relationships={"source_order": linked("orders", order)},
    )


def step(api, uid, name):
    """Pull a trigger of a subscription."""
    return api.patch("order_subscriptions", uid, attributes={name: True})


def choose(api, shipment, method):
    """Have a shipment sent by a method, or by none."""
    chosen = method and linked("shipping_methods", method)
    return api.patch("shipments", shipment.uid, relationships={"shipping_method": chosen})


def totals(order):
    """Return what an order costs to send, and altogether."""
    order.refresh_from_db()
    return order.shipping_amount_cents, order.total_amount_cents
