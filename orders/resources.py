"""The orders' resources of /api."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.models import Market, Sku, Store
from catalog.serializers import MoneySerializer
from customers.fields import LONGEST_PASSWORD, SHORTEST_PASSWORD
from customers.models import Customer
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from jsonapi.identifiers import RelationshipField
from jsonapi.registry import resource
from jsonapi.serializers import Computed, StrictBooleanField, StrictCharField
from jsonapi.views import ResourceViewSet
from orders import services
from orders.models import LineItem, Order, OrderSubscription, Return, ReturnLineItem
from orders.states import ItemType

# What a shopper may still write on an order that is placed.
NOTES = frozenset({"reference", "reference_origin", "metadata"})


class OrderSerializer(MoneySerializer):
    """An order. Its status moves by triggers, its sums by its lines."""

    customer_email = serializers.EmailField(required=False, allow_null=True, max_length=254)
    customer_password = StrictCharField(
        write_only=True,
        required=False,
        trim_whitespace=False,
        min_length=SHORTEST_PASSWORD,
        max_length=LONGEST_PASSWORD,
    )

    class Meta:
        model = Order
        fields = (
            "number",
            "affiliate_code",
            "autorefresh",
            "place_async",
            "status",
            "payment_status",
            "fulfillment_status",
            "guest",
            "editable",
            "customer_email",
            "customer_password",
            "customer_type",
            "language_code",
            "currency_code",
            "tax_included",
            "tax_rate",
            "country_code",
            "shipping_country_code_lock",
            "coupon_code",
            "gift_card_code",
            "skus_count",
            "line_item_options_count",
            "shipments_count",
            "errors_count",
            "payment_source_details",
            "token",
            "cart_url",
            "return_url",
            "terms_url",
            "privacy_url",
            "checkout_url",
            "placed_at",
            "approved_at",
            "cancelled_at",
            "payment_updated_at",
            "fulfillment_updated_at",
            "refreshed_at",
            "archived_at",
            "subscription_created_at",
            "expires_at",
            "expiration_info",
            "market",
            "customer",
            "shipping_address",
            "billing_address",
            "store",
            "line_items",
            "returns",
            "order_subscriptions",
            "attachments",
            "events",
            "tags",
        )
        amounts = (
            "subtotal_amount",
            "shipping_amount",
            "payment_method_amount",
            "discount_amount",
            "adjustment_amount",
            "gift_card_amount",
            "total_tax_amount",
            "subtotal_tax_amount",
            "total_amount",
            "total_taxable_amount",
            "total_amount_with_taxes",
            "fees_amount",
            "duty_amount",
            "place_total_amount",
        )
        optional_fields = ("market",)
        trusted_fields = (
            "number",
            "payment_source_details",
            "expires_at",
            "expiration_info",
            "tags",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not self.caller.is_trusted and self.instance is not None:
            self._check_open(attrs)
        self._keep_own_customer(attrs)
        if self.instance is None:
            attrs["market"] = attrs.get("market") or self._market_of_scope()
            attrs["store"] = attrs.get("store") or self._store_of_scope()
            attrs.setdefault("guest", attrs.get("customer") is None)
        return attrs

    def _check_open(self, attrs: dict[str, Any]) -> None:
        """Refuse a shopper's changes to an order that is no longer theirs to change."""
        if self.instance.is_editable:
            return
        refused = [
            Invalid(
                name,
                "not_editable",
                "can't be changed any more",
                relationship=isinstance(self.fields[name], RelationshipField),
            )
            for name in attrs
            if name not in NOTES
        ]
        if refused:
            raise Invalid.many(refused)

    def _keep_own_customer(self, attrs: dict[str, Any]) -> None:
        """Make a shopper's token order for the shopper only."""
        uid = self.caller.owner("Customer")
        if uid is None:
            return
        own = Customer.objects.visible_to(self.caller).get(uid=uid)
        if (attrs.get("customer_email", own.email) or "").lower() != own.email:
            raise Invalid("customer_email", "invalid", "is not the e-mail of the token's customer")
        if attrs.get("customer", own) != own:
            raise Invalid("customer", "invalid", "is not the token's customer", relationship=True)
        if self.instance is None:
            attrs["customer"] = own

    def _market_of_scope(self) -> Market:
        uids = self.caller.market_ids or ()
        found = list(Market.objects.visible_to(self.caller).filter(uid__in=uids)[:2])
        if len(found) != 1:
            raise Invalid("market", "blank", "can't be blank", relationship=True)
        market: Market = found[0]
        return market

    def _store_of_scope(self) -> Store | None:
        uids = self.caller.store_ids or ()
        found = list(Store.objects.visible_to(self.caller).filter(uid__in=uids)[:2])
        return found[0] if len(found) == 1 else None

    def create(self, validated_data: dict[str, Any]) -> Order:
        sets = self._take_sets(validated_data)
        order = services.create_order(trusted=self.caller.is_trusted, values=validated_data)
        self._set_all(order, sets)
        return order

    def update(self, instance: Order, validated_data: dict[str, Any]) -> Order:
        sets = self._take_sets(validated_data)
        services.update_order(order=instance, trusted=self.caller.is_trusted, values=validated_data)
        self._set_all(instance, sets)
        return instance


