"""Markets, shops and warehouses, what is sold and for how much."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import BooleanFieldListFilter
from django.db.models import Count
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from catalog.matching import check_pattern
from catalog.models import (
    Market,
    Price,
    Sku,
    SkuList,
    SkuListItem,
    StockLocation,
    Store,
    SubscriptionModel,
)
from catalog.money import formatted
from catalog.rules import check_currency, check_defaults
from customers.models import Customer
from customers.services import give_to_place, lock_for_writing
from jsonapi.errors import Invalid
from organizations.staff import (
    OwnRelatedFilter,
    Panel,
    StaffForm,
    StaffInline,
    TenantAdmin,
    column,
    list_url,
    panel,
    record_link,
    rows_for,
    step,
    switches,
    when,
)
from organizations.staff.panels import MOST_ROWS, may_read


class MarketForm(StaffForm):
    """A price list says the currency; a market offers only what is available there."""

    def check(self, data: dict[str, Any]) -> None:
        check_price_list(data)
        market = self.instance if self.instance.pk else None
        currency = data.get("currency_code") or self.instance.currency_code
        check_defaults(data, market=market, currency_code=currency)


def check_price_list(data: dict[str, Any]) -> None:
    """Raise Invalid where a price list is in another currency than the rest."""
    price_list, currency = data.get("price_list"), data.get("currency_code")
    if price_list is not None and currency is not None:
        price_list.check_currency(currency)


@admin.register(Market)
class MarketAdmin(TenantAdmin):
    """Where one sells. The secret that signs callbacks is not shown."""

    form = MarketForm
    list_display = ("name", "code", "currency_code", "private", "customer_group", "open")
    list_filter = (("private", BooleanFieldListFilter), ("customer_group", OwnRelatedFilter))
    related = ("customer_group",)
    search_fields = ("^name", "=code", "uid__exact", "=reference")
    autocomplete_fields = (
        "customer_group",
        "subscription_model",
        "price_list",
        "default_payment_method",
        "default_shipping_method",
    )
    actions_detail = ("disable", "enable", "regenerate_shared_secret")
    main = (
        ("name", "code"),
        ("currency_code", "tax_included"),
        "price_list",
        ("customer_group", "subscription_model"),
        ("default_payment_method", "default_shipping_method"),
        ("checkout_url", "shipping_cost_cutoff"),
        "addresses_required",
        "shipping_required",
        "payment_required",
        "facebook_pixel_id",
    )
    facts = (("number", "private"), "disabled_at")

    disable, enable = switches(
        "Nothing more can be ordered in this market.", "Orders are accepted again."
    )
    regenerate_shared_secret = step(
        "_regenerate_shared_secret",
        "Replace shared secret",
        "Whoever checks signatures needs the new secret, from the API.",
        look="grave",
    )

    def label(self, row: Market) -> str:
        return row.name

    @column("enabled", ordering="disabled_at", boolean=True)
    def open(self, row: Market) -> bool:
        return row.disabled_at is None


@admin.register(SubscriptionModel)
class SubscriptionModelAdmin(TenantAdmin):
    """Which frequencies may be subscribed to, and what comes of it."""

    list_display = ("name", "strategy", "auto_activate", "auto_cancel")
    list_filter = ("strategy",)
    search_fields = ("^name", "uid__exact", "=reference")
    main = (("name", "strategy"), "frequencies", "auto_activate", "auto_cancel")

    def label(self, row: SubscriptionModel) -> str:
        return row.name


@admin.register(Store)
class StoreAdmin(TenantAdmin):
    """Physical shops."""

    list_display = ("name", "code", "market")
    list_filter = (("market", OwnRelatedFilter),)
    related = ("market",)
    search_fields = ("^name", "=code", "uid__exact", "=reference")
    autocomplete_fields = ("market", "stock_location")
    main = (("name", "code"), ("market", "stock_location"))


@admin.register(StockLocation)
class StockLocationAdmin(TenantAdmin):
    """Warehouses."""

    list_display = ("name", "code", "suppress_etd")
    search_fields = ("^name", "=code", "uid__exact", "=reference")
    autocomplete_fields = ("address",)
    main = (("name", "code"), "address", "suppress_etd")

    def write(self, request: HttpRequest, obj: StockLocation, form: Any) -> None:
        if obj.address is not None:
            obj.address = give_to_place(address=obj.address)
        obj.save()


class PriceForm(StaffForm):
    """A price is in the currency of its market and of its price list."""

    def check(self, data: dict[str, Any]) -> None:
        check_price_list(data)
        check_currency(data.get("market"), data.get("currency_code"))


class PriceInline(StaffInline):
    """What a SKU costs."""

    model = Price
    form = PriceForm
    autocomplete_fields = ("market", "price_list")
    fields = ("price_list", "market", "currency_code", "amount_cents", "compare_at_amount_cents")


@admin.register(Sku)
class SkuAdmin(TenantAdmin):
    """What can be sold."""

    form = TaggedForm
    list_display = ("code", "name", "do_not_ship", "created_at")
    list_filter = ("do_not_ship", "do_not_track")
    search_fields = ("^code", "^name", "uid__exact", "=reference")
    autocomplete_fields = ("tags", "segments")
    inlines = (PriceInline,)
    main = (
        ("code", "name"),
        "description",
        "image_url",
        ("weight", "unit_of_weight"),
        ("pieces_per_pack", "hs_tariff_number"),
        ("do_not_ship", "do_not_track"),
        "segments",
        "tags",
    )

    def label(self, row: Sku) -> str:
        return f"{row.code}: {row.name}"


@admin.register(Price)
class PriceAdmin(TenantAdmin):
    """What a SKU costs in a market, in a price list, or in every market of a currency."""

    form = PriceForm
    list_display = ("sku", "price_list", "market", "amount", "compare_at")
    list_filter = (("price_list", OwnRelatedFilter), ("market", OwnRelatedFilter))
    related = ("sku", "market", "price_list")
    search_fields = ("^sku__code", "uid__exact", "=reference")
    autocomplete_fields = ("sku", "market", "price_list")
    create_only = ("sku", "market", "price_list", "currency_code")
    main = (
        "sku",
        ("price_list", "market"),
        "currency_code",
        ("amount_cents", "compare_at_amount_cents"),
    )

    def label(self, row: Price) -> str:
        return f"{row.sku}: {formatted(row.amount_cents, row.currency_code)}"

    @column("amount", ordering="amount_cents")
    def amount(self, row: Price) -> str | None:
        return formatted(row.amount_cents, row.currency_code)

    @column("compare at", ordering="compare_at_amount_cents")
    def compare_at(self, row: Price) -> str | None:
        return formatted(row.compare_at_amount_cents, row.currency_code)


class SkuListItemInline(StaffInline):
    """What is in a list."""

    model = SkuListItem
    autocomplete_fields = ("sku",)
    fields = ("sku", "quantity", "position")
    ordering = ("position", "pk")


class SkuListForm(StaffForm):
    """The same rules as in the API."""

    def check(self, data: dict[str, Any]) -> None:
        pattern = data.get("sku_code_regex")
        if not data.get("manual") and not pattern:
            raise Invalid("sku_code_regex", "blank", "can't be blank")
        if pattern:
            check_pattern(pattern)


@admin.register(SkuList)
class SkuListAdmin(TenantAdmin):
    """Lists of SKUs: the shop's own, and customers' wish lists."""

    form = SkuListForm

    list_display = ("name", "owner", "size", "created_at")
    related = ("customer",)
    search_fields = ("^name", "uid__exact", "^customer__email", "=reference")
    lookups = ("customer",)
    autocomplete_fields = ("customer",)
    add_only = ("customer",)
    inlines = (SkuListItemInline,)
    main = ("name", "customer", ("manual", "sku_code_regex"), "description", "image_url")
    facts = (("slug", "owner"),)

    def label(self, row: SkuList) -> str:
        return row.name

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(item_count=Count("sku_list_items"))

    @column("customer", ordering="customer__email")
    def owner(self, row: SkuList) -> SafeString | str:
        return record_link(row.customer)

    @column("SKUs", ordering="item_count")
    def size(self, row: Any) -> int:
        return int(row.item_count)

    def write(self, request: HttpRequest, obj: SkuList, form: Any) -> None:
        if obj.customer_id is not None:
            lock_for_writing(customer_id=obj.customer_id)
        obj.save()


@panel(Customer)
def sku_lists(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show the customer's wish lists, if any."""
    if not may_read(request, "sku_lists", customer):
        return None
    rows = rows_for(request, SkuList).filter(customer=customer).order_by("-pk")[:MOST_ROWS]
    shown = [(record_link(one), one.item_count, when(one.created_at)) for one in rows]
    more = list_url(SkuList, f"customer__id__exact={customer.pk}")
    return Panel("SKU lists", ("List", "SKUs", "Added"), shown, more) if shown else None
