"""One row of every type that belongs together, and requests that leave no trace."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from activity.models import Event, EventCallback, Webhook
from activity.services import publish
from annotations.models import Attachment, Link, Notification, Tag
from catalog.models import SkuList, SkuListItem, StockLocation, Store
from customers.models import (
    Address,
    Customer,
    CustomerAddress,
    CustomerPasswordReset,
    CustomerPaymentSource,
    CustomerSubscription,
)
from customers.services import request_password_reset
from jsonapi import registry
from jsonapi.identifiers import RelationshipField
from orders import services
from orders.models import ResourceError, ReturnLineItem
from organizations.models import Environment
from tests import factories
from tests.api import Api
from tests.orders import goods
from transfers.models import JOBS

# What no caller may create, or what a caller has exactly one of.
SINGLETONS = ("applications", "organizations")
TYPES = [name for name in registry.types() if name not in SINGLETONS]


def rows(environment: Environment, customer: Customer, canary: str = "") -> dict[str, Any]:
    """Return a row of every type, all of them of one customer where customers own such rows.

    Each has `canary` in its texts, where one is given.
    """
    made = {**_shop(environment, customer), **_buying(environment, customer)}
    made |= _annotations(environment, customer)
    if canary:
        for row in made.values():
            mark(row, canary)
    return made


def spare(environment: Environment, world: dict[str, Any]) -> dict[str, Any]:
    """Return rows that documents need which are to be accepted beside those of `world`."""
    draft = goods.make_order(world["markets"], world["customers"])
    return {
        "draft": draft,
        "shared": world["bundles"].sku_list,
        "open_line": goods.add_line(draft),
        "unpriced": goods.make_sku(environment, price=None),
        "unreturned": world["orders"].line_items.exclude(pk=world["line_items"].pk).get(),
    }


def _shop(environment: Environment, customer: Customer) -> dict[str, Any]:
    group = factories.make_group(environment)
    market = goods.make_market(environment)
    sku = goods.make_sku(environment)
    wishes = SkuList.objects.create(environment=environment, name="Wishes", customer=customer)
    return {
        "bundles": goods.make_bundle(environment, sku),
        "coupons": goods.make_coupon(environment),
        "customer_groups": group,
        "markets": market,
        "payment_methods": goods.make_payment_method(environment),
        "plans": goods.make_plan(environment),
        "price_lists": goods.make_price_list(environment),
        "prices": sku.prices.get(),
        "segments": goods.make_segment(environment),
        "shipping_methods": goods.make_shipping_method(environment),
        "sku_list_items": SkuListItem.objects.create(
            environment=environment, sku_list=wishes, sku=sku
        ),
        "sku_lists": wishes,
        "skus": sku,
        "stock_locations": StockLocation.objects.create(environment=environment, name="Hall"),
        "subscription_models": goods.make_subscription_model(environment),
        "stores": Store.objects.create(environment=environment, name="Shop", market=market),
    }


def _buying(environment: Environment, customer: Customer) -> dict[str, Any]:
    own = {"environment": environment, "customer": customer}
    address = factories.make_address(environment, customer=customer)
    order = goods.make_order(goods.make_market(environment), customer)
    line = goods.add_line(order, quantity=5)
    goods.add_line(order, name="Another mug")
    services.place(order=order)
    money = _paying(order)
    values = {"environment_id": environment.pk, "order": order}
    returned = services.create_return(values=values)
    back = {"environment": environment, "return": returned, "line_item": line}
    repeated = {"environment_id": environment.pk, "source_order": order, "frequency": "monthly"}
    subscription = services.create_subscription(values=repeated)
    services.convert_subscription(subscription=subscription)
    wallet = CustomerPaymentSource.objects.create(**own)
    return {
        "addresses": address,
        "customer_addresses": CustomerAddress.objects.create(address=address, **own),
        "customer_password_resets": make_reset(customer),
        "customer_payment_sources": wallet,
        "external_payments": services.payment_of(source=wallet),
        "customer_subscriptions": CustomerSubscription.objects.create(**own),
        "customers": customer,
        "line_items": line,
        "order_subscription_items": subscription.order_subscription_items.first(),
        "order_subscriptions": subscription,
        "orders": order,
        "recurring_order_copies": goods.make_run(subscription),
        **money,
        "return_line_items": ReturnLineItem.objects.create(
            quantity=1, currency_code=order.currency_code, **back
        ),
        "resource_errors": ResourceError.objects.create(
            environment=environment,
            name="market",
            code="BLANK",
            message="is gone",
            **Attachment.columns_for(order),
        ),
        "returns": returned,
        "shipments": order.shipments.get(),
    }


def make_reset(customer: Customer) -> CustomerPasswordReset:
    return request_password_reset(environment_id=customer.environment_id, email=customer.email)


def _paying(order: Any) -> dict[str, Any]:
    """Return a movement of money of each kind."""
    services.set_authorization_amount(order=order, amount=1000)
    services.authorize(order=order)
    authorization = order.authorizations.get()
    services.set_capture_amount(authorization=authorization, amount=600)
    services.capture_authorization(authorization=authorization)
    services.void_authorization(authorization=authorization)
    capture = order.captures.get()
    services.set_refund_amount(capture=capture, amount=100)
    services.refund_capture(capture=capture)
    authorization.refresh_from_db()
    capture.refresh_from_db()
    return {
        "authorizations": authorization,
        "captures": capture,
        "refunds": order.refunds.get(),
        "voids": order.voids.get(),
    }


def _annotations(environment: Environment, customer: Customer) -> dict[str, Any]:
    event = publish(instance=customer, topic="customers.create")
    webhook = Webhook.objects.create(
        environment=environment, topic=event.name, callback_url="https://hooks.example.com/"
    )
    tag = Tag.objects.create(environment=environment, name=f"tag{next(factories.numbers)}")
    customer.tags.add(tag)
    columns = Attachment.columns_for(customer)
    jobs = {
        model.kind: model.objects.create(environment=environment, resource_type="customers")
        for model in JOBS
    }
    return {
        **jobs,
        "attachments": Attachment.objects.create(
            environment=environment, name="Invoice", **columns
        ),
        "event_callbacks": EventCallback.objects.create(
            environment=environment,
            webhook=webhook,
            event=event,
            callback_url=webhook.callback_url,
        ),
        "links": Link.objects.create(
            environment=environment,
            name="Sale",
            client_id="abc",
            scope="market:all",
            item_type="customers",
            **columns,
        ),
        "notifications": Notification.objects.create(
            environment=environment, name="Gift", **columns
        ),
        "events": Event.objects.filter(environment=environment).latest("pk"),
        "tags": tag,
        "webhooks": webhook,
    }


def mark(row: Any, canary: str) -> None:
    """Write a canary into every text of a row that takes it."""
    texts: dict[str, Any] = {"reference": canary, "metadata": {"note": canary}}
    for field in row._meta.concrete_fields:
        free = isinstance(field, models.CharField | models.TextField) and not field.choices
        if free and field.editable and not field.generated and (field.max_length or 0) >= 255:
            texts[field.name] = canary
    if isinstance(row, Address):
        texts["email"] = f"{canary}@example.com"
    type(row).objects.filter(pk=row.pk).update(**texts)
    row.refresh_from_db()


def relations(resource_type: str) -> list[str]:
    """Return the relationships of a type that can be read."""
    return list(registry.schema_of(resource_type).relationships)


def writable_relations(resource_type: str) -> dict[str, RelationshipField]:
    """Return the relationships of a type that can be written."""
    fields = registry.schema_of(resource_type).fields
    return {
        name: field
        for name, field in fields.items()
        if isinstance(field, RelationshipField) and not field.read_only
    }


def target_of(resource_type: str, relation: str) -> str | None:
    """Return the type at the other end; None where that may be any."""
    model = getattr(registry.schema_of(resource_type).fields[relation], "model", None)
    model = model or getattr(
        registry.schema_of(resource_type).relationships.get(relation), "model", None
    )
    return registry.type_of(model) if model else None


def attempt(api: Api, method: str, path: str, body: Any = None, *, query: Any = None) -> Any:
    """Send a request and undo what it did."""
    return probe(api, method, path, body, query=query)[0]


def probe(
    api: Api, method: str, path: str, body: Any = None, *, query: Any = None, row: Any = None
) -> tuple[Any, bool]:
    """Return the reply to a request, and whether it changed `row`; then undo all it did."""
    before = _values(row) if row is not None else None
    with transaction.atomic():
        reply = api.get(path, query) if method == "GET" else api.request(method, path, body)
        intact = row is None or reply.status_code >= 500 or _values(row) == before
        transaction.set_rollback(True)
    return reply, not intact


def _values(row: Any) -> Any:
    return type(row).objects.filter(pk=row.pk).values().first()
