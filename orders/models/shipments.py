"""What is sent to people, how, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from activity.models import Event
from annotations.models import Attachment, Taggable
from catalog.models import Bundle, Market, ShippingMethod, Sku, enabled_for
from catalog.money import LARGEST_PRICE
from jsonapi.access import Caller
from jsonapi.relationships import Match
from orders.models.line_items import LineItem
from orders.models.orders import OfOrdersQuerySet, Order, amount, moment
from orders.states import OPEN_TO_GUESTS, ItemType, ShipmentStatus
from organizations.models import TenantResource


def sent(shipment: Callable[[str], Any]) -> Q:
    """Return which lines a shipment holds: all of its order that are to be sent."""
    sku = Q(sku=None) | Q(sku__in=Sku.objects.filter(do_not_ship=False))
    bundle = Q(bundle=None) | Q(bundle__in=Bundle.objects.shipped())
    ships = sku & Q(item_type=ItemType.SKUS) | bundle & Q(item_type=ItemType.BUNDLES)
    return ships & Q(order=shipment("order_id"))


class ShipmentQuerySet(OfOrdersQuerySet):
    """Shipments follow their order; shoppers choose how it is sent until it is placed."""

    def changeable_by(self, caller: Caller) -> Self:
        rows = self.visible_to(caller)
        return rows if caller.is_trusted else rows.filter(order__status__in=OPEN_TO_GUESTS)


class Shipment(Taggable, TenantResource):
    """The goods of one order on their way. The server makes it, and deletes it with the last."""

    number = models.CharField(max_length=270)
    status = models.CharField(
        max_length=13, choices=ShipmentStatus, default=ShipmentStatus.DRAFT, editable=False
    )
    currency_code = models.CharField(max_length=3, editable=False)
    cost_amount_cents = models.BigIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_PRICE)],
        help_text="What the carrier takes from the shop.",
    )
    # What sending costs the customer: a part of the order's total.
    price_cents = amount()
    skus_count = models.PositiveIntegerField(default=0, editable=False)
    on_hold_at = moment()
    picking_at = moment()
    packing_at = moment()
    ready_to_ship_at = moment()
    shipped_at = moment()
    delivered_at = moment()
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, editable=False, related_name="shipments"
    )
    # The order's, which cannot change once it has lines.
    market = models.ForeignKey(Market, on_delete=models.PROTECT, editable=False, related_name="+")
    shipping_method = models.ForeignKey(
        ShippingMethod, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    available_shipping_methods = Match(ShippingMethod, enabled_for)
    line_items = Match(LineItem, sent)
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)

    owner_path = "order__customer__uid"
    detours: ClassVar[Mapping[str, str]] = {
        "shipping_address": "order__shipping_address",
        "stock_location": "shipping_method__stock_location",
        "origin_address": "shipping_method__stock_location__address",
    }
    objects: ClassVar[Any] = ShipmentQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "number"], name="orders_unique_shipment_number"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ShipmentStatus.values),
                name="orders_shipment_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(price_cents__gte=0), name="orders_shipping_is_never_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"shipment {self.number}"
