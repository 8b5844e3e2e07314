"""One row of every model that has a page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import site
from django.db.models.functions import Now
from django.urls import reverse

from activity.models import Event, EventCallback, EventStore, Webhook
from annotations.models import Attachment, Link, Notification, Tag
from anonymization.models import AnonymizationRequest
from catalog.models import (
    Bundle,
    Coupon,
    Market,
    PaymentMethod,
    Plan,
    PlanMembership,
    Price,
    PriceList,
    Segment,
    ShippingMethod,
    Sku,
    SkuList,
    StockLocation,
    Store,
    SubscriptionModel,
)
from customers.models import Address, Customer, CustomerGroup, Letter
from oauth.models import Application
from orders import services
from orders.models import LineItem, Order, OrderSubscription, Return, Shipment
from organizations.models import Environment, Membership, Organization, Role, User
from tests import factories
from tests.factories import numbers
from tests.orders import goods
from transfers.models import Cleanup, Export, Import


def make_order(environment: Environment, customer: Customer | None = None) -> Order:
    customer = customer or factories.make_customer(environment)
    return goods.make_pending(goods.make_market(environment), customer)


def make_placed_order(environment: Environment, customer: Customer | None = None) -> Order:
    order = make_order(environment, customer)
    services.place(order=order)
    return order


def make_return(environment: Environment) -> Return:
    order = make_placed_order(environment)
    return services.create_return(values={"environment_id": environment.pk, "order": order})


def make_subscription(environment: Environment) -> OrderSubscription:
    values = {
        "environment_id": environment.pk,
        "source_order": make_order(environment),
        "frequency": "monthly",
    }
    return services.create_subscription(values=values)


def make_request(environment: Environment) -> AnonymizationRequest:
    customer = factories.make_customer(environment)
    return AnonymizationRequest.objects.create(
        environment=environment, subject_uid=customer.uid, not_before=Now()
    )


def make_entry(environment: Environment) -> EventStore:
    customer = factories.make_customer(environment)
    return EventStore.objects.create(
        environment=environment,
        resource_type="customers",
        resource_uid=customer.uid,
        event="create",
        who={"application": {"id": "x", "kind": "integration"}},
    )


def make_event(environment: Environment) -> Event:
    customer = factories.make_customer(environment)
    return Event.objects.create(
        environment=environment,
        name="customers.create",
        resource=customer,
        resource_uid=customer.uid,
    )


def make_webhook(environment: Environment) -> Webhook:
    return Webhook.objects.create(
        environment=environment, topic="customers.create", callback_url="https://example.com/"
    )


def make_callback(environment: Environment) -> EventCallback:
    webhook = make_webhook(environment)
    return EventCallback.objects.create(
        environment=environment,
        webhook=webhook,
        event=make_event(environment),
        callback_url=webhook.callback_url,
        response_code="200",
        response_message="OK",
    )


def make_attachment(environment: Environment) -> Attachment:
    columns = Attachment.columns_for(factories.make_customer(environment))
    return Attachment.objects.create(environment=environment, name="Invoice", **columns)


def make_notification(environment: Environment) -> Notification:
    columns = Notification.columns_for(make_order(environment))
    return Notification.objects.create(environment=environment, name="A free gift", **columns)


def make_link(environment: Environment) -> Link:
    return Link.objects.create(
        environment=environment,
        name="Summer sale",
        client_id="abc",
        scope="market:all",
        item_type="skus",
        **Link.columns_for(goods.make_sku(environment)),
    )


def make_job(model: Any) -> Any:
    def make_one(environment: Environment) -> Any:
        return model.objects.create(environment=environment, resource_type="customers")

    return make_one


def make_role(environment: Environment) -> Role:
    organization = environment.organization
    return Role.objects.create(organization=organization, name=f"Role {next(numbers)}")


def make_membership(environment: Environment) -> Membership:
    return factories.make_user(environment.organization).memberships.get()


MAKERS = {
    Address: factories.make_address,
    AnonymizationRequest: make_request,
    Application: lambda environment: factories.make_application(environment, "integration"),
    Attachment: make_attachment,
    Bundle: goods.make_bundle,
    Cleanup: make_job(Cleanup),
    Coupon: goods.make_coupon,
    Customer: factories.make_customer,
    CustomerGroup: factories.make_group,
    Environment: lambda environment: environment,
    Event: make_event,
    EventCallback: make_callback,
    EventStore: make_entry,
    Export: make_job(Export),
    Import: make_job(Import),
    Link: make_link,
    Letter: lambda environment: Letter.objects.create(
        environment=environment,
        customer=factories.make_customer(environment),
        kind=Letter.Kind.CONFIRM_EMAIL,
    ),
    LineItem: lambda environment: make_order(environment).line_items.get(),
    Market: goods.make_market,
    Membership: make_membership,
    Notification: make_notification,
    Order: make_placed_order,
    OrderSubscription: make_subscription,
    Organization: lambda environment: environment.organization,
    Plan: goods.make_plan,
    PlanMembership: lambda environment: PlanMembership.objects.create(
        environment=environment,
        customer=factories.make_customer(environment),
        plan=goods.make_plan(environment),
    ),
    PaymentMethod: goods.make_payment_method,
    Price: lambda environment: goods.make_sku(environment).prices.get(),
    PriceList: goods.make_price_list,
    Return: make_return,
    Role: make_role,
    Segment: goods.make_segment,
    Shipment: lambda environment: make_placed_order(environment).shipments.get(),
    ShippingMethod: goods.make_shipping_method,
    Sku: goods.make_sku,
    SkuList: lambda environment: SkuList.objects.create(environment=environment, name="Wishes"),
    StockLocation: lambda environment: StockLocation.objects.create(
        environment=environment, name="Warehouse"
    ),
    Store: lambda environment: Store.objects.create(
        environment=environment, name="Shop", market=goods.make_market(environment)
    ),
    SubscriptionModel: goods.make_subscription_model,
    Tag: lambda environment: Tag.objects.create(
        environment=environment, name=f"tag{next(numbers)}"
    ),
    User: lambda environment: factories.make_user(environment.organization),
    Webhook: make_webhook,
}

PAGES = sorted(
    (model for model in site._registry if model in MAKERS), key=lambda model: model.__name__
)


def make(model: Any, environment: Environment) -> Any:
    return MAKERS[model](environment)


def address(model: Any, page: str, *arguments: Any) -> str:
    """Return the address of a `changelist`, `add`, `change`, `delete` or `history` page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def page_of(row: Any, page: str = "change") -> str:
    return address(type(row), page, row.pk)
