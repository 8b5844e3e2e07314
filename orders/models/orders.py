"""Orders: from a cart to what was bought."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, Value, When
from django.db.models.functions import Cast, Concat, Length, LPad

from activity.models import Event
from annotations.models import Attachment, Link, Notification, Taggable
from catalog.models import Counter, Market, PaymentMethod, Store, offered_to
from customers.models import Address, Customer
from jsonapi.access import Caller
from jsonapi.fields import LowercaseEmailField
from jsonapi.relationships import Match, Together
from orders.models.errors import ResourceError
from orders.states import (
    COUNTED,
    EDITABLE,
    OPEN_TO_GUESTS,
    READABLE_BY_GUESTS,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
)
from organizations.models import TenantQuerySet, TenantResource


def new_token() -> str:
    """Return 32 random hexadecimal digits: who knows them may see the order."""
    return secrets.token_hex(16)


def amount() -> models.BigIntegerField[int, int]:
    """Return a column for an amount in the currency's minor unit that the server keeps."""
    return models.BigIntegerField(default=0, editable=False)


def text(max_length: int = 255) -> models.CharField[str | None, str | None]:
    """Return a column for an optional text."""
    return models.CharField(max_length=max_length, null=True, blank=True)


def moment() -> models.DateTimeField[Any, Any]:
    """Return a column for when something happened, empty until it does."""
    return models.DateTimeField(null=True, editable=False)


def where_set(column: str, name: str, *before: str) -> models.Index:
    """Return an index of a column that many rows leave empty: those are not in it."""
    known = Q(**{f"{column}__isnull": False})
    return models.Index(fields=[*before, column], condition=known, name=name)


class OrderQuerySet(TenantQuerySet):
    """Orders: a customer's own; a guest's by id, until they are approved."""

    def public_to(self, caller: Caller) -> Self:
        customer = caller.owner("Customer")
        if customer is not None:
            return self.filter(customer__uid=customer)
        guests = Q(guest=True) | Q(environment__organization__orders_sales_channel_guest_only=False)
        rows = self.filter(guests, status__in=READABLE_BY_GUESTS)
        return rows if caller.market_ids is None else rows.filter(market__uid__in=caller.market_ids)

    def changeable_by(self, caller: Caller) -> Self:
        rows = self.visible_to(caller)
        if caller.is_trusted or caller.owner("Customer"):
            return rows
        return rows.filter(status__in=OPEN_TO_GUESTS)

    def computed(self) -> Self:
        url = Func(F("market__checkout_url"), Value(":order_id"), F("uid"), function="REPLACE")
        return self.annotate(
            checkout_url=Func(
                url,
                Value(":token"),
                F("token"),
                function="REPLACE",
                output_field=models.CharField(),
            ),
            # What this server keeps none of.
            line_item_options_count=Value(0),
            customer_type=Case(
                When(customer=None, then=Value(None)),
                When(customer__total_orders_count__gt=F("counted"), then=Value("returning")),
                default=Value("new"),
                output_field=models.CharField(),
            ),
        )

    def counted(self) -> Self:
        """Return the orders that a customer's total_orders_count counts."""
        return self.filter(status__in=COUNTED)


class OfOrdersQuerySet(TenantQuerySet):
    """What belongs to an order; a shopper sees that of the orders they see."""

    def public_to(self, caller: Caller) -> Self:
        orders = Order.objects.filter(environment_id=caller.environment_id)
        return self.filter(order__in=orders.public_to(caller))


