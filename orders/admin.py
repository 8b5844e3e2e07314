"""Orders, what is in them, and what follows from them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from catalog.money import formatted
from customers.models import Customer
from orders import services
from orders.models import LineItem, Order, OrderSubscription, Return, ReturnLineItem
from orders.services.placing import PLACEABLE
from orders.services.subscriptions import STEPS as SUBSCRIPTION_STEPS
from orders.staff import COLOURS, PAYMENT_COLOURS, money, return_step, status_is
from orders.states import OrderStatus, PaymentStatus
from organizations.staff import (
    OwnRelatedFilter,
    Panel,
    ReadOnlyInline,
    TenantAdmin,
    column,
    list_url,
    panel,
    record_link,
    rows_for,
    step,
    when,
)
from organizations.staff.panels import MOST_ROWS, may_read


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
        return ": ".join(part for part in (row.sku_code, row.name) if part)


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
    inlines = (LineItemInline,)
    main = ("customer", ("language_code", "affiliate_code"), ("cart_url", "return_url"), "tags")
    facts = (
        ("number", "state"),
        ("payment", "fulfillment_status"),
        ("market", "store"),
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
        offered=lambda order: order.payment_status == PaymentStatus.AUTHORIZED,
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
        offered=lambda order: order.payment_status == PaymentStatus.PAID,
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
        columns = {field.name for field in obj._meta.concrete_fields}
        names = [name for name in form.changed_data if name in columns]
        values = {name: form.cleaned_data[name] for name in names}
        services.update_order(order=obj, trusted=True, values=values)

    def destroy(self, obj: Order) -> None:
        services.delete_order(order=obj)


@admin.register(LineItem)
class LineItemAdmin(TenantAdmin):
    """Lines of all orders."""

    writable = ()
    list_display = ("title", "order", "item_type", "quantity", "unit_amount", "total")
    list_filter = ("item_type",)
    related = ("order",)
    search_fields = ("=sku_code", "uid__exact", "=order__number", "=reference")
    main = ("order", ("sku_code", "name"), ("item_type", "quantity"))
    facts = (("unit_amount", "discount"), ("tax", "total"))
    unit_amount = money("unit price", "unit_amount")
    discount = money("discount", "discount")
    tax = money("tax", "tax_amount")
    total = money("total", "total_amount")

    @column("item", ordering="sku_code")
    def title(self, row: LineItem) -> str:
        return ": ".join(part for part in (row.sku_code, row.name) if part) or row.uid


@admin.register(OrderSubscription)
class OrderSubscriptionAdmin(TenantAdmin):
    """Orders that repeat themselves."""

    form = TaggedForm
    writable = ("update",)
    list_display = ("number", "state", "frequency", "owner", "market", "next_run_at")
    list_filter = ("status", ("market", OwnRelatedFilter))
    related = ("customer", "market")
    search_fields = ("uid__exact", "^customer_email", "=reference")
    lookups = ("customer",)
    autocomplete_fields = ("tags",)
    actions_detail = ("activate", "deactivate", "cancel")
    main = (("next_run_at", "expires_at"), "tags")
    facts = (
        ("number", "state"),
        ("frequency", "market"),
        ("owner", "source_order"),
        ("starts_at", "last_run_at"),
        ("occurrencies", "errors_count"),
    )

    activate = step(
        "_activate",
        "Activate",
        "Orders will be made from now on.",
        offered=status_is(*SUBSCRIPTION_STEPS["_activate"].before),
        look="good",
    )
    deactivate = step(
        "_deactivate",
        "Deactivate",
        "No orders until it is activated again.",
        offered=status_is(*SUBSCRIPTION_STEPS["_deactivate"].before),
    )
    cancel = step(
        "_cancel",
        "Cancel",
        "No orders any more. This cannot be undone.",
        offered=status_is(*SUBSCRIPTION_STEPS["_cancel"].before),
        look="grave",
    )

    def label(self, row: OrderSubscription) -> str:
        return f"Subscription {row.number}"

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: OrderSubscription) -> str:
        return row.status

    @column("customer", ordering="customer__email")
    def owner(self, row: OrderSubscription) -> SafeString | str:
        return record_link(row.customer)


class ReturnLineItemInline(ReadOnlyInline):
    """What comes back."""

    model = ReturnLineItem
    fields = ("item", "quantity", "total", "restocked_at")
    total = money("total", "total_amount")

    @column("item")
    def item(self, row: ReturnLineItem) -> str:
        return str(row.line_item.sku_code or row.line_item.name)


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


@panel(Customer)
def orders(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show the customer's latest orders."""
    if not may_read(request, "orders", customer):
        return None
    rows = rows_for(request, Order).filter(customer=customer).order_by("-pk")[:MOST_ROWS]
    shown = [
        (
            record_link(one),
            one.status,
            one.payment_status,
            formatted(one.total_amount_with_taxes_cents, one.currency_code),
            when(one.placed_at),
        )
        for one in rows
    ]
    headers = ("Order", "Status", "Payment", "Total", "Placed")
    return Panel("Orders", headers, shown, list_url(Order, f"customer__id__exact={customer.pk}"))


@panel(Customer)
def order_subscriptions(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show what the customer gets again and again; nothing where there is none."""
    rows = rows_for(request, OrderSubscription).filter(customer=customer).order_by("-pk")
    shown = [
        (record_link(one), one.status, one.frequency, when(one.next_run_at))
        for one in rows[:MOST_ROWS]
    ]
    headers = ("Subscription", "Status", "Frequency", "Next run")
    more = list_url(OrderSubscription, f"customer__id__exact={customer.pk}")
    return Panel("Order subscriptions", headers, shown, more) if shown else None


@panel(Customer)
def returns(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show what the customer sent back; nothing where there is none."""
    rows = rows_for(request, Return).filter(customer=customer).order_by("-pk")[:MOST_ROWS]
    shown = [(record_link(one), one.status, when(one.created_at)) for one in rows]
    more = list_url(Return, f"customer__id__exact={customer.pk}")
    return Panel("Returns", ("Return", "Status", "Opened"), shown, more) if shown else None
