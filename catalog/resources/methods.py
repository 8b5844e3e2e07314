"""By which means orders are paid and sent, as /api shows it."""

from __future__ import annotations

from typing import Any

from catalog.models import Market, PaymentMethod, ShippingMethod, place_of
from catalog.money import validate_currency
from catalog.rules import check_currency
from catalog.serializers import MoneySerializer
from jsonapi.errors import Invalid
from jsonapi.registry import resource
from jsonapi.serializers import StrictCharField
from jsonapi.views import ResourceViewSet


class PaymentMethodSerializer(MoneySerializer):
    """A means of payment. What moves the money, a gateway, is another system."""

    # Follows from the market, where there is one.
    currency_code = StrictCharField(
        required=False, allow_null=True, max_length=3, validators=[validate_currency]
    )

    class Meta:
        model = PaymentMethod
        fields = (
            "name",
            "payment_source_type",
            "currency_code",
            "moto",
            "require_capture",
            "auto_place",
            "auto_capture",
            "disabled_at",
            "market",
            "store",
            "attachments",
        )
        amounts = ("price_amount", "auto_capture_max_amount")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("market", "store", "currency_code")
        if self.instance is None or attrs.keys() & set(names):
            said = {name: attrs.get(name, getattr(self.instance, name, None)) for name in names}
            attrs["market"], attrs["currency_code"] = place_of(**said)
        return attrs


@resource("payment_methods")
class PaymentMethodViewSet(ResourceViewSet):
    serializer_class = PaymentMethodSerializer


class ShippingMethodSerializer(MoneySerializer):
    """A way to send goods; its currency is that of its market unless it says so itself."""

    currency_code = StrictCharField(required=False, max_length=3, validators=[validate_currency])

    class Meta:
        model = ShippingMethod
        fields = (
            "name",
            "scheme",
            "currency_code",
            "use_subtotal",
            "disabled_at",
            "market",
            "stock_location",
            "attachments",
            "notifications",
            "events",
            "tags",
        )
        amounts = ("price_amount", "free_over_amount")
        trusted_fields = ("tags",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        market: Market | None = attrs.get("market", getattr(self.instance, "market", None))
        currency = attrs.get("currency_code", getattr(self.instance, "currency_code", None))
        if currency is None and market is None:
            raise Invalid("currency_code", "blank", "can't be blank")
        if currency is None and market is not None:
            attrs["currency_code"] = currency = market.currency_code
        check_currency(market, currency)
        return attrs


@resource("shipping_methods")
class ShippingMethodViewSet(ResourceViewSet):
    serializer_class = ShippingMethodSerializer
