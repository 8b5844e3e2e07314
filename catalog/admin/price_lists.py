"""Price lists, with what is in them and who takes them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest

from catalog.models import Market, Price, PriceList
from organizations.staff import (
    Panel,
    TenantAdmin,
    column,
    list_url,
    panel,
    record_link,
    rows_for,
    when,
)
from organizations.staff.panels import MOST_ROWS, may_read


@admin.register(PriceList)
class PriceListAdmin(TenantAdmin):
    """What some markets charge instead of what all markets of their currency do."""

    list_display = ("name", "code", "currency_code", "tax_included", "size")
    search_fields = ("^name", "=code", "uid__exact", "=reference")
    create_only = ("currency_code",)
    main = (("name", "code"), ("currency_code", "tax_included"))

    def label(self, row: PriceList) -> str:
        return row.name

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(price_count=Count("prices"))

    @column("prices", ordering="price_count")
    def size(self, row: Any) -> int:
        return int(row.price_count)


@panel(PriceList)
def prices(request: HttpRequest, price_list: PriceList) -> Panel | None:
    """Show the latest prices of a list."""
    if not may_read(request, "prices", price_list):
        return None
    rows = rows_for(request, Price).filter(price_list=price_list).order_by("-pk")[:MOST_ROWS]
    shown = [(record_link(one), record_link(one.market), when(one.created_at)) for one in rows]
    more = list_url(Price, f"price_list__id__exact={price_list.pk}")
    return Panel("Prices", ("Price", "Only in", "Added"), shown, more)


@panel(PriceList)
def markets(request: HttpRequest, price_list: PriceList) -> Panel | None:
    """Show which markets take their prices from a list."""
    if not may_read(request, "markets", price_list):
        return None
    rows = rows_for(request, Market).filter(price_list=price_list).order_by("name")[:MOST_ROWS]
    shown = [(record_link(one), one.code) for one in rows]
    return Panel("Markets", ("Market", "Code"), shown) if shown else None
