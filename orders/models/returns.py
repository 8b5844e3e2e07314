"""Goods that come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from activity.models import Event
from annotations.models import Attachment, Taggable
from catalog.models import StockLocation
from customers.models import Address, Customer
from jsonapi.access import Caller
from jsonapi.fields import LowercaseEmailField
from orders.models.errors import ResourceError
from orders.models.line_items import LineItem
from orders.models.orders import OfOrdersQuerySet, Order, amount, moment
from orders.models.transactions import Capture, Refund
from orders.states import ReturnStatus
from organizations.models import TenantQuerySet, TenantResource


class ReturnQuerySet(OfOrdersQuerySet):
    """Returns follow their order; shoppers change them while they are drafts."""

    def changeable_by(self, caller: Caller) -> Self:
        rows = self.visible_to(caller)
        return rows if caller.is_trusted else rows.filter(status=ReturnStatus.DRAFT)


class Return(Taggable, TenantResource):
    """What a customer sends back of one order."""

    number = models.CharField(max_length=255, editable=False)
    status = models.CharField(
        max_length=9, choices=ReturnStatus, default=ReturnStatus.DRAFT, editable=False
    )
    customer_email = LowercaseEmailField(max_length=254, null=True, editable=False)
    skus_count = models.PositiveIntegerField(default=0, editable=False)
    currency_code = models.CharField(max_length=3, editable=False)
    estimated_refund_amount_cents = amount()
    approved_at = moment()
    cancelled_at = moment()
    shipped_at = moment()
    rejected_at = moment()
    received_at = moment()
    refunded_at = moment()
    archived_at = moment()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="returns"
    )
    stock_location = models.ForeignKey(
        StockLocation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    origin_address = models.ForeignKey(
        Address,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        related_query_name="origin_of_return",
    )
    # How much `_refund` gives back; empty for what is estimated.
    refund_amount_cents = models.BigIntegerField(null=True, editable=False)
    reference_capture = models.ForeignKey(
        Capture, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reference_refund = models.ForeignKey(
        Refund, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)
    resource_errors = GenericRelation(ResourceError)

    owner_path = "customer__uid"
    detours: ClassVar[Mapping[str, str]] = {"destination_address": "stock_location__address"}
    objects: ClassVar[Any] = ReturnQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "number"], name="orders_unique_return_number"
            ),
        ]

    def __str__(self) -> str:
        return f"return {self.number}"


class ReturnLineItemQuerySet(TenantQuerySet):
    """Return line items follow their return."""

    def public_to(self, caller: Caller) -> Self:
        returns = Return.objects.filter(environment_id=caller.environment_id)
        return self.filter(return__in=returns.public_to(caller))


class ReturnLineItem(TenantResource):
    """How many of one line of the order come back."""

    # The API's name for it is a keyword of Python: getattr(line, "return").
    vars()["return"] = models.ForeignKey(
        Return, on_delete=models.CASCADE, related_name="return_line_items"
    )
    line_item = models.ForeignKey(
        LineItem, on_delete=models.PROTECT, related_name="return_line_items"
    )
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    currency_code = models.CharField(max_length=3, editable=False)
    total_amount_cents = amount()
    return_reason = models.JSONField(null=True, blank=True)
    restocked_at = moment()

    owner_path = "return__order__customer__uid"
    objects: ClassVar[Any] = ReturnLineItemQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["return", "line_item"], name="orders_one_return_line_per_line_item"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_returned_quantity_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"return line item {self.uid}"
