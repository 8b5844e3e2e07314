"""The product's own tables, as a project without the product would describe them."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Q, Value, When


def new_uid() -> str:
    """Return a random public id."""
    return secrets.token_hex(9)


def link(to: str, **options: Any) -> models.ForeignKey[Any, Any]:
    """Return a foreign key."""
    return models.ForeignKey(to, models.CASCADE, null=True, **options)


def text(length: int = 255) -> models.CharField[Any, Any]:
    """Return a column for an optional text."""
    return models.CharField(max_length=length, null=True, blank=True)


def amount() -> models.BigIntegerField[Any, Any]:
    """Return a column for cents."""
    return models.BigIntegerField(default=0)


class Resource(models.Model):
    """What every table has."""

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=40, default=new_uid, editable=False)
    environment_id = models.BigIntegerField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    reference = text()
    reference_origin = text()
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True
        managed = False


class User(AbstractBaseUser):
    """Who the tokens are for."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"

    class Meta:
        managed = False
        db_table = "organizations_user"


class Tag(Resource):
    name = models.CharField(max_length=25)

    class Meta(Resource.Meta):
        db_table = "annotations_tag"


class Hanging(Resource):
    """Rows that hang on rows of any table."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.BigIntegerField()
    resource = GenericForeignKey("content_type", "object_id")

    class Meta(Resource.Meta):
        abstract = True


class Attachment(Hanging):
    class Meta(Resource.Meta):
        db_table = "annotations_attachment"


class Event(Hanging):
    class Meta(Resource.Meta):
        db_table = "activity_event"


class Notification(Hanging):
    class Meta(Resource.Meta):
        db_table = "annotations_notification"


class Link(Hanging):
    class Meta(Resource.Meta):
        db_table = "annotations_link"


class ResourceError(Hanging):
    class Meta(Resource.Meta):
        db_table = "orders_resourceerror"


class CustomerGroup(Resource):
    name = models.CharField(max_length=255)

    class Meta(Resource.Meta):
        db_table = "customers_customergroup"


class Customer(Resource):
    email = models.EmailField()
    password = models.CharField(max_length=128, blank=True, editable=False)
    has_password = models.GeneratedField(
        expression=~Q(password=""), output_field=models.BooleanField(), db_persist=True
    )
    total_orders_count = models.PositiveIntegerField(default=0, editable=False)
    status = models.GeneratedField(
        expression=Case(
            When(total_orders_count=0, then=Value("prospect")),
            When(total_orders_count=1, then=Value("acquired")),
            default=Value("repeat"),
        ),
        output_field=models.CharField(max_length=8),
        db_persist=True,
    )
    shopper_reference = models.CharField(max_length=128, default=new_uid)
    profile_id = models.CharField(max_length=255, default=new_uid)
    tax_exemption_code = text()
    enabled = models.BooleanField(default=True, editable=False)
    language = models.CharField(max_length=2, default="en", editable=False)
    anonymization_status = models.CharField(max_length=9, null=True, editable=False)
    customer_group = link("CustomerGroup", related_name="customers")
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)
    tags = models.ManyToManyField(Tag, through="CustomerTag")

    class Meta(Resource.Meta):
        db_table = "customers_customer"


class CustomerTag(models.Model):
    customer = link("Customer")
    tag = link("Tag")

    class Meta:
        managed = False
        db_table = "customers_customer_tags"


class AnonymizationRequest(models.Model):
    subject_uid = models.CharField(max_length=40)
    environment_id = models.BigIntegerField()
    status = models.CharField(max_length=9)
    requested_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "anonymization_anonymizationrequest"


class Address(Resource):
    business = models.BooleanField(default=False)
    first_name = text()
    last_name = text()
    company = text()
    line_1 = models.CharField(max_length=255)
    line_2 = text()
    city = models.CharField(max_length=255)
    zip_code = text(32)
    state_code = text(32)
    country_code = models.CharField(max_length=2)
    phone = text(64)

    class Meta(Resource.Meta):
        db_table = "customers_address"


class CustomerAddress(Resource):
    customer = link("Customer", related_name="customer_addresses")
    address = link("Address", related_name="+")
    events = GenericRelation(Event)

    class Meta(Resource.Meta):
        db_table = "customers_customeraddress"


class CustomerPaymentSource(Resource):
    customer = link("Customer", related_name="customer_payment_sources")

    class Meta(Resource.Meta):
        db_table = "customers_customerpaymentsource"


class ExternalPayment(Resource):
    class Meta(Resource.Meta):
        db_table = "orders_externalpayment"


class CustomerSubscription(Resource):
    customer = link("Customer", related_name="customer_subscriptions")

    class Meta(Resource.Meta):
        db_table = "customers_customersubscription"


class SkuList(Resource):
    customer = link("Customer", related_name="sku_lists")

    class Meta(Resource.Meta):
        db_table = "catalog_skulist"


class Market(Resource):
    checkout_url = text(2000)

    class Meta(Resource.Meta):
        db_table = "catalog_market"


class Store(Resource):
    class Meta(Resource.Meta):
        db_table = "catalog_store"


class PaymentMethod(Resource):
    class Meta(Resource.Meta):
        db_table = "catalog_paymentmethod"


class Order(Resource):
    number = models.CharField(max_length=255)
    affiliate_code = text()
    autorefresh = models.BooleanField(default=True)
    place_async = models.BooleanField(default=False)
    status = models.CharField(max_length=9)
    payment_status = models.CharField(max_length=20)
    fulfillment_status = models.CharField(max_length=12)
    counted = models.SmallIntegerField()
    guest = models.BooleanField(default=False)
    editable = models.BooleanField()
    customer_email = text(254)
    language_code = models.CharField(max_length=16)
    currency_code = models.CharField(max_length=3)
    tax_included = models.BooleanField(default=True)
    tax_rate = models.FloatField(null=True)
    country_code = text(2)
    shipping_country_code_lock = text(2)
    coupon_code = text()
    gift_card_code = text()
    subtotal_amount_cents = amount()
    shipping_amount_cents = amount()
    payment_method_amount_cents = amount()
    discount_amount_cents = amount()
    adjustment_amount_cents = amount()
    gift_card_amount_cents = amount()
    total_tax_amount_cents = amount()
    subtotal_tax_amount_cents = amount()
    total_amount_cents = amount()
    total_taxable_amount_cents = amount()
    total_amount_with_taxes_cents = amount()
    fees_amount_cents = amount()
    duty_amount_cents = amount()
    place_total_amount_cents = amount()
    skus_count = models.PositiveIntegerField(default=0)
    shipments_count = models.PositiveSmallIntegerField(default=0)
    errors_count = models.PositiveSmallIntegerField(default=0)
    payment_source_details = models.JSONField(null=True)
    token = models.CharField(max_length=32)
    cart_url = text(2000)
    return_url = text(2000)
    terms_url = text(2000)
    privacy_url = text(2000)
    placed_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    payment_updated_at = models.DateTimeField(null=True)
    fulfillment_updated_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    subscription_created_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    expiration_info = models.JSONField(null=True)
    market = link("Market", related_name="+")
    customer = link("Customer", related_name="orders")
    shipping_address = link("Address", related_name="+")
    billing_address = link("Address", related_name="+")
    store = link("Store", related_name="+")
    payment_method = link("PaymentMethod", related_name="+")
    payment_source = link("ExternalPayment", related_name="+")
    order_subscription = link("OrderSubscription", related_name="orders")
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)
    notifications = GenericRelation(Notification)
    links = GenericRelation(Link)
    resource_errors = GenericRelation(ResourceError)
    tags = models.ManyToManyField(Tag, through="OrderTag")

    class Meta(Resource.Meta):
        db_table = "orders_order"


class OrderTag(models.Model):
    order = link("Order")
    tag = link("Tag")

    class Meta:
        managed = False
        db_table = "orders_order_tags"


class LineItem(Resource):
    order = link("Order", related_name="line_items")

    class Meta(Resource.Meta):
        db_table = "orders_lineitem"


class Return(Resource):
    order = link("Order", related_name="returns")
    customer = link("Customer", related_name="returns")

    class Meta(Resource.Meta):
        db_table = "orders_return"


class OrderSubscription(Resource):
    source_order = link("Order", related_name="order_subscriptions")
    customer = link("Customer", related_name="order_subscriptions")

    class Meta(Resource.Meta):
        db_table = "orders_ordersubscription"


class Authorization(Resource):
    order = link("Order", related_name="authorizations")

    class Meta(Resource.Meta):
        db_table = "orders_authorization"


class Capture(Resource):
    order = link("Order", related_name="captures")

    class Meta(Resource.Meta):
        db_table = "orders_capture"


class Void(Resource):
    order = link("Order", related_name="voids")

    class Meta(Resource.Meta):
        db_table = "orders_void"


class Refund(Resource):
    order = link("Order", related_name="refunds")

    class Meta(Resource.Meta):
        db_table = "orders_refund"


class RecurringOrderCopy(Resource):
    source_order = link("Order", related_name="recurring_order_copies")

    class Meta(Resource.Meta):
        db_table = "orders_recurringordercopy"
