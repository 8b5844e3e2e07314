"""Which customers are in which segments, and what that grants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Prefetch
from django.utils import timezone

from catalog.models import Coupon, Market, Plan, PlanMembership, Price, Segment, Sku
from catalog.models.segments import SegmentRule, annotated, holds
from customers.models import Customer
from customers.services import lock_for_writing


def segments_of(*, customer: Customer) -> list[Segment]:
    """Return the segments that a customer is in now, by name, in three queries."""
    everywhere = Segment.objects.filter(environment_id=customer.environment_id)
    segments = list(everywhere.prefetch_related("rules").order_by("name", "pk"))
    rules = {segment: list(segment.rules.all()) for segment in segments}
    rows = annotated(Customer.objects.present(), [rule for some in rules.values() for rule in some])
    conditions = {f"in_{one.pk}": holds(one.condition(some)) for one, some in rules.items()}
    is_in = rows.filter(pk=customer.pk).values(**conditions).first() if segments else None
    return [one for one in segments if is_in and is_in[f"in_{one.pk}"]]


def eligible_plans(*, customer: Customer) -> list[Plan]:
    """Return the plans a customer may see, in five queries; `granting` of each says why."""
    rows = Plan.objects.filter(environment_id=customer.environment_id).select_related("sku")
    return list(rows.granted_by(segments_of(customer=customer)))


def eligible_coupons(*, customer: Customer) -> list[Coupon]:
    """Return the coupons a customer may see, in five queries; `granting` of each says why."""
    rows = Coupon.objects.filter(environment_id=customer.environment_id)
    return list(rows.granted_by(segments_of(customer=customer)))


def eligible_skus(*, customer: Customer) -> list[Sku]:
    """Return the SKUs a customer may see as somebody special, with their prices, in six queries.

    `granting` of each says why.
    """
    seen = Price.objects.open_in(Market.objects.open_to(customer))
    # What is said for everybody comes first.
    general = [F(name).asc(nulls_first=True) for name in ("market", "price_list")]
    prices = Prefetch("prices", seen.order_by(*general, "pk"))
    rows = Sku.objects.filter(environment_id=customer.environment_id).prefetch_related(prices)
    return list(rows.granted_by(segments_of(customer=customer)))


def explain(*, segment: Segment, customers: Sequence[Customer]) -> dict[int, list[str]]:
    """Return the rules of a segment that each customer meets, with what they have. One query."""
    rules = list(segment.rules.all())
    rows = annotated(Customer.objects.filter(pk__in=[one.pk for one in customers]), rules)
    compared = {rule for rule in rules if rule.expression() is not None}
    columns: dict[str, Any] = {f"met_{rule.pk}": holds(rule.condition()) for rule in rules}
    columns |= {f"has_{rule.pk}": F(rule.alias) for rule in compared}
    return {row["pk"]: list(_reasons(rules, row)) for row in rows.values("pk", **columns)}


def _reasons(rules: Iterable[SegmentRule], row: Any) -> Iterable[str]:
    for rule in rules:
        if row[f"met_{rule.pk}"]:
            yield rule.told(row.get(f"has_{rule.pk}"))


@transaction.atomic
def add_membership(*, membership: PlanMembership) -> None:
    """Give a customer a place in a plan: pending until their e-mail is confirmed.

    Raises Conflict when the customer is being forgotten.
    """
    customer = lock_for_writing(customer_id=membership.customer_id)
    if customer.email_confirm:
        membership.status, membership.activated_at = PlanMembership.Status.ACTIVE, timezone.now()
    membership.save()


def activate_memberships(*, customer: Customer) -> int:
    """Activate what waits for the customer's e-mail to be confirmed; return how many that was."""
    waiting = PlanMembership.objects.filter(customer=customer, status=PlanMembership.Status.PENDING)
    now = timezone.now()
    changed = waiting.update(status=PlanMembership.Status.ACTIVE, activated_at=now, updated_at=now)
    return int(changed)
