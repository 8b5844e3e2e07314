"""What is sold, for how much, and lists of it."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils.text import slugify

from activity.models import Event
from annotations.models import Attachment, Link, Taggable
from catalog.models.markets import Market, MarketQuerySet
from catalog.models.price_lists import PriceList
from catalog.models.segments import OfferQuerySet, Segment
from catalog.money import validate_currency
from customers.models import Customer
from jsonapi.access import Caller
from jsonapi.errors import Locked
from organizations.models import TenantQuerySet, TenantResource


class SkuQuerySet(OfferQuerySet):
    """SKUs; a shopper sees what has a price in one of their markets."""

    def public_to(self, caller: Caller) -> Self:
        prices = Price.objects.filter(sku=OuterRef("pk")).public_to(caller)
        return self.filter(Exists(prices))


class Sku(Taggable, TenantResource):
    """One thing that can be sold: a stock keeping unit."""

    code = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    description = models.TextField(max_length=65_535, null=True, blank=True)  # noqa: DJ001
    image_url = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    pieces_per_pack = models.PositiveIntegerField(null=True, blank=True)
    weight = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    unit_of_weight = models.CharField(  # noqa: DJ001
        max_length=2,
        null=True,
        blank=True,
        choices=[("gr", "grams"), ("oz", "ounces"), ("lb", "pounds")],
    )
    hs_tariff_number = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    do_not_ship = models.BooleanField(default=False)
    do_not_track = models.BooleanField(default=False)
    sku_lists: models.ManyToManyField[SkuList, SkuListItem] = models.ManyToManyField(
        "SkuList", through="SkuListItem", related_name="+"
    )
    # Whom it is shown to as something special.
    segments = models.ManyToManyField(Segment, related_name="+", blank=True)
    attachments = GenericRelation(Attachment)
    links = GenericRelation(Link)
    events = GenericRelation(Event)

    objects: ClassVar[Any] = SkuQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(fields=["environment", "code"], name="catalog_unique_sku_code"),
        ]

    def __str__(self) -> str:
        return self.code

    def price_in(self, market: Market) -> Price | None:
        """Return what is charged in `market`."""
        found: Price | None = self.prices.charged_in(market).first()
        return found


class PriceQuerySet(TenantQuerySet):
    """Prices; a shopper sees those of their markets."""

    def public_to(self, caller: Caller) -> Self:
        markets = Market.objects.filter(environment_id=caller.environment_id).public_to(caller)
        spent = Q(currency_code__in=markets.values("currency_code"))
        return self.open_in(markets).filter(Q(market__isnull=False) | spent)

    def open_in(self, markets: MarketQuerySet) -> Self:
        """Return what is not for other markets, or for price lists of others, only."""
        listed = Q(price_list__in=markets.values("price_list"))
        return self.filter(Q(market=None) | Q(market__in=markets), Q(price_list=None) | listed)

    def charged_in(self, market: Market) -> Self:
        """Return what may be charged in a market, for each SKU what is charged there first.

        The market's price list comes before all else, then what is said for the market alone.
        """
        return self.charged(market.currency_code, market)

    def charged(self, currency_code: str, market: Market | None) -> Self:
        """Return the same, or without a market what is charged in every one of a currency."""
        rows = self.filter(
            Q(market=None) | Q(market=market),
            Q(price_list=None) | Q(price_list=market and market.price_list_id),
            currency_code=currency_code,
        )
        return rows.order_by("sku_id", "price_list_id", "market_id")  # nulls come last


class Price(TenantResource):
    """What a SKU costs in every market of a currency, of a price list, or in one market."""

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="prices")
    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, null=True, blank=True, related_name="prices"
    )
    currency_code = models.CharField(max_length=3, validators=[validate_currency])
    amount_cents = models.BigIntegerField(validators=[MinValueValidator(0)])
    compare_at_amount_cents = models.BigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0)]
    )
    attachments = GenericRelation(Attachment)

    objects: ClassVar[Any] = PriceQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["price_list", "market", "currency_code", "sku"],
                nulls_distinct=False,
                name="catalog_one_price_per_sku_list_and_market",
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gte=0), name="catalog_price_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"price {self.uid}"


class SkuListQuerySet(TenantQuerySet):
    """Lists; a shopper sees their own and those that belong to nobody."""

    def public_to(self, caller: Caller) -> Self:
        customer = caller.owner("Customer")
        own = Q(customer=None)
        return self.filter(own | Q(customer__uid=customer) if customer else own)


class SkuList(TenantResource):
    """A list of SKUs: put together by hand, or of all whose code matches a pattern.

    With a customer it is that customer's wish list.
    """

    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=255, editable=False)
    description = models.TextField(max_length=65_535, null=True, blank=True)  # noqa: DJ001
    image_url = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    manual = models.BooleanField(default=True)
    sku_code_regex = models.TextField(  # noqa: DJ001
        max_length=5000,
        null=True,
        blank=True,
        help_text="Which SKUs are in an automatic list, as a regular expression of PostgreSQL.",
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="sku_lists"
    )
    # What a bundle is made of must not become somebody's: see the migration of bundles.
    is_shared = models.GeneratedField(
        expression=ExpressionWrapper(Q(customer=None), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    skus = models.ManyToManyField(Sku, through="SkuListItem", related_name="+")
    attachments = GenericRelation(Attachment)
    links = GenericRelation(Link)

    owner_path = "customer__uid"
    objects: ClassVar[Any] = SkuListQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(manual=True) | Q(sku_code_regex__isnull=False) & ~Q(sku_code_regex=""),
                name="catalog_automatic_lists_have_a_pattern",
                violation_error_code="sku_code_regex",
            ),
            models.UniqueConstraint(
                fields=["id", "is_shared"], name="catalog_sku_list_that_is_shared"
            ),
        ]

    def __str__(self) -> str:
        return f"sku list {self.uid}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = slugify(self.name) or self.uid.lower()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "slug"}
        super().save(*args, **kwargs)


class SkuListItemQuerySet(TenantQuerySet):
    """Items follow their list."""

    def public_to(self, caller: Caller) -> Self:
        lists = SkuList.objects.filter(environment_id=caller.environment_id)
        return self.filter(sku_list__in=lists.public_to(caller))


class SkuListItem(TenantResource):
    """One SKU of a list, how many of it, and where in the list."""

    sku_list = models.ForeignKey(SkuList, on_delete=models.CASCADE, related_name="sku_list_items")
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="sku_list_items")
    position = models.PositiveIntegerField(null=True, blank=True)
    quantity = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])

    owner_path = "sku_list__customer__uid"
    objects: ClassVar[Any] = SkuListItemQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["sku_list", "sku"], name="catalog_one_item_per_sku_and_list"
            ),
        ]

    def __str__(self) -> str:
        return f"sku list item {self.uid}"

    def validate_delete(self) -> None:
        """Raise Locked in an automatic list, which would take the SKU in again."""
        if not self.sku_list.manual:
            raise Locked(f"Failed to destroy SkuListItem with id={self.uid}")
