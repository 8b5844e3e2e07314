"""The page of returns."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from orders.models import Return, ReturnLineItem
from orders.staff import COLOURS, money, return_step
from organizations.staff import ReadOnlyInline, TenantAdmin, column, record_link


class ReturnLineItemInline(ReadOnlyInline):
    """What comes back."""

    model = ReturnLineItem
    fields = ("item", "quantity", "total", "restocked_at")
    total = money("total", "total_amount")

    @column("item")
    def item(self, row: ReturnLineItem) -> str:
        line = row.line_item
        return str(line.sku_code or line.bundle_code or line.name)


@admin.register(Return)
class ReturnAdmin(TenantAdmin):
    """Goods that come back."""

    form = TaggedForm
    writable = ("update",)
    list_display = ("number", "state", "owner", "order", "refund_amount", "created_at")
    list_filter = ("status",)
    related = ("customer", "order")
    search_fields = ("=number", "uid__exact", "^customer_email", "=order__number", "=reference")
    lookups = ("customer",)
    autocomplete_fields = ("stock_location", "tags")
    inlines = (ReturnLineItemInline,)
    actions_detail = ("approve", "ship", "receive", "reject", "refund", "cancel")
    main = ("stock_location", "tags")
    facts = (
        ("number", "state"),
        ("order", "owner"),
        ("refund_amount", "approved_at"),
        ("shipped_at", "received_at"),
        ("rejected_at", "refunded_at"),
        "cancelled_at",
    )
    refund_amount = money("estimated refund", "estimated_refund_amount")

    approve = return_step("_approve", "Approve", "The customer may send the goods.", "good")
    ship = return_step("_ship", "Record shipment", "The goods are on their way back.")
    receive = return_step("_receive", "Record receipt", "The goods have arrived.", "good")
    reject = return_step("_reject", "Reject", "The goods go back to the customer.", "grave")
    refund = return_step("_refund", "Record refund", "The money was given back.")
    cancel = return_step("_cancel", "Cancel", "The return ends here.", "grave")

    def label(self, row: Return) -> str:
        return f"Return {row.number}"

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: Return) -> str:
        return row.status

    @column("customer", ordering="customer__email")
    def owner(self, row: Return) -> SafeString | str:
        return record_link(row.customer)
