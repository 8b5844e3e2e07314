"""Orders that repeat themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Cast

from activity.models import Event
from annotations.models import Taggable
from catalog.models import Counter, Market
from customers.models import Customer, CustomerPaymentSource
from jsonapi.access import Caller
from jsonapi.fields import LowercaseEmailField
from orders.models.orders import Order, moment
from orders.states import SubscriptionStatus
from organizations.models import TenantQuerySet, TenantResource


class OrderSubscriptionQuerySet(TenantQuerySet):
    """Subscriptions: a customer's own; none for guests."""

    def public_to(self, caller: Caller) -> Self:
        customer = caller.owner("Customer")
        return self.filter(customer__uid=customer) if customer else self.none()


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
    frequency = models.CharField(max_length=255)
    activate_by_source_order = models.BooleanField(default=True)
    place_target_order = models.BooleanField(default=True)
    renewal_alert_period = models.PositiveSmallIntegerField(
        "hours of notice before a renewal",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    customer_email = LowercaseEmailField(max_length=254, null=True, editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_run_at = moment()
    next_run_at = models.DateTimeField(null=True, blank=True)
    occurrencies = models.PositiveIntegerField(default=0, editable=False)
    errors_count = models.PositiveIntegerField(default=0, editable=False)
    succeeded_on_last_run = models.BooleanField(null=True, editable=False)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
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
        ]

    def __str__(self) -> str:
        return f"order subscription {self.sequence}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.sequence is None:
            self.sequence = Counter.objects.take(
                environment_id=self.environment_id, kind="order_subscriptions"
            )
        super().save(*args, **kwargs)
