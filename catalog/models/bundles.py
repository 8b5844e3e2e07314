"""What is sold together, for a price of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from activity.models import Event
from annotations.models import Attachment, Taggable
from catalog.models.markets import Market, OfMarkets, OfMarketsQuerySet
from catalog.models.skus import Price, SkuList, SkuListItem
from catalog.money import LARGEST_PRICE, validate_currency
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from organizations.models import TenantResource


class BundleQuerySet(OfMarketsQuerySet):
    """Bundles; a shopper sees those that have a price in one of their markets."""

    def public_to(self, caller: Caller) -> Self:
        return super().public_to(caller).exclude(price_amount_cents=None)

    def computed(self) -> Self:
        items = SkuListItem.objects.filter(sku_list=OuterRef("sku_list")).order_by()
        pieces = items.values("sku_list").annotate(pieces=Sum("quantity")).values("pieces")
        return self.annotate(
            skus_count=Coalesce(Subquery(pieces), Value(0)),
            do_not_ship=~Exists(items.filter(sku__do_not_ship=False)),
            do_not_track=~Exists(items.filter(sku__do_not_track=False)),
        )

    def shipped(self) -> Self:
        """Return those of which something has to be sent somewhere."""
        return self.computed().filter(do_not_ship=False)


class Bundle(Taggable, OfMarkets, TenantResource):
    """The SKUs of a list at one price: in a market, or in all markets of a currency.

    Amounts are in the currency's minor unit. Without a price it cannot be ordered.
    """

    code = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    currency_code = models.CharField(
        max_length=3,
        blank=True,
        validators=[validate_currency],
        help_text="Empty: that of the market.",
    )
    description = models.TextField(max_length=65_535, null=True, blank=True)  # noqa: DJ001
    image_url = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    price_amount_cents = models.BigIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_PRICE)],
    )
    compare_at_amount_cents = models.BigIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_PRICE)],
    )
    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    sku_list = models.ForeignKey(SkuList, on_delete=models.PROTECT, related_name="bundles")
    # With `sku_list` a second foreign key, to a list that is nobody's: see the migration.
    list_is_shared = models.GeneratedField(
        expression=Value(True), output_field=models.BooleanField(), db_persist=True
    )
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)

    detours: ClassVar[Mapping[str, str]] = {"skus": "sku_list__skus"}
    objects: ClassVar[Any] = BundleQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_bundle_code"
            ),
            models.CheckConstraint(
                condition=~Q(currency_code=""), name="catalog_bundles_have_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(price_amount_cents=None) | Q(price_amount_cents__gte=0),
                name="catalog_bundle_price_is_not_negative",
                violation_error_code="price_amount_cents",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_sold_in(self, market: Market) -> bool:
        """Tell whether it can be ordered in a market."""
        return self.price_amount_cents is not None and self.is_for(market, market.currency_code)

    def sum_of_prices(self, *, before_reductions: bool = False) -> int:
        """Return what its SKUs cost one by one, `compare_at` amounts first if wanted.

        Raises Invalid where one of them has no price, or there is none.
        """
        items = list(self.sku_list.sku_list_items.select_related("sku"))
        wanted = Price.objects.filter(sku__in=[item.sku_id for item in items])
        prices: dict[int, Price] = {}
        for price in wanted.charged(self.currency_code, self.market):
            prices.setdefault(price.sku_id, price)
        lacking = sorted(item.sku.code for item in items if item.sku_id not in prices)
        if lacking or not items:
            title = f"has SKUs without a price: {lacking[0]}" if lacking else "has no SKUs"
            raise Invalid("sku_list", "no_price", title, relationship=True)
        amounts = [(prices[item.sku_id], item.quantity) for item in items]
        return sum(
            ((before_reductions and price.compare_at_amount_cents) or price.amount_cents) * quantity
            for price, quantity in amounts
        )
