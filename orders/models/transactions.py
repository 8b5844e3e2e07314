"""What happened to an order's money, as other systems told it."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from activity.models import Event
from annotations.models import Attachment
from orders.models.orders import Order, where_set
from organizations.models import TenantResource


def used() -> models.BigIntegerField[int, int]:
    """Return a column for how much of an amount was used up."""
    return models.BigIntegerField(default=0, editable=False)


def wanted() -> models.BigIntegerField[Any, Any]:
    """Return a column for how much the next step takes; empty for all that is left."""
    return models.BigIntegerField(null=True, editable=False, validators=[MinValueValidator(1)])


def given_back_for() -> Any:
    """Return the relationship to the return that the money was given back for."""
    return models.ForeignKey(
        "orders.Return",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )


def left(*columns: str) -> models.GeneratedField:
    """Return a column for what is left of the amount."""
    rest: Any = F("amount_cents")
    for column in columns:
        rest -= F(column)
    return models.GeneratedField(
        expression=rest, output_field=models.BigIntegerField(), db_persist=True
    )


class Transaction(TenantResource):
    """One movement of an order's money. Amounts are integers in the currency's minor unit."""

    number = models.CharField(max_length=255, editable=False)
    currency_code = models.CharField(max_length=3, editable=False)
    amount_cents = models.BigIntegerField(editable=False)
    succeeded = models.BooleanField(default=True, editable=False)

    owner_path = "order__customer__uid"

    class Meta(TenantResource.Meta):
        abstract = True
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "number"], name="%(app_label)s_%(class)s_unique_number"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gte=0), name="%(app_label)s_%(class)s_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"


class Authorization(Transaction):
    """Money that is held, and can be captured or given up."""

    captured_cents = used()
    voided_cents = used()
    capture_amount_cents = wanted()
    capture_balance_cents = left("captured_cents", "voided_cents")
    void_balance_cents = left("captured_cents", "voided_cents")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="authorizations")
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)

    class Meta(Transaction.Meta):
        constraints = [
            *Transaction.Meta.constraints,
            models.CheckConstraint(
                condition=Q(captured_cents__lte=F("amount_cents") - F("voided_cents")),
                name="orders_no_more_is_captured_than_held",
            ),
        ]


class Capture(Transaction):
    """Money that was taken, and can be given back."""

    refunded_cents = used()
    refund_amount_cents = wanted()
    refund_balance_cents = left("refunded_cents")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="captures")
    reference_authorization = models.ForeignKey(
        Authorization, on_delete=models.CASCADE, related_name="captures"
    )
    vars()["return"] = given_back_for()  # by the API's name for it
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)

    class Meta(Transaction.Meta):
        constraints = [
            *Transaction.Meta.constraints,
            models.CheckConstraint(
                condition=Q(refunded_cents__lte=F("amount_cents")),
                name="orders_no_more_is_refunded_than_captured",
            ),
        ]
        indexes = [*Transaction.Meta.indexes, where_set("return", "orders_captures_of_a_return")]


class Void(Transaction):
    """Money that is no longer held."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="voids")
    reference_authorization = models.ForeignKey(
        Authorization, on_delete=models.CASCADE, related_name="voids"
    )
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)


class Refund(Transaction):
    """Money that was given back."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    reference_capture = models.ForeignKey(Capture, on_delete=models.CASCADE, related_name="refunds")
    vars()["return"] = given_back_for()  # by the API's name for it
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)

    class Meta(Transaction.Meta):
        indexes = [*Transaction.Meta.indexes, where_set("return", "orders_refunds_of_a_return")]
