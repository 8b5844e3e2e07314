"""Orders, as /api shows them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from catalog.models import Market, Store
from catalog.serializers import MoneySerializer
from customers.fields import LONGEST_PASSWORD, SHORTEST_PASSWORD
from customers.models import Customer
from customers.resources import CustomerPaymentSourceViewSet
from jsonapi import sql
from jsonapi.access import caller_of
from jsonapi.errors import Invalid, NotFound
from jsonapi.identifiers import RelationshipField
from jsonapi.registry import resource
from jsonapi.requests import Request
from jsonapi.serializers import StrictCharField
from jsonapi.sql import Fragment
from jsonapi.views import ResourceViewSet
from orders import services
from orders.models import ExternalPayment, Order
from orders.resources.external_payments import PaymentField
from orders.resources.locking import OrderFirst

WALLET = "available_customer_payment_sources"
# What a shopper may still write on an order that is placed.
NOTES = frozenset({"reference", "reference_origin", "metadata"})


class OrderSerializer(MoneySerializer):
    """An order. Its status moves by triggers, its sums by its lines."""

    customer_email = serializers.EmailField(required=False, allow_null=True, max_length=254)
    payment_source = PaymentField(model=ExternalPayment, required=False, allow_null=True)
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
            "payment_method",
            "payment_source",
            "default_payment_method",
            "available_payment_methods",
            "line_items",
            "shipments",
            "default_shipping_method",
            "transactions",
            "authorizations",
            "captures",
            "voids",
            "refunds",
            "returns",
            "order_subscription",
            "order_subscriptions",
            "recurring_order_copies",
            "attachments",
            "notifications",
            "links",
            "events",
            "resource_errors",
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
        # Whoever knows it may read the order; the link to the checkout may name it.
        secret_fields = ("token", "checkout_url")
        read_only_fields = ("order_subscription",)
        trusted_fields = (
            "number",
            "payment_source",
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


@resource("orders")
class OrderViewSet(OrderFirst):
    serializer_class = OrderSerializer

    def order_of(self, row: Order) -> Order:
        return row

    def _related(
        self, request: Request, uid: str, related: str
    ) -> tuple[type[ResourceViewSet], Fragment, bool]:
        """The wallet of the order's customer has an address here, and no place in documents."""
        if related != WALLET:
            return super()._related(request, uid, related)
        order = self.rows_for(caller_of(request)).filter(uid=self._valid(uid)).first()
        if order is None:
            raise NotFound
        owned = Q(customer=order.customer_id) if order.customer_id else Q(pk__in=())
        view = CustomerPaymentSourceViewSet
        return view, sql.condition(view.model, owned), True

    def perform_destroy(self, instance: Order) -> None:
        """Delete an order; its customer has one less."""
        services.delete_order(order=instance)
