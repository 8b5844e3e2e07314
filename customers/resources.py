"""The customer-side resources of /api."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import transaction
from django.http import HttpResponse
from rest_framework import serializers

from customers import formatting, services
from customers.fields import CustomerEmailField, PasswordField, never
from customers.models import (
    PRESENT,
    Address,
    Customer,
    CustomerAddress,
    CustomerGroup,
    CustomerPasswordReset,
    CustomerPaymentSource,
    CustomerSubscription,
)
from customers.validation import validate_address, validate_position
from customers.wallets import columns_for, payment_in, settle
from jsonapi import documents, sql
from jsonapi.access import Caller, caller_of
from jsonapi.errors import Denied, Invalid, NotAllowed
from jsonapi.identifiers import RelationshipField
from jsonapi.parts import NOTHING, Part, Writing, within
from jsonapi.query import Query
from jsonapi.registry import resource
from jsonapi.requests import Request
from jsonapi.serializers import Computed, ResourceSerializer
from jsonapi.sql import Row
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


def _unless_forgotten(writing: Writing) -> Part:
    return NOTHING if writing.is_new else Part(condition=sql.text(Customer, PRESENT))


class CustomerSerializer(ResourceSerializer):
    """A customer. `status` and `total_orders_count` are facts about their orders."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    anonymization_info = serializers.ReadOnlyField()

    class Meta:
        model = Customer
        claimed = True
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

    @within(_unless_forgotten)
    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None:
            services.check_not_forgotten(customer=self.instance)
        return attrs


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
    # Positions are written, never looked up: there is no geocoder.
    is_geocoded = Computed(formatting.is_geocoded)
    provider_name = Computed(never)
    static_map_url = Computed(never)

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
            "is_geocoded",
            "provider_name",
            "map_url",
            "static_map_url",
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
        filter_names = {"country_code": "address_country_code"}
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
        fields = (
            "name",
            "customer_token",
            "payment_source_token",
            "customer",
            "payment_method",
            "payment_source",
        )
        secret_fields = ("customer_token", "payment_source_token")
        written_inverses = ("payment_source",)

    def create(self, validated_data: dict[str, Any]) -> CustomerPaymentSource:
        payment = validated_data.pop("payment_source", None)
        if payment is not None:
            validated_data = {**columns_for(payment), **validated_data}
        source: CustomerPaymentSource = super().create(validated_data)
        if payment is not None:
            payment.enter(source)
        settle(source=source)
        return source

    def update(
        self, instance: CustomerPaymentSource, validated_data: dict[str, Any]
    ) -> CustomerPaymentSource:
        moves = validated_data.get("customer", instance.customer) != instance.customer
        before = payment_in(instance)
        payment = validated_data.pop("payment_source", before)
        if moves:
            validated_data["is_default"] = False
        if payment not in (None, before):
            validated_data = {**columns_for(payment), **validated_data}
        source: CustomerPaymentSource = super().update(instance, validated_data)
        if payment != before and before is not None:
            before.leave()
        if payment is not None:
            payment.enter(source)
        if moves:
            settle(source=source)
        return source


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


class CustomerPasswordResetSerializer(ResourceSerializer):
    """A forgotten password: made by a back end, whose mail brings the customer the token."""

    customer_email = CustomerEmailField()
    reset_password_token = Computed(never)
    customer_password = PasswordField()

    class Meta:
        model = CustomerPasswordReset
        fields = (
            "customer_email",
            "reset_password_token",
            "customer_password",
            "reset_password_at",
            "customer",
            "events",
        )
        create_only_fields = ("customer_email",)
        read_only_fields = ("customer",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None and "customer_password" in attrs:
            raise NotAllowed("customer_password", pointer="/data/attributes/customer_password")
        if self.instance is None and "customer_email" not in attrs:
            raise Invalid("customer_email", "blank", "can't be blank")
        return attrs

    def create(self, validated_data: dict[str, Any]) -> CustomerPasswordReset:
        return services.request_password_reset(
            email=validated_data.pop("customer_email"), **validated_data
        )

    def update(
        self, instance: CustomerPasswordReset, validated_data: dict[str, Any]
    ) -> CustomerPasswordReset:
        instance.new_password = validated_data.pop("customer_password", None)
        reset: CustomerPasswordReset = super().update(instance, validated_data)
        return reset


@resource("customer_password_resets")
class CustomerPasswordResetViewSet(ResourceViewSet):
    """The token is shown once, in the reply that made it."""

    serializer_class = CustomerPasswordResetSerializer

    def update(self, request: Request, uid: str) -> HttpResponse:
        """PATCH: nobody without a token sets a password; a storefront does nothing without."""
        attributes = documents.read(request.data, self.resource_type, uid=uid).attributes
        token = attributes.get("_reset_password_token")
        if not caller_of(request).is_trusted and not (token and isinstance(token, str)):
            raise Denied(pointer="/data/attributes/_reset_password_token")
        with transaction.atomic():
            response = super().update(request, uid)
            if "customer_password" in attributes and not token:
                raise Invalid("customer_password", "invalid", "needs _reset_password_token")
        return response

    def before_lock(self, caller: Caller, uid: str) -> None:
        """Lock the customer, who comes before what is theirs."""
        owner = self.rows_for(caller).filter(uid=uid).values("customer_id")
        Customer.objects.select_for_update().filter(pk__in=owner).first()

    def _reply(self, request: Request, instance: Any, row: Row, wanted: Query) -> HttpResponse:
        response = super()._reply(request, instance, row, wanted)
        if instance.token is None:
            return response
        document = orjson.loads(response.content)
        sent = documents.read(request.data, self.resource_type).attributes
        email = sent["customer_email"].strip().lower()
        shown = {"customer_email": email, "reset_password_token": instance.token}
        attributes = document["data"]["attributes"]
        attributes |= {name: value for name, value in shown.items() if name in attributes}
        response.content = orjson.dumps(document)
        return response
