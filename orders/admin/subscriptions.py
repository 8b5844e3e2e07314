"""The page of order subscriptions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from orders import services
from orders.models import OrderSubscription, OrderSubscriptionItem, RecurringOrderCopy
from orders.staff import COLOURS, money, subscription_step, written_columns
from orders.states import SubscriptionStatus
from organizations.staff import (
    OwnRelatedFilter,
    ReadOnlyInline,
    TenantAdmin,
    column,
    record_link,
    step,
)


class OrderSubscriptionItemInline(ReadOnlyInline):
    """What is ordered each time, where that is not all of the source order."""

    model = OrderSubscriptionItem
    fields = ("item", "quantity", "unit_amount", "total")
    ordering = ("pk",)
    unit_amount = money("unit price", "unit_amount")
    total = money("total", "total_amount")

    @column("item")
    def item(self, row: OrderSubscriptionItem) -> str:
        return row.sku_code or row.bundle_code or row.uid


class RecurringOrderCopyInline(ReadOnlyInline):
    """What became of the runs."""

    model = RecurringOrderCopy
    fields = ("state", "started_at", "order", "errors")
    ordering = ("-pk",)

    @column("status", colours=COLOURS)
    def state(self, row: RecurringOrderCopy) -> str:
        return row.status

    @column("order")
    def order(self, row: RecurringOrderCopy) -> SafeString | str:
        return record_link(row.target_order)

    @column("why not")
    def errors(self, row: RecurringOrderCopy) -> str:
        reasons = (row.errors_log or {}).items()
        return "; ".join(f"{name} {', '.join(titles)}" for name, titles in reasons)


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
    inlines = (OrderSubscriptionItemInline, RecurringOrderCopyInline)
    actions_detail = ("activate", "deactivate", "convert", "cancel")
    main = (("next_run_at", "expires_at"), "tags")
    facts = (
        ("number", "state"),
        ("frequency", "market"),
        ("owner", "source_order"),
        ("starts_at", "last_run_at"),
        ("occurrencies", "errors_count"),
        "succeeded_on_last_run",
    )

    activate = subscription_step(
        "_activate", "Activate", "Orders will be made from now on.", "good"
    )
    deactivate = subscription_step(
        "_deactivate", "Deactivate", "No orders until it is activated again."
    )
    convert = step(
        "_convert",
        "Convert",
        "Items will say what is ordered; at first, what the source order is made of.",
        offered=lambda subscription: (
            not subscription.itemized and subscription.status != SubscriptionStatus.CANCELLED
        ),
    )
    cancel = subscription_step(
        "_cancel", "Cancel", "No orders any more. This cannot be undone.", "grave"
    )

    def write(self, request: HttpRequest, obj: OrderSubscription, form: Any) -> None:
        """Another next run or end changes what is planned."""
        services.change_subscription(subscription=obj, values=written_columns(obj, form))

    def label(self, row: OrderSubscription) -> str:
        return f"Subscription {row.number}"

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: OrderSubscription) -> str:
        return row.status

    @column("customer", ordering="customer__email")
    def owner(self, row: OrderSubscription) -> SafeString | str:
        return record_link(row.customer)
