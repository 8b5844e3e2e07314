"""By which means orders can be paid."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from catalog.models import PaymentMethod
from catalog.money import formatted
from catalog.rules import place_of
from organizations.staff import OwnRelatedFilter, StaffForm, TenantAdmin, column, switches


class PaymentMethodForm(StaffForm):
    """The market and the currency follow from what was said, as in the API."""

    def check(self, data: dict[str, Any]) -> None:
        said = {name: data.get(name) for name in ("market", "store", "currency_code")}
        data["market"], data["currency_code"] = place_of(**said)


@admin.register(PaymentMethod)
class PaymentMethodAdmin(TenantAdmin):
    """Means of payment, where there are which, and what they cost."""

    form = PaymentMethodForm
    list_display = ("label", "payment_source_type", "market", "store", "price", "open")
    list_filter = ("payment_source_type", ("market", OwnRelatedFilter))
    related = ("market", "store")
    search_fields = ("^name", "^payment_source_type", "uid__exact", "=reference")
    autocomplete_fields = ("market", "store")
    actions_detail = ("disable", "enable")
    main = (
        ("name", "payment_source_type"),
        ("market", "store"),
        ("price_amount_cents", "currency_code"),
        ("auto_capture", "auto_capture_max_amount_cents"),
        "auto_place",
        "require_capture",
        "moto",
    )
    facts = ("disabled_at",)

    disable, enable = switches("Nobody can choose it any more.", "It can be chosen again.")

    @column("name", ordering="name")
    def label(self, row: PaymentMethod) -> str:
        return str(row)

    @column("price", ordering="price_amount_cents")
    def price(self, row: PaymentMethod) -> str | None:
        return formatted(row.price_amount_cents, row.currency_code)

    @column("enabled", ordering="disabled_at", boolean=True)
    def open(self, row: PaymentMethod) -> bool:
        return row.disabled_at is None
