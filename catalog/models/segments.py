"""Segments: which customers are meant, as rules that are looked at anew each time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Prefetch, Q, QuerySet, Value, When

from catalog.money import formatted
from catalog.segmentation import MONEY, Criterion, Operator, criterion
from customers.models import Customer
from organizations.models import TenantQuerySet, TenantResource

NOBODY = Q(pk__in=[])


class Match(models.TextChoices):
    ALL = "all", "all rules"
    ANY = "any", "any rule"


class Segment(TenantResource):
    """Customers who have something in common, as the shop's staff defines it.

    Nobody is put into one: who meets the rules is in it, for as long as they do.
    """

    name = models.CharField(max_length=255)
    description = models.TextField(max_length=5000, null=True, blank=True)  # noqa: DJ001
    match = models.CharField(
        max_length=3,
        choices=Match,
        default=Match.ALL,
        help_text="Without any rule the segment is empty.",
    )

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "name"], name="catalog_unique_segment_name"
            ),
            models.CheckConstraint(
                condition=Q(match__in=Match.values), name="catalog_segment_match_is_known"
            ),
        ]

    unlisted = ("match",)

    def __str__(self) -> str:
        return self.name

    def belongings(self) -> dict[str, Any]:
        """Return the rules without their values, which may name people, and when they changed."""
        columns = ("uid", "criterion", "operator", "updated_at")
        rules = SegmentRule.objects.filter(segment=self).order_by("pk").values(*columns)
        return {"rules": [{**rule, "updated_at": rule["updated_at"].isoformat()} for rule in rules]}

    def members(self) -> QuerySet[Customer]:
        """Return who is in the segment now; people who are being forgotten are in none."""
        rules = list(self.rules.all())
        rows = Customer.objects.present().filter(environment_id=self.environment_id)
        return annotated(rows, rules).filter(self.condition(rules))

    def condition(self, rules: Sequence[SegmentRule]) -> Q:
        """Return the condition on customers with the rules' aliases."""
        if not rules:
            return NOBODY
        return reduce(and_ if self.match == Match.ALL else or_, [one.condition() for one in rules])


class SegmentRule(TenantResource):
    """One condition of a segment, as staff write it: criterion, operator, value."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="rules")
    # The names of criteria are the code's: a rule outlives a question that is asked no more.
    criterion = models.CharField(max_length=64)
    operator = models.CharField(max_length=16, choices=Operator)
    value = models.CharField(max_length=1000, blank=True)

    class Meta(TenantResource.Meta):
        ordering = ["pk"]
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(operator__in=Operator.values), name="catalog_rule_operator_is_known"
            ),
        ]

    def __str__(self) -> str:
        known = criterion(self.criterion)
        title = known.title if known else self.criterion
        return f"{title} {Operator(self.operator).label} {self.value}".strip()

    def clean(self) -> None:
        """Raise ValidationError for a value that cannot be compared."""
        known = criterion(self.criterion)
        if known is None:
            raise ValidationError({"criterion": "Choose what to look at."})
        self.value = self.value.strip()
        try:
            known.read(Operator(self.operator), self.value)
        except ValueError as error:
            raise ValidationError({"value": str(error)}) from None

    @property
    def alias(self) -> str:
        """The name of what the rule compares in a query about customers."""
        return f"rule_{self.pk}"

    def expression(self) -> Any:
        """Return what the rule compares; None where it is no single value."""
        asked = self._read()
        if asked is None or asked[0].expression is None:
            return None
        known, value = asked
        return known.expression and known.expression(value)

    def condition(self) -> Q:
        """Return the condition on customers; one that nobody meets for a rule without sense."""
        asked = self._read()
        if asked is None:
            return NOBODY
        known, value = asked
        return known.condition(self.alias, Operator(self.operator), value)

    def told(self, value: Any) -> str:
        """Return the rule, and what a customer has where it compares."""
        if value is None:
            return str(self)
        if isinstance(value, datetime):
            value = f"{value:%Y-%m-%d}"
        asked = self._read()
        if asked is not None and asked[0].kind is MONEY:
            value = formatted(value, asked[1][1])
        return f"{self} ({value})"

    def _read(self) -> tuple[Criterion, Any] | None:
        known = criterion(self.criterion)
        if known is None:
            return None
        try:
            return known, known.read(Operator(self.operator), self.value)
        except ValueError:
            return None


def annotated(rows: QuerySet[Customer], rules: Iterable[SegmentRule]) -> QuerySet[Customer]:
    """Return customers with what the rules compare, under the rules' aliases."""
    expressions = {rule.alias: rule.expression() for rule in rules}
    return rows.alias(**{name: one for name, one in expressions.items() if one is not None})


def holds(condition: Q) -> Case:
    """Return the expression that a condition is met."""
    return Case(When(condition, then=Value(True)), default=Value(False))


class OfferQuerySet(TenantQuerySet):
    """What is attached to segments."""

    def on_offer(self) -> Self:
        """Return what can be had today."""
        return self

    def granted_by(self, segments: list[Segment]) -> Self:
        """Return what any of `segments` grants, by age; each row's `granting` says which do."""
        granting = Segment.objects.filter(pk__in=[one.pk for one in segments]).order_by("name")
        rows = self.on_offer().filter(segments__in=segments).distinct().order_by("pk")
        return rows.prefetch_related(Prefetch("segments", granting, to_attr="granting"))
