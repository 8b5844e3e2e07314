"""How goods get to people, and what that costs."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from activity.models import Event
from annotations.models import Attachment, Notification, Taggable
from catalog.models.markets import (
    Market,
    OfMarkets,
    OfMarketsQuerySet,
    StockLocation,
    enabled_for,
)
from catalog.money import LARGEST_PRICE, validate_currency
from organizations.models import TenantResource
from organizations.switches import Switchable


class Scheme(models.TextChoices):
    FLAT = "flat"  # the same for every order


class ShippingMethodQuerySet(OfMarketsQuerySet):
    """Shipping methods; a shopper sees those of their markets, disabled ones too.

    An order's shipment still shows how it was sent.
    """

    def offered_in(self, market: Market) -> Self:
        """Return what can be chosen in a market: its own methods, and those of its currency."""
        columns = {
            "environment_id": market.environment_id,
            "currency_code": market.currency_code,
            "market_id": market.pk,
        }
        return self.filter(enabled_for(columns.__getitem__))


class ShippingMethod(Taggable, Switchable, OfMarkets, TenantResource):
    """A way to send goods, in one market or in every market of a currency."""

    name = models.CharField(max_length=255)
    scheme = models.CharField(max_length=4, choices=Scheme, default=Scheme.FLAT)
    currency_code = models.CharField(max_length=3, validators=[validate_currency])
    price_amount_cents = models.BigIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_PRICE)]
    )
    free_over_amount_cents = models.BigIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_PRICE)],
        help_text="Orders of goods for more than this are sent for nothing.",
    )
    use_subtotal = models.BooleanField(
        default=False, help_text="Discounts do not count against free shipping."
    )
    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    stock_location = models.ForeignKey(
        StockLocation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where the goods leave from.",
    )
    attachments = GenericRelation(Attachment)
    notifications = GenericRelation(Notification)
    events = GenericRelation(Event)

    objects: ClassVar[Any] = ShippingMethodQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(scheme__in=Scheme.values), name="catalog_shipping_scheme_is_known"
            ),
            models.CheckConstraint(
                condition=Q(price_amount_cents__gte=0),
                name="catalog_shipping_price_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(free_over_amount_cents=None) | Q(free_over_amount_cents__gte=0),
                name="catalog_free_shipping_limit_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_offered_in(self, market: Market) -> bool:
        """Tell whether it can be chosen in a market now."""
        rows = ShippingMethod.objects.offered_in(market)
        return bool(rows.filter(pk=self.pk).exists())

    def price_of(self, subtotal: int, discount: int) -> int:
        """Return what sending goods for `subtotal` costs; `discount` is below zero."""
        worth = subtotal if self.use_subtotal else subtotal + discount
        limit = self.free_over_amount_cents
        return 0 if limit is not None and worth > limit else self.price_amount_cents
