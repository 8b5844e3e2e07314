"""The page of shipments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from orders import services
from orders.models import Order, Shipment
from orders.staff import COLOURS, money, shipment_step, written_columns
from organizations.staff import Panel, TenantAdmin, column, panel, record_link, when


@admin.register(Shipment)
class ShipmentAdmin(TenantAdmin):
    """Goods on their way."""

    form = TaggedForm
    writable = ("update",)
    list_display = ("number", "state", "order", "shipping_method", "skus_count", "shipped_at")
    list_filter = ("status",)
    related = ("order", "shipping_method")
    search_fields = ("=number", "uid__exact", "=order__number", "=reference")
    autocomplete_fields = ("shipping_method", "tags")
    actions_detail = (
        "picking",
        "packing",
        "ready_to_ship",
        "ship",
        "deliver",
        "on_hold",
        "cancel",
    )
    main = ("number", "shipping_method", "cost_amount_cents", "tags")
    facts = (
        ("state", "order"),
        ("price", "skus_count"),
        ("address", "on_hold_at"),
        ("picking_at", "packing_at"),
        ("ready_to_ship_at", "shipped_at"),
        "delivered_at",
    )
    price = money("paid by the customer", "price")

    picking = shipment_step("_picking", "Start picking", "The goods are taken from the shelves.")
    packing = shipment_step("_packing", "Start packing", "The goods are being packed.")
    ready_to_ship = shipment_step("_ready_to_ship", "Ready to ship", "It waits for the carrier.")
    ship = shipment_step("_ship", "Record dispatch", "The carrier has it.", "good")
    deliver = shipment_step("_deliver", "Record delivery", "It has arrived.", "good")
    on_hold = shipment_step("_on_hold", "Put on hold", "Nothing happens until it is picked.")
    cancel = shipment_step("_cancel", "Cancel", "It is not sent. This cannot be undone.", "grave")

    def label(self, row: Shipment) -> str:
        return f"Shipment {row.number}"

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: Shipment) -> str:
        return row.status

    @column("goes to")
    def address(self, row: Shipment) -> SafeString | str:
        return record_link(row.order.shipping_address)

    def write(self, request: HttpRequest, obj: Shipment, form: Any) -> None:
        """Another shipping method changes the order's total."""
        services.change_shipment(shipment=obj, values=written_columns(obj, form))


@panel(Order)
def shipments(request: HttpRequest, order: Order) -> Panel | None:
    """Show what is sent; nothing where nothing is."""
    found = order.shipments.select_related("shipping_method").order_by("pk")
    shown = [
        (record_link(one), one.status, str(one.shipping_method or "-"), when(one.shipped_at))
        for one in found
    ]
    headers = ("Shipment", "Status", "Method", "Shipped")
    return Panel("Shipments", headers, shown) if shown else None
