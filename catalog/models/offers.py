"""What is offered to some customers only: plans, coupons, and memberships in plans."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from activity.models import Event
from annotations.models import Taggable
from catalog.models.segments import OfferQuerySet, Segment
from catalog.models.skus import Sku
from catalog.money import validate_currency
from customers.models import Customer
from organizations.models import TenantResource


class PlanQuerySet(OfferQuerySet):
    def on_offer(self) -> Self:
        return self.filter(enabled=True)


class CouponQuerySet(OfferQuerySet):
    def on_offer(self) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


class Interval(models.TextChoices):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Plan(TenantResource):
    """Something that is paid for again and again. Who is charged, and how, is others' work."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255)
    description = models.TextField(max_length=5000, null=True, blank=True)  # noqa: DJ001
    currency_code = models.CharField(max_length=3, validators=[validate_currency])
    amount_cents = models.BigIntegerField(validators=[MinValueValidator(0)])
    interval = models.CharField(max_length=5, choices=Interval, default=Interval.MONTH)
    interval_count = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    auto_renew = models.BooleanField(default=True)
    address_required = models.BooleanField(default=False)
    entitlements = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        size=100,
        help_text="What the plan opens, in words of the front end.",
    )
    enabled = models.BooleanField(default=True, help_text="A disabled plan is offered to nobody.")
    # What is delivered, if anything.
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    segments = models.ManyToManyField(Segment, related_name="+", blank=True)

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_plan_code"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gte=0), name="catalog_plan_amount_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(interval__in=Interval.values), name="catalog_plan_interval_is_known"
            ),
            models.CheckConstraint(
                condition=Q(interval_count__range=(1, 120)),
                name="catalog_plan_interval_count_is_1_to_120",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Duration(models.TextChoices):
    ONCE = "once"
    REPEATING = "repeating"  # for some months
    FOREVER = "forever"


class Coupon(Taggable, TenantResource):
    """A reduction by a part or by an amount. Whether it was used is not counted here."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    percent_off = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    amount_off_cents = models.BigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    currency_code = models.CharField(  # noqa: DJ001
        max_length=3, null=True, blank=True, validators=[validate_currency]
    )
    duration = models.CharField(max_length=9, choices=Duration, default=Duration.ONCE)
    duration_in_months = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    segments = models.ManyToManyField(Segment, related_name="+", blank=True)
    events = GenericRelation(Event)

    objects: ClassVar[Any] = CouponQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_coupon_code"
            ),
            models.CheckConstraint(
                condition=Q(
                    percent_off__isnull=False,
                    percent_off__range=(1, 100),
                    amount_off_cents=None,
                    currency_code=None,
                )
                | Q(
                    percent_off=None,
                    amount_off_cents__isnull=False,
                    amount_off_cents__gte=1,
                    currency_code__isnull=False,
                ),
                name="catalog_coupon_takes_off_a_part_or_an_amount",
                violation_error_code="percent_off",
            ),
            models.CheckConstraint(
                condition=Q(
                    duration=Duration.REPEATING,
                    duration_in_months__isnull=False,
                    duration_in_months__gte=1,
                )
                | Q(duration__in=[Duration.ONCE, Duration.FOREVER], duration_in_months=None),
                name="catalog_repeating_coupons_have_months",
                violation_error_code="duration_in_months",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PlanMembership(TenantResource):
    """A customer's place in a plan: active once the customer's e-mail is confirmed."""

    class Status(models.TextChoices):
        PENDING = "pending"  # until the e-mail is confirmed
        ACTIVE = "active"

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="plan_memberships"
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="memberships")
    status = models.CharField(max_length=7, choices=Status, default=Status.PENDING, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)

    owner_path = "customer__uid"

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer", "plan"], name="catalog_one_membership_per_plan"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", activated_at=None)
                | Q(status="active", activated_at__isnull=False),
                name="catalog_active_memberships_have_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"plan membership {self.uid}"
