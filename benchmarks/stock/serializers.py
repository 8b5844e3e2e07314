"""Serializers as DJA's documentation writes them: links for every relationship, data for some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework_json_api import serializers
from rest_framework_json_api.relations import HyperlinkedRelatedField, ResourceRelatedField
from rest_framework_json_api.utils import get_included_resources

from benchmarks.stock.models import (
    AnonymizationRequest,
    Customer,
    CustomerAddress,
    Order,
)
from catalog.money import as_float, formatted
from customers.formatting import FULL_ADDRESS, FULL_NAME, name

COMMON = ("created_at", "updated_at", "reference", "reference_origin", "metadata")


def links(resource: str, *, many: bool = True, **options: Any) -> Any:
    """Return a relationship that is links only."""
    return HyperlinkedRelatedField(many=many, read_only=True, **views(resource), **options)


def views(resource: str) -> dict[str, str]:
    return {
        "related_link_view_name": f"{resource}-related",
        "related_link_lookup_field": "uid",
        "related_link_url_kwarg": "pk",
        "self_link_view_name": f"{resource}-relationships",
    }


class Linkage(ResourceRelatedField):
    """A relationship with links and data."""

    def get_resource_id(self, value: Any) -> str:
        uid: str = value.uid
        return uid


def url(resource: str) -> serializers.HyperlinkedIdentityField:
    """Return the field that DJA turns into a resource's `self` link."""
    return serializers.HyperlinkedIdentityField(view_name=f"{resource}-detail", lookup_field="uid")


class Amount(serializers.Field):
    """An amount of an order in another notation, by the function that the product uses."""

    def __init__(self, show: Callable[[int, str], Any], column: str) -> None:
        super().__init__(source="*", read_only=True)
        self.show = show
        self.column = column

    def __deepcopy__(self, memo: Any) -> Amount:
        return Amount(self.show, self.column)

    def to_representation(self, value: Order) -> Any:
        return self.show(getattr(value, self.column), value.currency_code)


class Tenant(serializers.ModelSerializer):
    """What every resource says about where it lives."""

    id = serializers.ReadOnlyField(source="uid")
    mode = serializers.SerializerMethodField()
    organization_id = serializers.SerializerMethodField()

    def get_mode(self, _row: Any) -> str:
        mode: str = self.context["request"].auth["mode"]
        return mode

    def get_organization_id(self, _row: Any) -> str:
        organization: str = self.context["request"].auth["organization_id"]
        return organization


META = ("mode", "organization_id")


class CustomerAddressSerializer(Tenant):
    url = url("customeraddress")
    name = serializers.SerializerMethodField()
    customer_email = serializers.ReadOnlyField(source="customer.email")
    customer = links("customer_addresses", many=False)
    address = links("customer_addresses", many=False)
    events = links("customer_addresses")

    class Meta:
        model = CustomerAddress
        resource_name = "customer_addresses"
        fields = (
            *("id", "url", "name", "customer_email", "customer", "address", "events"),
            *(*COMMON, *META),
        )
        meta_fields = META

    def get_name(self, row: CustomerAddress) -> str:
        return name(*(getattr(row.address, part) for part in (*FULL_NAME, *FULL_ADDRESS)))


