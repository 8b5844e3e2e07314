"""What is sold together."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from catalog.models import Bundle, SkuList
from catalog.money import formatted
from catalog.rules import check_list, currency_of
from organizations.staff import OwnRelatedFilter, TenantAdmin, column, record_link, step


class BundleForm(TaggedForm):
    """A bundle is made of a list that is nobody's, in the currency of its market."""

    def check(self, data: dict[str, Any]) -> None:
        super().check(data)
        sku_list: SkuList | None = data.get("sku_list")
        if sku_list is not None:
            check_list(sku_list)
        if "currency_code" in data:
            data["currency_code"] = currency_of(data.get("market"), data["currency_code"])


@admin.register(Bundle)
class BundleAdmin(TenantAdmin):
    """The SKUs of a list at one price."""

    form = BundleForm
    list_display = ("code", "name", "market", "price", "compare_at", "created_at")
    list_filter = (("market", OwnRelatedFilter),)
    related = ("market",)
    search_fields = ("^code", "^name", "uid__exact", "=reference")
    autocomplete_fields = ("market", "sku_list", "tags")
    create_only = ("currency_code", "market")
    add_only = ("sku_list",)
    actions_detail = ("compute_price_amount", "compute_compare_at_amount")
    main = (
        ("code", "name"),
        "sku_list",
        ("market", "currency_code"),
        ("price_amount_cents", "compare_at_amount_cents"),
        "description",
        "image_url",
        "tags",
    )

    facts = (("contents", "pieces"),)

    compute_price_amount = step(
        "_compute_price_amount", "Compute price", "It will cost what its SKUs cost one by one."
    )
    compute_compare_at_amount = step(
        "_compute_compare_at_amount",
        "Compute comparison",
        "It will be compared with what its SKUs cost one by one, before reductions.",
    )

    def label(self, row: Bundle) -> str:
        return f"{row.code}: {row.name}"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.computed()

    @column("SKU list")
    def contents(self, row: Bundle) -> SafeString | str:
        return record_link(row.sku_list)

    @column("pieces")
    def pieces(self, row: Any) -> int:
        return int(row.skus_count)

    @column("price", ordering="price_amount_cents")
    def price(self, row: Bundle) -> str | None:
        return formatted(row.price_amount_cents, row.currency_code)

    @column("compare at", ordering="compare_at_amount_cents")
    def compare_at(self, row: Bundle) -> str | None:
        return formatted(row.compare_at_amount_cents, row.currency_code)
