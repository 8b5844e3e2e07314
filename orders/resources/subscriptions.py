"""Order subscriptions, as /api shows them."""

from __future__ import annotations

from typing import Any

from catalog.serializers import MoneySerializer
from jsonapi.registry import resource
from orders import services
from orders.models import Order, OrderSubscription
from orders.resources.locking import OrderFirst


class OrderSubscriptionSerializer(MoneySerializer):
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
            "customer_email",
            "starts_at",
            "expires_at",
            "last_run_at",
            "next_run_at",
            "occurrencies",
            "errors_count",
            "succeeded_on_last_run",
            "market",
            "source_order",
            "customer",
            "customer_payment_source",
            "events",
            "tags",
        )
        amounts = ()
        read_only_fields = ("customer",)
        create_only_fields = ("starts_at", "market", "source_order")
        optional_fields = ("market",)
        trusted_fields = ("tags",)

    def create(self, validated_data: dict[str, Any]) -> OrderSubscription:
        sets = self._take_sets(validated_data)
        subscription = services.create_subscription(values=validated_data)
        self._set_all(subscription, sets)
        return subscription


@resource("order_subscriptions")
class OrderSubscriptionViewSet(OrderFirst):
    serializer_class = OrderSubscriptionSerializer

    def order_of(self, row: OrderSubscription) -> Order:
        return row.source_order