class OrderSerializer(Tenant):
    url = url("order")
    customer_type = serializers.SerializerMethodField()
    checkout_url = serializers.SerializerMethodField()
    line_item_options_count = serializers.ReadOnlyField(default=0)

    subtotal_amount_float = Amount(as_float, "subtotal_amount_cents")
    shipping_amount_float = Amount(as_float, "shipping_amount_cents")
    payment_method_amount_float = Amount(as_float, "payment_method_amount_cents")
    discount_amount_float = Amount(as_float, "discount_amount_cents")
    adjustment_amount_float = Amount(as_float, "adjustment_amount_cents")
    gift_card_amount_float = Amount(as_float, "gift_card_amount_cents")
    total_tax_amount_float = Amount(as_float, "total_tax_amount_cents")
    subtotal_tax_amount_float = Amount(as_float, "subtotal_tax_amount_cents")
    total_amount_float = Amount(as_float, "total_amount_cents")
    total_taxable_amount_float = Amount(as_float, "total_taxable_amount_cents")
    total_amount_with_taxes_float = Amount(as_float, "total_amount_with_taxes_cents")
    fees_amount_float = Amount(as_float, "fees_amount_cents")
    duty_amount_float = Amount(as_float, "duty_amount_cents")
    place_total_amount_float = Amount(as_float, "place_total_amount_cents")

    formatted_subtotal_amount = Amount(formatted, "subtotal_amount_cents")
    formatted_shipping_amount = Amount(formatted, "shipping_amount_cents")
    formatted_payment_method_amount = Amount(formatted, "payment_method_amount_cents")
    formatted_discount_amount = Amount(formatted, "discount_amount_cents")
    formatted_adjustment_amount = Amount(formatted, "adjustment_amount_cents")
    formatted_gift_card_amount = Amount(formatted, "gift_card_amount_cents")
    formatted_total_tax_amount = Amount(formatted, "total_tax_amount_cents")
    formatted_subtotal_tax_amount = Amount(formatted, "subtotal_tax_amount_cents")
    formatted_total_amount = Amount(formatted, "total_amount_cents")
    formatted_total_taxable_amount = Amount(formatted, "total_taxable_amount_cents")
    formatted_total_amount_with_taxes = Amount(formatted, "total_amount_with_taxes_cents")
    formatted_fees_amount = Amount(formatted, "fees_amount_cents")
    formatted_duty_amount = Amount(formatted, "duty_amount_cents")
    formatted_place_total_amount = Amount(formatted, "place_total_amount_cents")

    market = links("orders", many=False)
    customer = links("orders", many=False)
    shipping_address = links("orders", many=False)
    billing_address = links("orders", many=False)
    store = links("orders", many=False)
    line_items = links("orders")
    returns = links("orders")
    order_subscription = links("orders", many=False)
    order_subscriptions = links("orders")
    recurring_order_copies = links("orders")
    payment_method = links("orders", many=False)
    # Neither is a key of the row: any source will do where there are links only.
    default_payment_method = links("orders", many=False, source="market")
    available_payment_methods = links("orders", source="tags")
    default_shipping_method = links("orders", many=False, source="market")
    shipments = links("orders", source="tags")
    payment_source = links("orders", many=False)
    transactions = links("orders", source="authorizations")
    authorizations = links("orders")
    captures = links("orders")
    voids = links("orders")
    refunds = links("orders")
    attachments = links("orders")
    events = links("orders")
    notifications = links("orders")
    resource_errors = links("orders")
    tags = links("orders")
    links = links("orders")

    class Meta:
        model = Order
        resource_name = "orders"
        exclude = ("uid", "environment_id", "counted")
        meta_fields = META

    def get_customer_type(self, order: Order) -> str | None:
        if order.customer is None:
            return None
        return "returning" if order.customer.total_orders_count > order.counted else "new"

    def get_checkout_url(self, order: Order) -> str | None:
        url = order.market.checkout_url
        return url and url.replace(":order_id", order.uid).replace(":token", order.token)


class CustomerSerializer(Tenant):
    url = url("customer")
    anonymization_info = serializers.SerializerMethodField()
    customer_group = links("customers", many=False)
    attachments = links("customers")
    events = links("customers")
    tags = links("customers")
    orders = links("customers")
    returns = links("customers")
    order_subscriptions = links("customers")
    sku_lists = links("customers")
    customer_addresses = links("customers")
    customer_payment_sources = links("customers")
    customer_subscriptions = links("customers")
    # What the token says hangs on no column: any source will do where there are links only.
    jwt_custom_claim = serializers.SerializerMethodField()
    jwt_customer = links("customers", many=False, source="customer_group")
    jwt_markets = links("customers", source="tags")
    jwt_stock_locations = links("customers", source="tags")

    included_serializers = {
        "customer_addresses": CustomerAddressSerializer,
        "orders": OrderSerializer,
    }

    class Meta:
        model = Customer
        resource_name = "customers"
        fields = (
            *("id", "url", "email", "status", "has_password", "total_orders_count"),
            *("shopper_reference", "profile_id", "tax_exemption_code"),
            *("anonymization_info", "anonymization_status"),
            *("customer_group", "attachments", "events", "tags", "orders", "returns"),
            *("order_subscriptions", "sku_lists", "customer_addresses"),
            *("customer_payment_sources", "customer_subscriptions"),
            *("jwt_custom_claim", "jwt_customer", "jwt_markets", "jwt_stock_locations"),
            *(*COMMON, *META),
        )
        read_only_fields = ("status", "has_password", "total_orders_count", "anonymization_status")
        meta_fields = META

    def get_fields(self) -> dict[str, Any]:
        """Give linkage to what is included, as full linkage demands, and to nothing else."""
        fields: dict[str, Any] = super().get_fields()
        for included in get_included_resources(self.context.get("request")):
            fields[included] = Linkage(many=True, read_only=True, **views("customers"))
        return fields

    def get_jwt_custom_claim(self, _customer: Customer) -> Any:
        return self.context["request"].auth.get("custom_claim")

    def get_anonymization_info(self, customer: Customer) -> dict[str, Any]:
        if customer.anonymization_status is None:
            return {}
        requests = AnonymizationRequest.objects.filter(
            environment_id=customer.environment_id, subject_uid=customer.uid
        )
        return requests.values("status", "requested_at").latest("requested_at")
