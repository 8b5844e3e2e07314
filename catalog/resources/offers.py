"""What is offered to whom, and what may be subscribed to, as /api shows it."""

from __future__ import annotations

from typing import Any

from catalog.frequencies import validate_frequency
from catalog.models import Coupon, Plan, Segment, SubscriptionModel
from catalog.serializers import CurrencyField, MoneySerializer, TextsField
from jsonapi.errors import Invalid
from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer
from jsonapi.views import ResourceViewSet


class SegmentSerializer(ResourceSerializer):
    """A segment; its rules are written in the admin."""

    class Meta:
        model = Segment
        fields = ("name", "description")
        read_only_fields = ("name", "description")


@resource("segments")
class SegmentViewSet(ResourceViewSet):
    serializer_class = SegmentSerializer
    actions_allowed = ("list", "retrieve", "update")


class PlanSerializer(MoneySerializer):
    """A plan, offered to whom its segments say."""

    entitlements = TextsField("entitlements")

    class Meta:
        model = Plan
        fields = (
            "name",
            "code",
            "description",
            "currency_code",
            "interval",
            "interval_count",
            "auto_renew",
            "address_required",
            "entitlements",
            "enabled",
            "sku",
            "segments",
        )
        amounts = ("amount",)


@resource("plans")
class PlanViewSet(ResourceViewSet):
    serializer_class = PlanSerializer


class CouponSerializer(MoneySerializer):
    """A coupon, offered to whom its segments say."""

    # None where a part is taken off, so an empty one is a mistake.
    currency_code = CurrencyField(allow_null=True)

    class Meta:
        model = Coupon
        fields = (
            "code",
            "name",
            "percent_off",
            "currency_code",
            "duration",
            "duration_in_months",
            "expires_at",
            "segments",
            "events",
            "tags",
        )
        amounts = ("amount_off",)
        trusted_fields = ("tags",)


@resource("coupons")
class CouponViewSet(ResourceViewSet):
    serializer_class = CouponSerializer


class SubscriptionModelSerializer(ResourceSerializer):
    """How the subscriptions of some markets are made."""

    frequencies = TextsField("frequencies")

    class Meta:
        model = SubscriptionModel
        fields = (
            "name",
            "strategy",
            "frequencies",
            "auto_activate",
            "auto_cancel",
            "attachments",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None and not attrs.get("frequencies"):
            raise Invalid("frequencies", "blank", "can't be blank")
        return attrs

    def validate_frequencies(self, frequencies: list[str]) -> list[str]:
        for one in frequencies:
            validate_frequency(one)
        return list(dict.fromkeys(frequencies))


@resource("subscription_models")
class SubscriptionModelViewSet(ResourceViewSet):
    serializer_class = SubscriptionModelSerializer
