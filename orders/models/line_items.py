"""What an order is made of: goods, and what comes on top of them or off them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from activity.models import Event
from annotations.models import Notification, Taggable
from catalog.frequencies import validate_frequency
from catalog.models import Bundle, Sku
from jsonapi.access import Caller
from orders.models.orders import OfOrdersQuerySet, Order, amount
from orders.states import OPEN_TO_GUESTS, STOCKED, ItemType
from organizations.models import TenantResource

# Together they keep every line within 2**53, which JavaScript still reads exactly.
MOST = 10_000
LARGEST_AMOUNT = 100_000_000_000


class LineItemQuerySet(OfOrdersQuerySet):
    """Line items follow their order."""

    def changeable_by(self, caller: Caller) -> Self:
        """Return what `caller` may change: shoppers what they order, until it is placed."""
        rows = self.visible_to(caller)
        if caller.is_trusted:
            return rows
        return rows.filter(order__status__in=OPEN_TO_GUESTS, item_type__in=STOCKED)


class LineItem(Taggable, TenantResource):
    """One line of an order. Amounts are integers in the currency's minor unit."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="line_items")
    sku = models.ForeignKey(Sku, on_delete=models.SET_NULL, null=True, related_name="+")
    # As it was when the line was written: the SKU can be renamed or deleted.
    sku_code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    bundle = models.ForeignKey(Bundle, on_delete=models.SET_NULL, null=True, related_name="+")
    bundle_code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    item_type = models.CharField(max_length=19, choices=ItemType, default=ItemType.SKUS)
    name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    image_url = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    quantity = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    currency_code = models.CharField(max_length=3, editable=False)
    unit_amount_cents = models.BigIntegerField(
        blank=True,  # filled in from the catalog
        validators=[MinValueValidator(-LARGEST_AMOUNT), MaxValueValidator(LARGEST_AMOUNT)],
    )
    # False where an integration named the price: refreshing prices leaves it alone.
    priced_by_catalog = models.BooleanField(default=False, editable=False)
    compare_at_amount_cents = models.BigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)]
    )
    discount_cents = amount()
    total_amount_cents = amount()
    tax_rate = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    tax_amount_cents = amount()
    frequency = models.CharField(  # noqa: DJ001
        max_length=255,
        null=True,
        blank=True,
        validators=[validate_frequency],
        help_text="How often the line is ordered again once the order has made subscriptions.",
    )
    notifications = GenericRelation(Notification)
    events = GenericRelation(Event)

    owner_path = "order__customer__uid"
    objects: ClassVar[Any] = LineItemQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="orders_quantity_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(item_type=ItemType.BUNDLES) | Q(bundle_code__isnull=False),
                name="orders_lines_of_bundles_say_which",
                violation_error_code="bundle_code",
            ),
        ]

    def __str__(self) -> str:
        return f"line item {self.uid}"
