"""How goods are sent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from annotations.staff import TaggedForm
from catalog.models import ShippingMethod
from catalog.money import formatted
from catalog.rules import check_currency
from organizations.staff import OwnRelatedFilter, TenantAdmin, column, switches


class ShippingMethodForm(TaggedForm):
    """A market's method is in the market's currency."""

    def check(self, data: dict[str, Any]) -> None:
        super().check(data)
        check_currency(data.get("market"), data.get("currency_code"))


@admin.register(ShippingMethod)
class ShippingMethodAdmin(TenantAdmin):
    """What shoppers can choose, in one market or in all of a currency."""

    form = ShippingMethodForm
    list_display = ("name", "market", "price", "free_over", "open")
    list_filter = (("market", OwnRelatedFilter),)
    related = ("market",)
    search_fields = ("^name", "uid__exact", "=reference")
    autocomplete_fields = ("market", "stock_location", "tags")
    actions_detail = ("disable", "enable")
    main = (
        ("name", "scheme"),
        ("market", "currency_code"),
        ("price_amount_cents", "free_over_amount_cents"),
        "use_subtotal",
        "stock_location",
        "tags",
    )
    facts = ("disabled_at",)

    disable, enable = switches("It can no longer be chosen.", "It can be chosen again.")

    def label(self, row: ShippingMethod) -> str:
        return row.name

    @column("price", ordering="price_amount_cents")
    def price(self, row: ShippingMethod) -> str | None:
        return formatted(row.price_amount_cents, row.currency_code)

    @column("free over", ordering="free_over_amount_cents")
    def free_over(self, row: ShippingMethod) -> str | None:
        return formatted(row.free_over_amount_cents, row.currency_code)

    @column("enabled", ordering="disabled_at", boolean=True)
    def open(self, row: ShippingMethod) -> bool:
        return row.disabled_at is None
