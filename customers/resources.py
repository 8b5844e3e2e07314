"""The customer-side resources of /api."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from customers import formatting, services
from customers.fields import CustomerEmailField, PasswordField
from customers.models import (
    Address,
    Customer,
    CustomerAddress,
    CustomerGroup,
    CustomerPaymentSource,
    CustomerSubscription,
)
from customers.validation import validate_address, validate_position
from jsonapi.identifiers import RelationshipField
from jsonapi.registry import resource
from jsonapi.serializers import Computed, ResourceSerializer
from jsonapi.views import ResourceViewSet
from organizations.models import Organization


class CustomerGroupSerializer(ResourceSerializer):
    """A customer group; its customers and markets are assigned from their side."""

    class Meta:
        model = CustomerGroup
        fields = ("name", "code", "attachments")


@resource("customer_groups")
class CustomerGroupViewSet(ResourceViewSet):
    serializer_class = CustomerGroupSerializer


class CustomerSerializer(ResourceSerializer):
    """A customer. `status` and `total_orders_count` are facts about their orders."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    anonymization_info = serializers.ReadOnlyField()

    class Meta:
        model = Customer
        fields = (
            "email",
            "password",
            "status",
            "has_password",
            "total_orders_count",
            "shopper_reference",
            "profile_id",
            "tax_exemption_code",
            "anonymization_info",
            "anonymization_status",
            "customer_group",
            "attachments",
            "events",
            "tags",
        )
        # A group opens private markets: nobody may put themselves into one.
        trusted_fields = ("tags", "customer_group")

    def update(self, instance: Customer, validated_data: dict[str, Any]) -> Customer:
        services.check_not_forgotten(customer=instance)
        customer: Customer = super().update(instance, validated_data)
        return customer


@resource("customers")
class CustomerViewSet(ResourceViewSet):
    serializer_class = CustomerSerializer

    def perform_destroy(self, instance: Customer) -> None:
        """Delete a customer without orders, and every trace of them."""
        services.forget_at_once(customer=instance)


class AddressSerializer(ResourceSerializer):
    """A postal address, on its own until an address book or an order takes it in."""

    full_name = Computed(formatting.full_name, *formatting.FULL_NAME)
    full_address = Computed(formatting.full_address, *formatting.FULL_ADDRESS)
    name = Computed(formatting.name, *formatting.FULL_NAME, *formatting.FULL_ADDRESS)
    is_localized = Computed(formatting.is_localized, "lat", "lng")
    map_url = Computed(formatting.map_url, "lat", "lng")

    class Meta:
        model = Address
        fields = (
            "business",
            "first_name",
            "last_name",
            "company",
            "full_name",
            "line_1",
            "line_2",
            "city",
            "zip_code",
            "state_code",
            "country_code",
            "phone",
            "full_address",
            "name",
            "email",
            "notes",
            "lat",
            "lng",
            "is_localized",
            "map_url",
            "billing_info",
            "events",
            "tags",
        )
        trusted_fields = ("tags",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        organization = Organization.objects.get(uid=self.caller.organization_id)
        validate_address(attrs, self.instance, organization)
        validate_position(attrs.get("lat"), attrs.get("lng"))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Address:
        address: Address = super().create(
            {**validated_data, "customer": services.customer_of_token(caller=self.caller)}
        )
        return address


@resource("addresses")
class AddressViewSet(ResourceViewSet):
    serializer_class = AddressSerializer


class CustomerAddressSerializer(ResourceSerializer):
    """An entry of an address book: the address becomes the customer's."""

    name = Computed(
        formatting.name,
        *(f"address__{column}" for column in (*formatting.FULL_NAME, *formatting.FULL_ADDRESS)),
    )
    customer_email = CustomerEmailField()

    class Meta:
        model = CustomerAddress
        fields = ("name", "customer_email", "customer", "address", "events")
        create_only_fields = ("customer_email",)
        optional_fields = ("customer",)

    def create(self, validated_data: dict[str, Any]) -> CustomerAddress:
        customer = services.customer_for(
            caller=self.caller,
            customer=validated_data.pop("customer", None),
            email=validated_data.pop("customer_email", None),
        )
        address = services.take_address(customer=customer, address=validated_data["address"])
        entry: CustomerAddress = super().create(
            {**validated_data, "customer": customer, "address": address}
        )
        return entry

    def update(self, instance: CustomerAddress, validated_data: dict[str, Any]) -> CustomerAddress:
        customer = validated_data.get("customer", instance.customer)
        if address := validated_data.get("address"):
            address = services.take_address(customer=customer, address=address)
            validated_data["address"] = address
        entry: CustomerAddress = super().update(instance, validated_data)
        return entry


@resource("customer_addresses")
class CustomerAddressViewSet(ResourceViewSet):
    serializer_class = CustomerAddressSerializer


class CustomerPaymentSourceSerializer(ResourceSerializer):
    """A wallet entry: the payment gateway's tokens."""

    customer = RelationshipField(model=Customer)

    class Meta:
        model = CustomerPaymentSource
        fields = ("name", "customer_token", "payment_source_token", "customer")
        read_only_fields = ("name",)


@resource("customer_payment_sources")
class CustomerPaymentSourceViewSet(ResourceViewSet):
    serializer_class = CustomerPaymentSourceSerializer


class CustomerSubscriptionSerializer(ResourceSerializer):
    """A newsletter-like opt-in; `reference` names the list."""

    customer_email = CustomerEmailField()

    class Meta:
        model = CustomerSubscription
        fields = ("customer_email", "customer", "events")
        create_only_fields = ("customer_email",)
        read_only_fields = ("customer",)

    def create(self, validated_data: dict[str, Any]) -> CustomerSubscription:
        customer = services.customer_for(
            caller=self.caller,
            email=validated_data.pop("customer_email", None),
            or_new_in=validated_data["environment_id"],
        )
        subscription: CustomerSubscription = super().create(
            {**validated_data, "customer": customer}
        )
        return subscription


@resource("customer_subscriptions")
class CustomerSubscriptionViewSet(ResourceViewSet):
    serializer_class = CustomerSubscriptionSerializer
