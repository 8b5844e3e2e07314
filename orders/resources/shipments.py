"""Shipments, as /api shows them."""

from __future__ import annotations

from typing import Any

from catalog.serializers import MoneySerializer
from jsonapi.registry import resource
from orders import services
from orders.models import Order, Shipment
from orders.resources.locking import OrderFirst


class ShipmentSerializer(MoneySerializer):
    """Goods on their way. Shoppers choose how they are sent; the rest is the shop's to say."""

    class Meta:
        model = Shipment
        fields = (
            "number",
            "status",
            "currency_code",
            "skus_count",
            "on_hold_at",
            "picking_at",
            "packing_at",
            "ready_to_ship_at",
            "shipped_at",
            "delivered_at",
            "order",
            "shipping_address",
            "shipping_method",
            "available_shipping_methods",
            "stock_location",
            "origin_address",
            "line_items",
            "attachments",
            "events",
            "tags",
        )
        amounts = ("cost_amount",)
        read_only_fields = ("order",)
        trusted_fields = ("number", "cost_amount_cents", "tags")

    def update(self, instance: Shipment, validated_data: dict[str, Any]) -> Shipment:
        sets = self._take_sets(validated_data)
        services.change_shipment(shipment=instance, values=validated_data)
        self._set_all(instance, sets)
        return instance


@resource("shipments")
class ShipmentViewSet(OrderFirst):
    serializer_class = ShipmentSerializer
    # The server makes and deletes them: what is sent follows from the lines.
    actions_allowed = ("list", "retrieve", "update")

    def order_of(self, row: Shipment) -> Order:
        return row.order
