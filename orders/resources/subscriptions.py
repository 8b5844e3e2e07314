"""Order subscriptions, what is in them and what became of their runs, as /api shows them."""

from __future__ import annotations

from typing import Any

from catalog.serializers import MoneySerializer
from jsonapi.errors import Invalid, NotAllowed
from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer
from jsonapi.views import READ_ONLY, ResourceViewSet
from orders import services
from orders.models import Order, OrderSubscription, OrderSubscriptionItem, RecurringOrderCopy
from orders.resources.goods import ItemField, take_item
from orders.resources.locking import OrderFirst

# What only exists once the subscription does.
UPDATE_ONLY = {"next_run_at": "attributes", "customer_payment_source": "relationships"}


class OrderSubscriptionSerializer(ResourceSerializer):
    """A wish to have an order again and again."""

    class Meta:
        model = OrderSubscription
        fields = (
            "number",
            "status",
            "frequency",
            "activate_by_source_order",
            "place_target_order",
            "renewal_alert_period",
            "options",
            "customer_email",
            "starts_at",
            "expires_at",
            "last_run_at",
            "next_run_at",
            "occurrencies",
            "errors_count",
            "succeeded_on_last_run",
            "market",
            "subscription_model",
            "source_order",
            "customer",
            "customer_payment_source",
            "events",
            "tags",
        )
        read_only_fields = ("customer", "subscription_model")
        create_only_fields = ("starts_at", "market", "source_order")
        optional_fields = ("market",)
        trusted_fields = ("tags",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None:
            self._refuse_updates(attrs)
        wallet = attrs.get("customer_payment_source")
        if wallet is not None and wallet.customer_id != self.instance.customer_id:
            title = "does not belong to the subscription's customer"
            raise Invalid("customer_payment_source", "invalid", title, relationship=True)
        return attrs

    @staticmethod
    def _refuse_updates(attrs: dict[str, Any]) -> None:
        for name, member in UPDATE_ONLY.items():
            if attrs.pop(name, None) is not None:
                raise NotAllowed(name, pointer=f"/data/{member}/{name}")

    def create(self, validated_data: dict[str, Any]) -> OrderSubscription:
        sets = self._take_sets(validated_data)
        subscription = services.create_subscription(values=validated_data)
        self._set_all(subscription, sets)
        return subscription

    def update(
        self, instance: OrderSubscription, validated_data: dict[str, Any]
    ) -> OrderSubscription:
        sets = self._take_sets(validated_data)
        services.change_subscription(subscription=instance, values=validated_data)
        self._set_all(instance, sets)
        return instance


@resource("order_subscriptions")
class OrderSubscriptionViewSet(OrderFirst):
    serializer_class = OrderSubscriptionSerializer

    def order_of(self, row: OrderSubscription) -> Order:
        return row.source_order


class OrderSubscriptionItemSerializer(MoneySerializer):
    """What a subscription orders each time."""

    item = ItemField()

    class Meta:
        model = OrderSubscriptionItem
        fields = (
            "sku_code",
            "bundle_code",
            "quantity",
            "order_subscription",
            "item",
            "sku",
            "bundle",
            "source_line_item",
        )
        amounts = ("unit_amount", "total_amount")
        create_only_fields = ("order_subscription", "item")
        read_only_fields = ("sku", "bundle", "source_line_item")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = any(attrs.get(name) for name in ("item", "sku_code", "bundle_code"))
        if self.instance is None and not named:
            raise Invalid("sku_code", "blank", "can't be blank")
        return attrs

    def create(self, validated_data: dict[str, Any]) -> OrderSubscriptionItem:
        take_item(validated_data)
        return services.add_item(values=validated_data)

    def update(
        self, instance: OrderSubscriptionItem, validated_data: dict[str, Any]
    ) -> OrderSubscriptionItem:
        services.change_item(item=instance, values=validated_data)
        return instance


@resource("order_subscription_items")
class OrderSubscriptionItemViewSet(OrderFirst):
    serializer_class = OrderSubscriptionItemSerializer

    def order_of(self, row: OrderSubscriptionItem) -> Order:
        return row.order_subscription.source_order

    def perform_destroy(self, instance: OrderSubscriptionItem) -> None:
        """Delete an item; the next order is without it."""
        services.remove_item(item=instance)


class RecurringOrderCopySerializer(ResourceSerializer):
    """One run of a subscription. Only workers make them."""

    class Meta:
        model = RecurringOrderCopy
        fields = (
            "status",
            "started_at",
            "completed_at",
            "failed_at",
            "errors_log",
            "errors_count",
            "place_target_order",
            "reuse_wallet",
            "source_order",
            "target_order",
            "order_subscription",
            "events",
        )


@resource("recurring_order_copies")
class RecurringOrderCopyViewSet(ResourceViewSet):
    serializer_class = RecurringOrderCopySerializer
    actions_allowed = READ_ONLY
