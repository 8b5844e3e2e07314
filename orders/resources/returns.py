"""Returns and their lines, as /api shows them."""

from __future__ import annotations

from typing import Any

from catalog.serializers import MoneySerializer
from jsonapi.errors import Invalid
from jsonapi.registry import resource
from jsonapi.serializers import Computed
from orders import services
from orders.models import Order, Return, ReturnLineItem
from orders.resources.locking import OrderFirst


class ReturnSerializer(MoneySerializer):
    """What a customer sends back of one order."""

    class Meta:
        model = Return
        fields = (
            "number",
            "status",
            "customer_email",
            "skus_count",
            "approved_at",
            "cancelled_at",
            "shipped_at",
            "rejected_at",
            "received_at",
            "refunded_at",
            "archived_at",
            "order",
            "customer",
            "stock_location",
            "origin_address",
            "destination_address",
            "reference_capture",
            "reference_refund",
            "return_line_items",
            "attachments",
            "events",
            "resource_errors",
            "tags",
        )
        amounts = ("estimated_refund_amount",)
        read_only_fields = ("customer", "origin_address", "reference_refund")
        create_only_fields = ("order",)
        trusted_fields = ("reference_capture", "tags")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        capture = attrs.get("reference_capture")
        order = self.instance.order if self.instance else attrs["order"]
        if capture is not None and capture.order_id != order.pk:
            title = "does not belong to the order of the return"
            raise Invalid("reference_capture", "invalid", title, relationship=True)
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Return:
        sets = self._take_sets(validated_data)
        created = services.create_return(values=validated_data)
        self._set_all(created, sets)
        return created


@resource("returns")
class ReturnViewSet(OrderFirst):
    serializer_class = ReturnSerializer

    def order_of(self, row: Return) -> Order:
        return row.order


def bought(column: str) -> Computed:
    """Return an attribute that repeats what the line of the order says."""
    return Computed(_same, f"line_item__{column}")


def _same(value: Any) -> Any:
    return value


class ReturnLineItemSerializer(MoneySerializer):
    """How many of one line come back, and why."""

    sku_code = bought("sku_code")
    bundle_code = bought("bundle_code")
    name = bought("name")
    image_url = bought("image_url")

    class Meta:
        model = ReturnLineItem
        fields = (
            "sku_code",
            "bundle_code",
            "quantity",
            "name",
            "image_url",
            "return_reason",
            "restocked_at",
            "return",
            "line_item",
        )
        amounts = ("total_amount",)
        create_only_fields = ("return", "line_item")

    def create(self, validated_data: dict[str, Any]) -> ReturnLineItem:
        return services.add_return_line(values=validated_data)

    def update(self, instance: ReturnLineItem, validated_data: dict[str, Any]) -> ReturnLineItem:
        services.change_return_line(line=instance, values=validated_data)
        return instance


@resource("return_line_items")
class ReturnLineItemViewSet(OrderFirst):
    serializer_class = ReturnLineItemSerializer

    def order_of(self, row: ReturnLineItem) -> Order:
        returned: Return = getattr(row, "return")
        return returned.order

    def perform_destroy(self, instance: ReturnLineItem) -> None:
        """Delete a line of a draft; the return's sums follow."""
        services.remove_return_line(line=instance)
