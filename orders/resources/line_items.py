"""The lines of orders, as /api shows them."""

from __future__ import annotations

from typing import Any

from catalog.serializers import MoneySerializer
from jsonapi.errors import Invalid
from jsonapi.registry import resource
from jsonapi.serializers import StrictBooleanField
from orders import services
from orders.models import LineItem, Order
from orders.resources.goods import ItemField, take_item
from orders.resources.locking import OrderFirst
from orders.states import STOCKED, ItemType


class LineItemSerializer(MoneySerializer):
    """A line of an order. Shoppers name a SKU; integrations may name their own price."""

    item = ItemField()
    _update_quantity = StrictBooleanField(write_only=True, required=False)

    class Meta:
        model = LineItem
        fields = (
            "sku_code",
            "bundle_code",
            "quantity",
            "_update_quantity",
            "currency_code",
            "name",
            "image_url",
            "tax_rate",
            "item_type",
            "frequency",
            "order",
            "item",
            "sku",
            "bundle",
            "notifications",
            "events",
            "tags",
            "return_line_items",
        )
        amounts = ("unit_amount", "compare_at_amount", "discount", "total_amount", "tax_amount")
        create_only_fields = ("_update_quantity", "item_type", "order", "item")
        read_only_fields = ("sku", "bundle")
        trusted_fields = ("unit_amount_cents", "compare_at_amount_cents", "tax_rate", "tags")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.caller.is_trusted or self.instance is not None:
            return attrs
        if attrs.get("item_type", ItemType.SKUS) not in STOCKED:
            raise Invalid("item_type", "inclusion", "is not included in the list")
        if all(attrs.get(name) is None for name in ("item", "sku_code", "bundle_code")):
            raise Invalid("sku_code", "blank", "can't be blank")
        if not Order.objects.changeable_by(self.caller).filter(pk=attrs["order"].pk).exists():
            raise Invalid("order", "not_editable", "can't be edited", relationship=True)
        return attrs

    def create(self, validated_data: dict[str, Any]) -> LineItem:
        sets = self._take_sets(validated_data)
        order = validated_data.pop("order")
        merge = validated_data.pop("_update_quantity", False)
        take_item(validated_data)
        line = services.add_line(order=order, values=validated_data, merge=merge)
        self._set_all(line, sets)
        return line

    def update(self, instance: LineItem, validated_data: dict[str, Any]) -> LineItem:
        sets = self._take_sets(validated_data)
        services.change_line(line=instance, values=validated_data)
        self._set_all(instance, sets)
        return instance


@resource("line_items")
class LineItemViewSet(OrderFirst):
    serializer_class = LineItemSerializer

    def order_of(self, row: LineItem) -> Order:
        return row.order

    def perform_destroy(self, instance: LineItem) -> None:
        """Delete a line; the order's sums follow."""
        services.remove_line(line=instance)
