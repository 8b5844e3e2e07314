"""Orders, what is in them, and what follows from them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from orders import services
from orders.models import Authorization, Capture, LineItem, Order, Refund, Void
from orders.services.payments import REFUNDABLE
from orders.services.placing import PLACEABLE
from orders.staff import COLOURS, PAYMENT_COLOURS, money, status_is, written_columns
from orders.states import AUTHORIZED, OrderStatus
from organizations.staff import (
    OwnRelatedFilter,
    ReadOnlyInline,
    TenantAdmin,
    column,
    record_link,
    step,
)


class LineItemInline(ReadOnlyInline):
    """What the order is made of; lines are changed through the API."""

    model = LineItem
    fields = ("item", "item_type", "quantity", "unit_amount", "discount", "tax", "total")
    ordering = ("pk",)
    unit_amount = money("unit price", "unit_amount")
    discount = money("discount", "discount")
    tax = money("tax", "tax_amount")
    total = money("total", "total_amount")

    @column("item")
    def item(self, row: LineItem) -> str:
        return ": ".join(filter(None, (row.sku_code, row.bundle_code, row.name)))


class MoneyInline(ReadOnlyInline):
    """What happened to the order's money."""

    fields: tuple[str, ...] = ("number", "amount", "created_at")
    ordering = ("pk",)
    amount = money("amount", "amount")


class AuthorizationInline(MoneyInline):
    model = Authorization
    fields = ("number", "amount", "balance", "created_at")
    balance = money("still held", "void_balance")


class CaptureInline(MoneyInline):
    model = Capture
    fields = ("number", "amount", "balance", "created_at")
    balance = money("can be given back", "refund_balance")


class VoidInline(MoneyInline):
    model = Void


class RefundInline(MoneyInline):
    model = Refund


@admin.register(Order)
class OrderAdmin(TenantAdmin):
    """Orders. They come from storefronts; staff see them through."""

    form = TaggedForm
    writable = ("update", "destroy")
    list_display = (
        "number",
        "state",
        "payment",
        "fulfillment_status",
        "owner",
        "market",
        "total",
        "placed_at",
    )
    list_filter = (
        "status",
        "payment_status",
        "fulfillment_status",
        "guest",
        ("market", OwnRelatedFilter),
    )
    related = ("customer", "market")
    search_fields = ("=number", "uid__exact", "^customer_email", "=reference")
    lookups = ("customer",)
    date_hierarchy = "placed_at"
    autocomplete_fields = ("customer", "tags")
    inlines = (LineItemInline, AuthorizationInline, CaptureInline, VoidInline, RefundInline)
    main = ("customer", ("language_code", "affiliate_code"), ("cart_url", "return_url"), "tags")
    facts = (
        ("number", "state"),
        ("payment", "fulfillment_status"),
        ("market", "store"),
        ("payment_method", "payment_costs"),
        ("subtotal", "shipping"),
        ("discounts", "adjustments"),
        ("taxes", "total"),
        ("shipping_link", "billing_link"),
        ("placed_at", "approved_at"),
        ("cancelled_at", "archived_at"),
    )
    actions_detail = (
        "place",
        "approve",
        "capture",
        "fulfill",
        "refund",
        "cancel",
        "archive",
        "unarchive",
    )

    place = step(
        "_place",
        "Place",
        "The order becomes binding and counts for its customer.",
        offered=status_is(*PLACEABLE),
        look="good",
    )
    approve = step(
        "_approve",
        "Approve",
        "The order can be fulfilled.",
        offered=status_is(OrderStatus.PLACED),
        look="good",
    )
    capture = step(
        "_capture",
        "Record payment",
        "Notes that the payment was taken; the gateway is not asked.",
        offered=lambda order: order.payment_status in AUTHORIZED,
    )
    fulfill = step(
        "_fulfill",
        "Record delivery",
        "Notes that everything was delivered.",
        offered=lambda order: (
            order.status == OrderStatus.APPROVED and order.fulfillment_status != "fulfilled"
        ),
    )
    refund = step(
        "_refund",
        "Record refund",
        "Notes that the payment was given back; the gateway is not asked.",
        offered=lambda order: order.payment_status in REFUNDABLE,
        look="grave",
    )
    cancel = step(
        "_cancel",
        "Cancel",
        "The order no longer counts for its customer. This cannot be undone.",
        offered=status_is(OrderStatus.PLACED, OrderStatus.APPROVED),
        look="grave",
    )
    archive = step(
        "_archive", "Archive", "Puts the order away.", offered=lambda order: not order.archived_at
    )
    unarchive = step(
        "_unarchive",
        "Unarchive",
        "Takes the order back out.",
        offered=lambda order: bool(order.archived_at),
    )

    total = money("total", "total_amount_with_taxes")
    subtotal = money("subtotal", "subtotal_amount")
    shipping = money("shipping", "shipping_amount")
    payment_costs = money("payment costs", "payment_method_amount")
    discounts = money("discount", "discount_amount")
    adjustments = money("adjustments", "adjustment_amount")
    taxes = money("taxes", "total_tax_amount")

    def label(self, row: Order) -> str:
        return f"Order {row.number}"

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: Order) -> str:
        return row.status

    @column("payment", ordering="payment_status", colours=PAYMENT_COLOURS)
    def payment(self, row: Order) -> str:
        return row.payment_status

    @column("customer", ordering="customer__email")
    def owner(self, row: Order) -> SafeString | str:
        return record_link(row.customer) if row.customer else row.customer_email or "-"

    @column("shipping address")
    def shipping_link(self, row: Order) -> SafeString | str:
        return record_link(row.shipping_address)

    @column("billing address")
    def billing_link(self, row: Order) -> SafeString | str:
        return record_link(row.billing_address)

    def write(self, request: HttpRequest, obj: Order, form: Any) -> None:
        """Moving an order to another customer recounts both."""
        services.update_order(order=obj, trusted=True, values=written_columns(obj, form))

    def destroy(self, obj: Order) -> None:
        services.delete_order(order=obj)


@admin.register(LineItem)
class LineItemAdmin(TenantAdmin):
    """Lines of all orders."""

    writable = ()
    list_display = ("title", "order", "item_type", "quantity", "unit_amount", "total")
    list_filter = ("item_type",)
    related = ("order",)
    search_fields = ("=sku_code", "=bundle_code", "uid__exact", "=order__number", "=reference")
    main = ("order", ("sku_code", "bundle_code", "name"), ("item_type", "quantity"))
    facts = (("unit_amount", "discount"), ("tax", "total"))
    unit_amount = money("unit price", "unit_amount")
    discount = money("discount", "discount")
    tax = money("tax", "tax_amount")
    total = money("total", "total_amount")

    @column("item", ordering="sku_code")
    def title(self, row: LineItem) -> str:
        return ": ".join(filter(None, (row.sku_code, row.bundle_code, row.name))) or row.uid
