"""Markets, and what is sold there, as /api shows it."""

from __future__ import annotations

from typing import Any

from catalog.matching import check_pattern
from catalog.models import (
    Bundle,
    Market,
    Price,
    PriceList,
    Sku,
    SkuList,
    SkuListItem,
    StockLocation,
    Store,
)
from catalog.rules import check_currency, check_defaults, check_list, currency_of
from catalog.serializers import CurrencyField, MoneySerializer, SkuCodeField
from customers.services import customer_of_token, give_to_place
from jsonapi.errors import Invalid
from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer
from jsonapi.views import ResourceViewSet


class MarketSerializer(ResourceSerializer):
    """A market: a currency, or a price list that says which."""

    currency_code = CurrencyField()

    class Meta:
        model = Market
        fields = (
            "number",
            "name",
            "code",
            "currency_code",
            "tax_included",
            "facebook_pixel_id",
            "checkout_url",
            "private",
            "shipping_cost_cutoff",
            "addresses_required",
            "shipping_required",
            "payment_required",
            "disabled_at",
            "shared_secret",
            "customer_group",
            "subscription_model",
            "price_list",
            "base_price_list",
            "default_payment_method",
            "default_shipping_method",
            "attachments",
        )
        create_only_fields = ("currency_code",)
        secret_fields = ("shared_secret",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        take_currency(self, attrs)
        currency = attrs.get("currency_code") or self.instance.currency_code
        check_defaults(attrs, market=self.instance, currency_code=currency)
        return attrs


@resource("markets")
class MarketViewSet(ResourceViewSet):
    serializer_class = MarketSerializer


class StoreSerializer(ResourceSerializer):
    """A physical shop of a market."""

    class Meta:
        model = Store
        fields = ("name", "code", "market", "stock_location", "events")


@resource("stores")
class StoreViewSet(ResourceViewSet):
    serializer_class = StoreSerializer


class StockLocationSerializer(ResourceSerializer):
    """A warehouse."""

    class Meta:
        model = StockLocation
        fields = ("name", "code", "suppress_etd", "address", "attachments")

    def create(self, validated_data: dict[str, Any]) -> StockLocation:
        location: StockLocation = super().create(_with_address_of_place(validated_data))
        return location

    def update(self, instance: StockLocation, validated_data: dict[str, Any]) -> StockLocation:
        location: StockLocation = super().update(instance, _with_address_of_place(validated_data))
        return location


@resource("stock_locations")
class StockLocationViewSet(ResourceViewSet):
    serializer_class = StockLocationSerializer


def _with_address_of_place(data: dict[str, Any]) -> dict[str, Any]:
    address = data.get("address")
    return {**data, "address": give_to_place(address=address)} if address else data


class SkuSerializer(ResourceSerializer):
    """Something that can be sold, where it has a price."""

    class Meta:
        model = Sku
        claimed = True
        fields = (
            "code",
            "name",
            "description",
            "image_url",
            "pieces_per_pack",
            "weight",
            "unit_of_weight",
            "hs_tariff_number",
            "do_not_ship",
            "do_not_track",
            "prices",
            "sku_list_items",
            "sku_lists",
            "attachments",
            "links",
            "events",
            "tags",
        )
        read_only_fields = ("sku_lists",)
        trusted_fields = ("tags",)


@resource("skus")
class SkuViewSet(ResourceViewSet):
    serializer_class = SkuSerializer


class PriceListSerializer(ResourceSerializer):
    """Prices that some markets share."""

    class Meta:
        model = PriceList
        fields = ("name", "code", "currency_code", "tax_included", "attachments")
        create_only_fields = ("currency_code",)


@resource("price_lists")
class PriceListViewSet(ResourceViewSet):
    serializer_class = PriceListSerializer


class PriceSerializer(MoneySerializer):
    """A price of a SKU: of a price list, of a market, or of all markets with the currency."""

    sku_code = SkuCodeField()
    currency_code = CurrencyField()

    class Meta:
        model = Price
        claimed = True
        fields = ("sku_code", "currency_code", "sku", "market", "price_list", "attachments")
        amounts = ("amount", "compare_at_amount")
        optional_fields = ("sku",)
        create_only_fields = ("sku_code", "currency_code", "sku", "market", "price_list")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        sku_from_code(self, attrs)
        take_currency(self, attrs)
        check_currency(attrs.get("market"), attrs.get("currency_code"))
        return attrs


@resource("prices")
class PriceViewSet(ResourceViewSet):
    serializer_class = PriceSerializer


def take_currency(serializer: ResourceSerializer, attrs: dict[str, Any]) -> None:
    """Let a price list say the currency. Raises Invalid for another one, or for none at all."""
    known = getattr(serializer.instance, "currency_code", None)
    price_list: PriceList | None = attrs.get("price_list")
    currency = attrs.get("currency_code", known)
    if price_list is not None:
        currency = currency or price_list.currency_code
        price_list.check_currency(currency)
    if currency is None:
        raise Invalid("currency_code", "blank", "can't be blank")
    if known is None:
        attrs["currency_code"] = currency


def sku_from_code(serializer: ResourceSerializer, attrs: dict[str, Any]) -> None:
    """Let `sku_code` stand for the relationship `sku`. Raises Invalid when neither is given."""
    code = attrs.pop("sku_code", None)
    if code is not None:
        attrs["sku"] = Sku.objects.visible_to(serializer.caller).filter(code=code).first()
        if attrs["sku"] is None:
            raise Invalid("sku_code", "required", "must exist", value=code)
    elif serializer.instance is None and attrs.get("sku") is None:
        raise Invalid("sku", "blank", "can't be blank", relationship=True)


class SkuListSerializer(ResourceSerializer):
    """A list of SKUs that somebody put together."""

    class Meta:
        model = SkuList
        fields = (
            "name",
            "slug",
            "description",
            "image_url",
            "manual",
            "sku_code_regex",
            "customer",
            "skus",
            "sku_list_items",
            "attachments",
            "links",
        )
        read_only_fields = ("skus",)
        # Whoever writes one lets the database look at every SKU.
        trusted_fields = ("sku_code_regex",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("customer") and self.instance is not None and self.instance.bundles.exists():
            title = "can't be set: bundles are made of the list"
            raise Invalid("customer", "has_bundles", title, relationship=True)
        manual = attrs.get("manual", self.instance is None or self.instance.manual)
        pattern = attrs.get("sku_code_regex", getattr(self.instance, "sku_code_regex", None))
        if not manual and not pattern:
            raise Invalid("sku_code_regex", "blank", "can't be blank")
        if attrs.get("sku_code_regex"):
            check_pattern(attrs["sku_code_regex"])
        return attrs

    def create(self, validated_data: dict[str, Any]) -> SkuList:
        owner = customer_of_token(caller=self.caller)
        if owner is not None:
            validated_data["customer"] = owner
        created: SkuList = super().create(validated_data)
        return created


@resource("sku_lists")
class SkuListViewSet(ResourceViewSet):
    serializer_class = SkuListSerializer


class BundleSerializer(MoneySerializer):
    """The SKUs of a list, at one price."""

    currency_code = CurrencyField()

    class Meta:
        model = Bundle
        fields = (
            "code",
            "name",
            "currency_code",
            "description",
            "image_url",
            "do_not_ship",
            "do_not_track",
            "skus_count",
            "market",
            "sku_list",
            "skus",
            "attachments",
            "events",
            "tags",
        )
        amounts = ("price_amount", "compare_at_amount")
        create_only_fields = ("currency_code", "market", "sku_list")
        trusted_fields = ("tags",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None:
            check_list(attrs["sku_list"])
            attrs["currency_code"] = currency_of(attrs.get("market"), attrs.get("currency_code"))
        return attrs


@resource("bundles")
class BundleViewSet(ResourceViewSet):
    serializer_class = BundleSerializer


class SkuListItemSerializer(ResourceSerializer):
    """One SKU of a list."""

    sku_code = SkuCodeField()

    class Meta:
        model = SkuListItem
        fields = ("position", "sku_code", "quantity", "sku_list", "sku")
        optional_fields = ("sku",)
        create_only_fields = ("sku_code", "sku_list", "sku")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        sku_from_code(self, attrs)
        sku_list: SkuList | None = attrs.get("sku_list")
        if sku_list is not None and not sku_list.manual:
            raise Invalid("sku_list", "automatic", "is filled by its pattern", relationship=True)
        return attrs


@resource("sku_list_items")
class SkuListItemViewSet(ResourceViewSet):
    serializer_class = SkuListItemSerializer
