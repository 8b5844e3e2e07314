"""Where things are sold, what is sold, for how much, and lists of it."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MinValueValidator
from django.db import connection, models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone
from django.utils.text import slugify

from activity.models import Event
from annotations.models import Attachment, Taggable
from catalog.money import validate_currency
from customers.models import Customer, CustomerGroup
from jsonapi.access import Caller
from organizations.models import Environment, TenantQuerySet, TenantResource


def new_secret() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


class CounterManager(models.Manager["Counter"]):
    """Gives out numbers, one after the other."""

    def take(self, *, environment_id: int, kind: str) -> int:
        """Return the next number of a kind, from 1. Others wait until the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO catalog_counter (environment_id, kind, value) VALUES (%s, %s, 1)"
                " ON CONFLICT (environment_id, kind)"
                " DO UPDATE SET value = catalog_counter.value + 1 RETURNING value",
                [environment_id, kind],
            )
            value: int = cursor.fetchone()[0]
        return value


class Counter(models.Model):
    """The last number given to a resource of one kind in one environment."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    value = models.PositiveBigIntegerField()

    objects: ClassVar[CounterManager] = CounterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "kind"], name="catalog_one_counter_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class MarketQuerySet(TenantQuerySet):
    """Markets; a shopper enters those of the token's scope that are open to them."""

    def public_to(self, caller: Caller) -> Self:
        open_to = Q(customer_group=None)
        if customer := caller.owner("Customer"):
            open_to |= Q(customer_group__customers__uid=customer)
        rows = self.filter(open_to, disabled_at=None)
        return rows if caller.market_ids is None else rows.filter(uid__in=caller.market_ids)


class Market(TenantResource):
    """Where one sells: a currency, its rules, perhaps only for one group of customers."""

    number = models.PositiveIntegerField(editable=False)
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    currency_code = models.CharField(max_length=3, validators=[validate_currency])
    tax_included = models.BooleanField(default=True, help_text="Prices contain the taxes.")
    facebook_pixel_id = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    checkout_url = models.CharField(  # noqa: DJ001
        max_length=2000,
        null=True,
        blank=True,
        help_text="Link to the checkout of an order; :order_id and :token are filled in.",
    )
    shipping_cost_cutoff = models.PositiveIntegerField(null=True, blank=True)
    addresses_required = models.BooleanField(
        default=False, help_text="Orders are placed only with both addresses."
    )
    shipping_required = models.BooleanField(
        default=False, help_text="Orders with something to ship need a shipments line."
    )
    payment_required = models.BooleanField(
        default=False, help_text="Orders are placed only once authorized, paid or free."
    )
    customer_group = models.ForeignKey(
        CustomerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="markets"
    )
    private = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(customer_group__isnull=False), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)
    shared_secret = models.CharField(max_length=32, default=new_secret, editable=False)
    attachments = GenericRelation(Attachment)

    objects: ClassVar[Any] = MarketQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_market_code"
            ),
            models.UniqueConstraint(
                fields=["environment", "number"], name="catalog_unique_market_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.number is None:
            self.number = Counter.objects.take(environment_id=self.environment_id, kind="markets")
        super().save(*args, **kwargs)

    def disable(self) -> None:
        """Close the market: nothing more can be ordered. The caller saves."""
        self.disabled_at = self.disabled_at or timezone.now()

    def enable(self) -> None:
        """Open the market again. The caller saves."""
        self.disabled_at = None

    def regenerate_shared_secret(self) -> None:
        """Replace the secret that signs callbacks. The caller saves."""
        self.shared_secret = new_secret()

    def admits(self, customer: Customer | None) -> bool:
        """Tell whether `customer`, or a guest, may order in this market."""
        if self.customer_group_id is None:
            return True
        return customer is not None and customer.customer_group_id == self.customer_group_id


class Store(TenantResource):
    """A physical shop of a market; access tokens can be narrowed to it."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="stores")

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_store_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockLocation(TenantResource):
    """A warehouse; access tokens can be narrowed to it."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    suppress_etd = models.BooleanField(
        default=False, help_text="Leave the estimated time of departure off labels."
    )

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_stock_location_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SkuQuerySet(TenantQuerySet):
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
    attachments = GenericRelation(Attachment)
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
        """Return the price in `market`: its own one, else the one of its currency."""
        found: Price | None = (
            self.prices.filter(
                Q(market=market) | Q(market=None), currency_code=market.currency_code
            )
            .order_by("market_id")  # nulls last: what the market says comes first
            .first()
        )
        return found


class PriceQuerySet(TenantQuerySet):
    """Prices; a shopper sees those of their markets."""

    def public_to(self, caller: Caller) -> Self:
        markets = Market.objects.filter(environment_id=caller.environment_id).public_to(caller)
        everywhere = Q(market=None, currency_code__in=markets.values("currency_code"))
        return self.filter(Q(market__in=markets) | everywhere)


class Price(TenantResource):
    """What a SKU costs in every market of a currency, or in one market."""

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="prices")
    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    currency_code = models.CharField(max_length=3, validators=[validate_currency])
    amount_cents = models.BigIntegerField(validators=[MinValueValidator(0)])
    compare_at_amount_cents = models.BigIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0)]
    )

    objects: ClassVar[Any] = PriceQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["market", "currency_code", "sku"],
                nulls_distinct=False,
                name="catalog_one_price_per_sku_and_market",
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
    """A list of SKUs. With a customer, that customer's wish list."""

    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=255, editable=False)
    description = models.TextField(max_length=65_535, null=True, blank=True)  # noqa: DJ001
    image_url = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="sku_lists"
    )
    skus = models.ManyToManyField(Sku, through="SkuListItem", related_name="+")
    attachments = GenericRelation(Attachment)

    owner_path = "customer__uid"
    objects: ClassVar[Any] = SkuListQuerySet.as_manager()

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