class Order(Taggable, TenantResource):
    """What somebody buys, or bought. Amounts are integers in the currency's minor unit."""

    number = models.CharField(max_length=255, blank=True, db_collation="C")
    # Sorts numbers by value and other texts after them: a count of digits, then the digits.
    number_rank = models.GeneratedField(
        expression=Case(
            When(
                number__regex=r"^[1-9][0-9]*$",
                then=Concat(
                    LPad(Cast(Length("number"), models.CharField()), 3, Value("0")), F("number")
                ),
            ),
            default=Concat(Value("x"), F("number")),
        ),
        output_field=models.CharField(max_length=258, db_collation="C"),
        db_persist=True,
    )
    affiliate_code = text()
    autorefresh = models.BooleanField(default=True)
    place_async = models.BooleanField(default=False)
    status = models.CharField(
        max_length=9, choices=OrderStatus, default=OrderStatus.DRAFT, editable=False
    )
    payment_status = models.CharField(
        max_length=20, choices=PaymentStatus, default=PaymentStatus.UNPAID, editable=False
    )
    fulfillment_status = models.CharField(
        max_length=12,
        choices=FulfillmentStatus,
        default=FulfillmentStatus.UNFULFILLED,
        editable=False,
    )
    editable = models.GeneratedField(
        expression=ExpressionWrapper(Q(status__in=EDITABLE), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # How much the order adds to its customer's total_orders_count.
    counted = models.GeneratedField(
        expression=Case(When(status__in=COUNTED, then=Value(1)), default=Value(0)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    guest = models.BooleanField(default=False)
    customer_email = LowercaseEmailField(max_length=254, null=True, blank=True)
    language_code = models.CharField(max_length=16, default="en")
    currency_code = models.CharField(max_length=3, editable=False)
    tax_included = models.BooleanField(default=True, editable=False)
    tax_rate = models.FloatField(null=True, editable=False)
    country_code = models.CharField(max_length=2, null=True, editable=False)  # noqa: DJ001
    shipping_country_code_lock = text(2)
    coupon_code = text()
    gift_card_code = text()

    subtotal_amount_cents = amount()
    shipping_amount_cents = amount()
    payment_method_amount_cents = amount()
    # The part of it that its payment method cost when it was chosen, or prices were refreshed.
    payment_method_price_cents = amount()
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
    skus_count = models.PositiveIntegerField(default=0, editable=False)
    shipments_count = models.PositiveSmallIntegerField(default=0, editable=False)
    errors_count = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Why a worker could not place it: how many reasons."
    )

    # How much the next `_authorize` holds; empty for all that is missing.
    authorization_amount_cents = models.BigIntegerField(null=True, editable=False)
    payment_source_details = models.JSONField(null=True, blank=True)
    token = models.CharField(max_length=32, default=new_token, editable=False)
    cart_url = text(2000)
    return_url = text(2000)
    terms_url = text(2000)
    privacy_url = text(2000)
    placed_at = moment()
    approved_at = moment()
    cancelled_at = moment()
    payment_updated_at = moment()
    fulfillment_updated_at = moment()
    refreshed_at = moment()
    archived_at = moment()
    subscription_created_at = moment()
    expires_at = models.DateTimeField(null=True, blank=True)
    expiration_info = models.JSONField(null=True, blank=True)

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        db_index=False,  # another starts with it
    )
    shipping_address = models.ForeignKey(
        Address,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        related_query_name="shipped_order",  # erasing finds a guest's address by it
        db_index=False,
    )
    billing_address = models.ForeignKey(
        Address,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        related_query_name="billed_order",
        db_index=False,
    )
    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        db_index=False,
    )
    payment_source = models.ForeignKey(
        "orders.ExternalPayment",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    payment_method = models.ForeignKey(
        PaymentMethod,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    available_payment_methods = Match(PaymentMethod, offered_to)
    transactions = Together("authorizations", "captures", "voids", "refunds")
    # The subscription whose run has made it.
    order_subscription = models.ForeignKey(
        "orders.OrderSubscription",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="orders",
        db_index=False,
    )
    attachments = GenericRelation(Attachment)
    notifications = GenericRelation(Notification)
    links = GenericRelation(Link)
    events = GenericRelation(Event)
    resource_errors = GenericRelation(ResourceError)

    owner_path = "customer__uid"
    detours: ClassVar[Mapping[str, str]] = {
        "default_payment_method": "market__default_payment_method",
        "default_shipping_method": "market__default_shipping_method",
    }
    sort_columns: ClassVar[Mapping[str, str]] = {"number": "number_rank"}
    objects: ClassVar[Any] = OrderQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(fields=["environment", "number"], name="orders_unique_number"),
            models.CheckConstraint(
                condition=Q(status__in=OrderStatus.values), name="orders_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=COUNTED) | Q(placed_at__isnull=False),
                name="orders_placed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=COUNTED) | Q(customer__isnull=False),
                name="orders_placed_has_a_customer",
            ),
        ]
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(fields=["customer", "status"], name="orders_of_a_customer"),
            models.Index(fields=["environment", "token"], name="orders_by_token"),
            models.Index(fields=["environment", "number_rank"], name="orders_by_number"),
            where_set("customer_email", "orders_by_email", "environment"),
            models.Index(fields=["environment", "created_at", "id"]),
            where_set("reference", "orders_by_reference", "environment"),
            where_set("shipping_address", "orders_shipped_to"),
            where_set("billing_address", "orders_billed_to"),
            where_set("store", "orders_of_a_store"),
            where_set("payment_source", "orders_paid_by"),
            where_set("payment_method", "orders_paid_by_method"),
            where_set("order_subscription", "orders_of_a_subscription"),
            GinIndex(
                fields=["number", "customer_email"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="orders_trigrams",
            ),
            models.Index(
                fields=["id"], condition=Q(status=OrderStatus.PLACING), name="orders_to_place"
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.number:
            self.number = self._next_number()
        super().save(*args, **kwargs)

    def _next_number(self) -> str:
        """Return a free number: integrations may have used some of those to come."""
        while True:
            number = str(Counter.objects.take(environment_id=self.environment_id, kind="orders"))
            if not Order.objects.filter(environment=self.environment_id, number=number).exists():
                return number

    @property
    def is_editable(self) -> bool:
        """True while lines, addresses and amounts can change; up to date before a save too."""
        return self.status in EDITABLE

    @property
    def is_counted(self) -> bool:
        """True if the order counts among its customer's orders."""
        return self.status in COUNTED
