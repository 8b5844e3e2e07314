"""By which means orders are paid and sent, as /api shows it."""

from __future__ import annotations

from typing import Any

from catalog.models import Market, PaymentMethod, ShippingMethod
from catalog.rules import currency_of, place_of
from catalog.serializers import CurrencyField, MoneySerializer
from jsonapi.registry import resource
from jsonapi.views import ResourceViewSet


class PaymentMethodSerializer(MoneySerializer):
    """A means of payment. What moves the money, a gateway, is another system."""

    # Follows from the market, where there is one.
    currency_code = CurrencyField(allow_null=True)

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

    currency_code = CurrencyField()

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
        attrs["currency_code"] = currency_of(market, currency)
        return attrs


@resource("shipping_methods")
class ShippingMethodViewSet(ResourceViewSet):
    serializer_class = ShippingMethodSerializer