class OrderFirst(ResourceViewSet):
    """Locks customer and order before the row itself: the one order of all locks."""

    def order_of(self, row: Any) -> Order:
        """Return the order that a row belongs to."""
        raise NotImplementedError

    def before_lock(self, caller: Caller, uid: str) -> None:
        """Lock the customer and the order of a row that is about to change."""
        row = self.rows_for(caller).filter(uid=uid).first()
        if row is not None:
            services.lock_order(order=self.order_of(row))


@resource("orders")
class OrderViewSet(OrderFirst):
    serializer_class = OrderSerializer

    def order_of(self, row: Order) -> Order:
        return row

    def perform_destroy(self, instance: Order) -> None:
        """Delete an order; its customer has one less."""
        services.delete_order(order=instance)


class LineItemSerializer(MoneySerializer):
    """A line of an order. Shoppers name a SKU; integrations may name their own price."""

    item = RelationshipField(model=Sku, required=False, write_only=True)
    _update_quantity = StrictBooleanField(write_only=True, required=False)

    class Meta:
        model = LineItem
        fields = (
            "sku_code",
            "quantity",
            "_update_quantity",
            "currency_code",
            "name",
            "image_url",
            "tax_rate",
            "item_type",
            "order",
            "item",
            "sku",
            "events",
            "tags",
            "return_line_items",
        )
        amounts = ("unit_amount", "compare_at_amount", "discount", "total_amount", "tax_amount")
        create_only_fields = ("_update_quantity", "item_type", "order", "item")
        read_only_fields = ("sku",)
        trusted_fields = ("unit_amount_cents", "compare_at_amount_cents", "tax_rate", "tags")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.caller.is_trusted or self.instance is not None:
            return attrs
        if attrs.get("item_type", ItemType.SKUS) != ItemType.SKUS:
            raise Invalid("item_type", "inclusion", "is not included in the list")
        if attrs.get("item") is None and attrs.get("sku_code") is None:
            raise Invalid("sku_code", "blank", "can't be blank")
        if not Order.objects.changeable_by(self.caller).filter(pk=attrs["order"].pk).exists():
            raise Invalid("order", "not_editable", "can't be edited", relationship=True)
        return attrs

    def create(self, validated_data: dict[str, Any]) -> LineItem:
        sets = self._take_sets(validated_data)
        order = validated_data.pop("order")
        merge = validated_data.pop("_update_quantity", False)
        validated_data["sku"] = validated_data.pop("item", None)
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
            "return_line_items",
            "attachments",
            "events",
            "tags",
        )
        amounts = ("estimated_refund_amount",)
        read_only_fields = ("customer", "origin_address")
        create_only_fields = ("order",)
        trusted_fields = ("tags",)

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
    name = bought("name")
    image_url = bought("image_url")

    class Meta:
        model = ReturnLineItem
        fields = (
            "sku_code",
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
