"""What `/customers` and `/sources` show and take."""

from __future__ import annotations

from typing import Any

from django_countries import countries
from rest_framework import serializers

from anonymization.models import Status
from compat.customers.fields import (
    EmailText,
    Flag,
    Integer,
    LocaleField,
    MetadataField,
    Sparse,
    Strict,
    Text,
    TimeField,
    TypeField,
)
from customers.models import Customer, CustomerPaymentSource
from jsonapi.models import UID

# Somebody who asked to be forgotten, and has neither changed their mind nor to ask again.
ASKED = (Status.REQUESTED, Status.STARTED, Status.COMPLETED)
SOURCE_TYPES = (
    *("creditCard", "directDebit", "googlePay", "applePay", "payPal", "payPalBilling"),
    *("payPalCredit", "wireTransfer", "customerCredit", "alipay", "bPay", "onlineBanking"),
    *("codJapan", "klarnaCredit", "klarnaCreditRecurring", "konbini", "bankTransfer", "msts"),
    *("bancontact", "giftCard", "ideal", "amazonPay", "afterPay", "ccAvenue"),
)


class OptionalText(Text):
    """A text of at most 255 characters that may be null, empty or left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False, allow_null=True, allow_blank=True, max_length=255, **options
        )


class PlaceSerializer(Strict):
    """The address of a shipping; only its country is required."""

    line1 = OptionalText()
    line2 = OptionalText()
    city = OptionalText()
    postalCode = OptionalText()
    state = OptionalText()
    country = Text()

    def validate_country(self, value: str) -> str:
        if value not in countries:
            raise serializers.ValidationError("Not a country of ISO 3166-1.")
        return value


class AdditionalAddressSerializer(Strict):
    """What addresses of Brazil and Japan need besides."""

    neighborhood = OptionalText()
    division = OptionalText()
    phoneticName = OptionalText()


class ShippingSerializer(Strict):
    """Where goods go."""

    address = PlaceSerializer(required=False)
    name = OptionalText()
    phone = OptionalText()
    email = EmailText(required=False, allow_null=True)
    organization = OptionalText()
    additionalAddressInfo = AdditionalAddressSerializer(required=False)


class SourceSerializer(Sparse):
    """A payment source."""

    id = serializers.CharField(source="uid")
    createdTime = TimeField(source="created_at")
    type = serializers.CharField()
    reusable = serializers.BooleanField()
    state = serializers.CharField()
    customerId = serializers.CharField(source="customer.uid", default=None)
    liveMode = serializers.SerializerMethodField()

    def get_liveMode(self, source: CustomerPaymentSource) -> bool:
        return bool(self.context["live"])

    def to_representation(self, instance: CustomerPaymentSource) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.type and instance.details:
            shown[instance.type] = instance.details
        return shown


class SourceDetailsSerializer(Strict):
    """What a card shows; its number never comes here."""

    brand = OptionalText()
    expirationMonth = Integer(required=False, min_value=1, max_value=12)
    expirationYear = Integer(required=False, min_value=2000, max_value=2999)
    lastFourDigits = serializers.RegexField(r"^[0-9]{4}$", required=False)


class NewSourceSerializer(Strict):
    """A source that a payment gateway knows, before it is anybody's."""

    type = serializers.ChoiceField(choices=SOURCE_TYPES)

    def get_fields(self) -> dict[str, Any]:
        """The kind's own member, e.g. `creditCard`, holds its details."""
        given = getattr(self, "initial_data", None)
        kind = given.get("type") if isinstance(given, dict) else None
        own = {kind: SourceDetailsSerializer(required=False)} if kind in SOURCE_TYPES else {}
        return {**super().get_fields(), **own}

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the new row."""
        kind = self.validated_data["type"]
        return {"type": kind, "details": self.validated_data.get(kind, {})}


class CustomerSerializer(Sparse):
    """A customer; members that are not set are left out."""

    id = serializers.CharField(source="uid")
    createdTime = TimeField(source="created_at")
    updatedTime = TimeField(source="updated_at")
    email = serializers.CharField()
    shipping = ShippingSerializer()
    defaultSourceId = serializers.SerializerMethodField()
    sources = SourceSerializer(source="customer_payment_sources", many=True)
    requestToBeForgotten = serializers.SerializerMethodField()
    type = serializers.CharField()
    metadata = MetadataField()
    locale = serializers.CharField()
    enabled = serializers.BooleanField()
    liveMode = serializers.SerializerMethodField()

    def get_defaultSourceId(self, customer: Customer) -> str | None:
        sources = customer.customer_payment_sources.all()
        return next((source.uid for source in sources if source.is_default), None)

    def get_requestToBeForgotten(self, customer: Customer) -> bool:
        return customer.anonymization_status in ASKED

    def get_liveMode(self, customer: Customer) -> bool:
        return bool(self.context["live"])


class CustomerBody(Strict):
    """What can be written: members that are left out stay as they are, null clears them."""

    email = EmailText(required=False, allow_null=True)
    shipping = ShippingSerializer(required=False, allow_null=True)
    defaultSourceId = Text(required=False, allow_null=True)
    metadata = MetadataField(required=False)
    locale = LocaleField(required=False, allow_null=True)
    type = TypeField(required=False, allow_null=True)
    enabled = Flag(required=False)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the customer's row to write."""
        aside = ("defaultSourceId", "requestToBeForgotten", "id")
        return {name: value for name, value in self.validated_data.items() if name not in aside}


class NewCustomerBody(CustomerBody):
    """A new customer, under an id of the caller's choice."""

    id = Text(required=False, max_length=40)

    def validate_id(self, value: str) -> str:
        if not UID.match(value):
            raise serializers.ValidationError(
                "An id has 1 to 40 letters, digits, dashes and underscores."
            )
        return value

    def validate_defaultSourceId(self, value: str | None) -> None:
        if value is not None:
            raise serializers.ValidationError("Attach the source first.", code="source_not_found")

    @property
    def columns(self) -> dict[str, Any]:
        chosen = self.validated_data.get("id")
        return super().columns | ({"uid": chosen} if chosen else {})


class CustomerUpdateBody(CustomerBody):
    """A change of a customer."""

    requestToBeForgotten = Flag(required=False)
