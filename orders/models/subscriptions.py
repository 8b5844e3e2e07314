"""Orders that repeat themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Now

from activity.models import Event
from annotations.models import Taggable
from catalog.frequencies import following, validate_frequency
from catalog.models import Bundle, Counter, Market, Sku, SubscriptionModel
from customers.models import Customer, CustomerPaymentSource
from jsonapi.access import Caller
from jsonapi.fields import LowercaseEmailField
from orders.models.line_items import LARGEST_AMOUNT, MOST, LineItem
from orders.models.orders import Order, moment
from orders.states import SubscriptionStatus
from organizations.models import TenantQuerySet, TenantResource

SHORTEST_ALERT, LONGEST_ALERT = 1, 720  # hours
MAX_ATTEMPTS = 10
LONGEST_BACK_OFF = timedelta(minutes=5)


class OrderSubscriptionQuerySet(TenantQuerySet):
    """Subscriptions: a customer's own; none for guests. Time is always the database's."""

    def public_to(self, caller: Caller) -> Self:
        customer = caller.owner("Customer")
        return self.filter(customer__uid=customer) if customer else self.none()

    def due(self) -> Self:
        """Return those whose next order has to be made now, and that no living worker holds."""
        alive = Q(expires_at=None) | Q(expires_at__gt=Now())
        waiting = alive & Q(status=SubscriptionStatus.ACTIVE, next_run_at__lte=Now())
        abandoned = Q(status=SubscriptionStatus.RUNNING, lease_until__lte=Now())
        return self.filter(waiting | abandoned)

    def to_announce(self) -> Self:
        """Return those whose next order comes soon, which nobody has been told yet."""
        return self.filter(status=SubscriptionStatus.ACTIVE, alert_at__lte=Now())


class OrderSubscription(Taggable, TenantResource):
    """A customer's wish to have an order again and again."""

    sequence = models.PositiveBigIntegerField(editable=False)
    number = models.GeneratedField(
        expression=Cast("sequence", models.CharField(max_length=20)),
        output_field=models.CharField(max_length=20, db_collation="C"),
        db_persist=True,
    )
    status = models.CharField(
        max_length=9,
        choices=SubscriptionStatus,
        default=SubscriptionStatus.DRAFT,
        editable=False,
    )
    frequency = models.CharField(max_length=255, validators=[validate_frequency])
    activate_by_source_order = models.BooleanField(default=True)
    place_target_order = models.BooleanField(default=True)
    # True if its items say what is ordered; otherwise all of the source order comes again.
    itemized = models.BooleanField(default=False, editable=False)
    renewal_alert_period = models.PositiveSmallIntegerField(
        "hours of notice before a renewal",
        default=1,
        validators=[MinValueValidator(SHORTEST_ALERT), MaxValueValidator(LONGEST_ALERT)],
    )
    options = models.JSONField(default=dict, blank=True)
    customer_email = LowercaseEmailField(max_length=254, null=True, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_run_at = moment()
    next_run_at = models.DateTimeField(null=True, blank=True)
    # Runs keep their distance to it.
    anchor_at = moment()
    # When to announce the next run; empty once that is done.
    alert_at = moment()
    occurrencies = models.PositiveIntegerField(default=0, editable=False)
    errors_count = models.PositiveIntegerField(default=0, editable=False)
    succeeded_on_last_run = models.BooleanField(null=True, editable=False)
    lease_until = moment()
    lease_token = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    subscription_model = models.ForeignKey(
        SubscriptionModel,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="order_subscriptions",
    )
    source_order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="order_subscriptions"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="order_subscriptions"
    )
    customer_payment_source = models.ForeignKey(
        CustomerPaymentSource, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    events = GenericRelation(Event)

    owner_path = "customer__uid"
    sort_columns: ClassVar[Mapping[str, str]] = {"number": "sequence"}
    objects: ClassVar[Any] = OrderSubscriptionQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "sequence"], name="orders_unique_subscription_number"
            ),
            models.CheckConstraint(
                condition=Q(status__in=SubscriptionStatus.values),
                name="orders_subscription_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=SubscriptionStatus.RUNNING) | Q(lease_until__isnull=False),
                name="orders_running_subscription_is_leased",
            ),
            models.CheckConstraint(
                condition=Q(renewal_alert_period__range=(SHORTEST_ALERT, LONGEST_ALERT)),
                name="orders_alert_period_is_within_bounds",
            ),
        ]
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(
                fields=["next_run_at"],
                condition=Q(status=SubscriptionStatus.ACTIVE),
                name="orders_subscriptions_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(status=SubscriptionStatus.RUNNING),
                name="orders_subscriptions_running",
            ),
            models.Index(
                fields=["alert_at"],
                condition=Q(alert_at__isnull=False),
                name="orders_subscriptions_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return f"order subscription {self.sequence}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.sequence is None:
            self.sequence = Counter.objects.take(
                environment_id=self.environment_id, kind="order_subscriptions"
            )
        super().save(*args, **kwargs)

    @property
    def is_exhausted(self) -> bool:
        """True when no attempt at a run is left. A claim counts: dying workers must not loop."""
        return self.attempts > MAX_ATTEMPTS

    @property
    def back_off(self) -> timedelta:
        """How long to wait after a defect: 2 s, 4 s, 8 s, ... at most 5 min."""
        return min(timedelta(seconds=2**self.attempts), LONGEST_BACK_OFF)

    def plan(self, *, after: datetime) -> None:
        """Plan the first run after a time; none if it has expired by then. The caller saves."""
        self.anchor_at = self.anchor_at or self.starts_at or after
        self.plan_at(following(self.frequency, anchor=self.anchor_at, after=after))

    def plan_at(self, run: datetime | None) -> None:
        """Plan a run, or none. The caller saves."""
        if run is not None and self.expires_at is not None and run >= self.expires_at:
            run = None
        self.next_run_at = run
        self.alert_at = run and run - timedelta(hours=self.renewal_alert_period)

    def release(self) -> None:
        """Forget that a worker was busy with it. The caller saves."""
        self.lease_until = self.lease_token = None
        self.attempts = 0


class OrderSubscriptionItemQuerySet(TenantQuerySet):
    """Items follow their subscription."""

    def public_to(self, caller: Caller) -> Self:
        rows = OrderSubscription.objects.filter(environment_id=caller.environment_id)
        return self.filter(order_subscription__in=rows.public_to(caller))


class OrderSubscriptionItem(TenantResource):
    """What a subscription orders each time, and for how much a piece."""

    order_subscription = models.ForeignKey(
        OrderSubscription, on_delete=models.CASCADE, related_name="order_subscription_items"
    )
    sku = models.ForeignKey(Sku, on_delete=models.SET_NULL, null=True, related_name="+")
    # As it was when the item was written: the SKU can be renamed or deleted.
    sku_code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    bundle = models.ForeignKey(Bundle, on_delete=models.SET_NULL, null=True, related_name="+")
    bundle_code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    quantity = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    currency_code = models.CharField(max_length=3, editable=False)
    unit_amount_cents = models.BigIntegerField(
        blank=True,  # filled in from the catalog
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    total_amount_cents = models.GeneratedField(
        expression=F("unit_amount_cents") * F("quantity"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    source_line_item = models.ForeignKey(
        LineItem, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    owner_path = "order_subscription__customer__uid"
    objects: ClassVar[Any] = OrderSubscriptionItemQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_subscribed_quantity_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(unit_amount_cents__gte=0), name="orders_subscribed_price_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"order subscription item {self.uid}"
