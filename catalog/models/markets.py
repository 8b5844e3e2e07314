"""Where things are sold: markets, their shops and warehouses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import connection, models
from django.db.models import ExpressionWrapper, Q, Value

from activity.models import Event, new_secret
from annotations.models import Attachment
from catalog.models.price_lists import PriceList
from catalog.models.subscription_models import SubscriptionModel
from catalog.money import validate_currency
from customers.models import Address, Customer, CustomerGroup
from jsonapi.access import Caller
from organizations.models import Environment, TenantQuerySet, TenantResource
from organizations.switches import Switchable


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

    def open_to(self, customer: Customer) -> Self:
        """Return where a customer may order."""
        groups = Q(customer_group=None) | Q(customer_group=customer.customer_group_id)
        return self.filter(groups, environment=customer.environment_id, disabled_at=None)

    def public_to(self, caller: Caller) -> Self:
        open_to = Q(customer_group=None)
        if customer := caller.owner("Customer"):
            open_to |= Q(customer_group__customers__uid=customer)
        rows = self.filter(open_to, disabled_at=None)
        return rows if caller.market_ids is None else rows.filter(uid__in=caller.market_ids)


class Market(Switchable, TenantResource):
    """Where one sells: a currency, its rules, perhaps only for one group of customers."""

    number = models.PositiveIntegerField(editable=False)
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    currency_code = models.CharField(max_length=3, validators=[validate_currency])
    tax_included = models.BooleanField(
        default=True, help_text="Prices contain the taxes. With a price list, that says so instead."
    )
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
        default=False, help_text="Orders with something to ship need a shipping method."
    )
    payment_required = models.BooleanField(
        default=False, help_text="Orders are placed only once authorized, paid or free."
    )
    customer_group = models.ForeignKey(
        CustomerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="markets"
    )
    subscription_model = models.ForeignKey(
        SubscriptionModel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="markets",
        help_text="Which frequencies may be subscribed to. Empty: any.",
    )
    price_list = models.ForeignKey(
        PriceList,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="markets",
        help_text="Its prices come first. Empty: those of the market and of its currency.",
    )
    default_payment_method = models.ForeignKey(
        "catalog.PaymentMethod",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Which one storefronts offer first.",
    )
    default_shipping_method = models.ForeignKey(
        "catalog.ShippingMethod",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="How orders are sent unless somebody chooses.",
    )
    private = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(customer_group__isnull=False), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    shared_secret = models.CharField(max_length=32, default=new_secret, editable=False)
    attachments = GenericRelation(Attachment)

    # No schedule replaces a market's list for a while: it is always its own.
    detours: ClassVar[Mapping[str, str]] = {"base_price_list": "price_list"}
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

    def regenerate_shared_secret(self) -> None:
        """Replace the secret that signs callbacks. The caller saves."""
        self.shared_secret = new_secret()

    @property
    def charges_with_taxes(self) -> bool:
        """True where prices contain the taxes."""
        return self.tax_included if self.price_list is None else self.price_list.tax_included

    def admits(self, customer: Customer | None) -> bool:
        """Tell whether `customer`, or a guest, may order in this market."""
        if self.customer_group_id is None:
            return True
        return customer is not None and customer.customer_group_id == self.customer_group_id


class OfMarkets:
    """Mixin for what is of one market, or of every market with its currency."""

    market_id: int | None
    currency_code: str

    def is_for(self, market: Market | None, currency_code: str) -> bool:
        """Tell whether it is for a market, or a new one, with this currency."""
        is_there = self.market_id is None or (market is not None and self.market_id == market.pk)
        return is_there and self.currency_code == currency_code


def enabled_for(row: Callable[[str], Any]) -> Q:
    """Return which methods there are for what has these columns: of its market, or currency."""
    return (
        Q(disabled_at=None)
        & Q(environment=row("environment_id"), currency_code=row("currency_code"))
        & (Q(market=None) | Q(market=row("market_id")))
    )


class OfMarketsQuerySet(TenantQuerySet):
    """What is of one market, or of all with its currency; a shopper sees that of their markets."""

    def public_to(self, caller: Caller) -> Self:
        markets = Market.objects.filter(environment_id=caller.environment_id).public_to(caller)
        everywhere = Q(market=None, currency_code__in=markets.values("currency_code"))
        return self.filter(Q(market__in=markets) | everywhere)


class StockLocation(TenantResource):
    """A warehouse; access tokens can be narrowed to it."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    address = models.ForeignKey(
        Address, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # With `address` a second foreign key, to one `of_place`: see the migration.
    address_of_place = models.GeneratedField(
        expression=Value(True), output_field=models.BooleanField(), db_persist=True
    )
    suppress_etd = models.BooleanField(
        default=False, help_text="Leave the estimated time of departure off labels."
    )
    attachments = GenericRelation(Attachment)

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_stock_location_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Store(TenantResource):
    """A physical shop of a market; access tokens can be narrowed to it."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="stores")
    stock_location = models.ForeignKey(
        StockLocation, on_delete=models.PROTECT, null=True, blank=True, related_name="stores"
    )
    events = GenericRelation(Event)

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="catalog_unique_store_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name
