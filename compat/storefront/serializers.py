"""The shared customer object of `/api/v1/sdk`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rest_framework import serializers

from catalog.models import Plan, PlanMembership, Sku
from catalog.money import formatted
from customers.models import Customer, CustomerPaymentSource
from customers.states import SourceState
from orders.models import LineItem, Order
from orders.states import COUNTED, GOODS, SubscriptionStatus

MOST_ORDERS = 50
CURRENT = (SubscriptionStatus.ACTIVE, SubscriptionStatus.RUNNING)


class UnixTime(serializers.Field[Any, Any, Any, Any]):
    """Seconds since 1970."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: datetime) -> int:
        return int(value.timestamp())


class LowerCase(serializers.CharField):
    """A currency, as this door writes it: usd."""

    def to_representation(self, value: Any) -> str:
        return str(value).lower()


class AddressSerializer(serializers.Serializer[Any]):
    """An entry of the address book."""

    id = serializers.IntegerField(source="pk")
    type = serializers.ReadOnlyField(default="shipping")
    first_name = serializers.CharField(source="address.first_name")
    last_name = serializers.CharField(source="address.last_name")
    company = serializers.CharField(source="address.company")
    line1 = serializers.CharField(source="address.line_1")
    line2 = serializers.CharField(source="address.line_2")
    city = serializers.CharField(source="address.city")
    state = serializers.CharField(source="address.state_code")
    country = serializers.CharField(source="address.country_code")
    postal_code = serializers.CharField(source="address.zip_code")
    phone = serializers.CharField(source="address.phone")
    is_default = serializers.BooleanField(default=False)


class SourceSerializer(serializers.Serializer[Any]):
    """A payment source."""

    id = serializers.IntegerField(source="pk")
    status = serializers.SerializerMethodField()
    is_default = serializers.BooleanField()
    properties = serializers.SerializerMethodField()

    def get_status(self, source: CustomerPaymentSource) -> str:
        return "active" if source.state == SourceState.CHARGEABLE else "pending"

    def get_properties(self, source: CustomerPaymentSource) -> dict[str, Any]:
        details = source.details
        return {
            "brand": details.get("brand"),
            "last4": details.get("lastFourDigits"),
            "exp_month": details.get("expirationMonth"),
            "exp_year": details.get("expirationYear"),
        }


class SubscriptionSerializer(serializers.Serializer[Any]):
    """An order that is placed again and again."""

    id = serializers.IntegerField(source="pk")
    status = serializers.CharField()
    frequency = serializers.CharField()
    created = UnixTime(source="created_at")
    renews_at = UnixTime(source="next_run_at")
    expires_at = UnixTime()


class OrderItemSerializer(serializers.Serializer[Any]):
    """What was ordered."""

    id = serializers.IntegerField(source="pk")
    product_sku_id = serializers.IntegerField(source="sku_id")
    product_sku_name = serializers.CharField(source="name")
    quantity = serializers.IntegerField()
    amount = serializers.IntegerField(source="total_amount_cents")


class OrderSerializer(serializers.Serializer[Any]):
    """A placed order; amounts in the currency's minor unit."""

    id = serializers.IntegerField(source="pk")
    amount = serializers.IntegerField(source="total_amount_with_taxes_cents")
    currency = LowerCase(source="currency_code")
    created = UnixTime(source="placed_at")
    quantity = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()

    def get_quantity(self, order: Order) -> int:
        return sum(line.quantity for line in self._goods(order))

    def get_items(self, order: Order) -> list[dict[str, Any]]:
        return [dict(one) for one in OrderItemSerializer(self._goods(order), many=True).data]

    @staticmethod
    def _goods(order: Order) -> list[LineItem]:
        return [line for line in order.line_items.all() if line.item_type in GOODS]


class SegmentSerializer(serializers.Serializer[Any]):
    """Why something is offered."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class ProductSerializer(serializers.Serializer[Any]):
    """What a plan delivers."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    description = serializers.CharField()
    image = serializers.CharField(source="image_url")


class PlanSerializer(serializers.Serializer[Any]):
    """A plan; its amount in the currency's minor unit."""

    id = serializers.IntegerField(source="pk")
    nickname = serializers.CharField(source="name")
    description = serializers.CharField()
    amount = serializers.IntegerField(source="amount_cents")
    amount_formatted = serializers.SerializerMethodField()
    currency = LowerCase(source="currency_code")
    interval = serializers.CharField()
    interval_count = serializers.IntegerField()
    auto_renew = serializers.BooleanField()
    address_required = serializers.BooleanField()
    entitlements = serializers.ListField(child=serializers.CharField())
    product_id = serializers.IntegerField(source="sku_id")
    product = ProductSerializer(source="sku")

    def get_amount_formatted(self, plan: Plan) -> str | None:
        return formatted(plan.amount_cents, plan.currency_code)


class EligiblePlanSerializer(PlanSerializer):
    """A plan and the segments that grant it."""

    segments = SegmentSerializer(source="granting", many=True)


class EligibleCouponSerializer(serializers.Serializer[Any]):
    """A coupon and the segments that grant it."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    name = serializers.CharField()
    percent_off = serializers.IntegerField()
    amount_off = serializers.IntegerField(source="amount_off_cents")
    currency = LowerCase(source="currency_code")
    duration = serializers.CharField()
    duration_in_months = serializers.IntegerField()
    expires_at = UnixTime()
    segments = SegmentSerializer(source="granting", many=True)


class EligibleSkuSerializer(serializers.Serializer[Any]):
    """A SKU and the segments that grant it; its price in the currency's minor unit."""

    id = serializers.IntegerField(source="pk")
    product_id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    code = serializers.CharField()
    description = serializers.CharField()
    image = serializers.CharField(source="image_url")
    price = serializers.SerializerMethodField()
    currency = serializers.SerializerMethodField()
    segments = SegmentSerializer(source="granting", many=True)

    def get_price(self, sku: Sku) -> int | None:
        return next((price.amount_cents for price in sku.prices.all()), None)

    def get_currency(self, sku: Sku) -> str | None:
        return next((price.currency_code.lower() for price in sku.prices.all()), None)


class MembershipSerializer(serializers.Serializer[Any]):
    """A place in a plan, as a client looks for it: below a subscription."""

    id = serializers.IntegerField(source="pk")
    status = serializers.CharField()
    created_at = UnixTime()
    subscription = serializers.SerializerMethodField()

    def get_subscription(self, membership: PlanMembership) -> dict[str, Any]:
        plan = dict(PlanSerializer(membership.plan).data)
        return {"id": membership.pk, "status": membership.status, "plan": plan}


class CustomerSerializer(serializers.Serializer[Any]):
    """A customer, with everything that is theirs."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="full_name")
    full_name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    phone = serializers.CharField()
    phone_confirm = serializers.ReadOnlyField(default=False)
    language = serializers.CharField()
    email_confirm = serializers.BooleanField()
    email_hardbounce = serializers.ReadOnlyField(default=False)
    has_password = serializers.BooleanField()
    salutation = serializers.CharField()
    title = serializers.CharField()
    organization = serializers.SerializerMethodField()
    tin = serializers.CharField()
    metadata = serializers.JSONField()
    currency = serializers.SerializerMethodField()
    created = UnixTime(source="created_at")
    created_at = UnixTime()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]
    sources = SourceSerializer(source="customer_payment_sources", many=True)
    addresses = AddressSerializer(source="customer_addresses", many=True)
    subscriptions = serializers.SerializerMethodField()
    expired_subscriptions = serializers.SerializerMethodField()
    memberships = MembershipSerializer(source="plan_memberships", many=True)
    profile_photo = serializers.SerializerMethodField()
    gift_recipients = serializers.ReadOnlyField(default=[])
    invoices = serializers.ReadOnlyField(default=[])
    charges = serializers.ReadOnlyField(default=[])
    orders = serializers.SerializerMethodField()

    def get_organization(self, customer: Customer) -> dict[str, Any] | None:
        return {"id": None, "name": customer.company} if customer.company else None

    def get_profile_photo(self, customer: Customer) -> str | None:
        picture = getattr(customer, "picture", None)
        build: Callable[[str], str] = self.context["absolute"]
        return build(picture.path()) if picture else None

    def get_currency(self, customer: Customer) -> str | None:
        latest = next(iter(self._placed(customer)), None)
        return latest.currency_code.lower() if latest else None

    def get_source(self, customer: Customer) -> dict[str, Any] | None:
        sources = customer.customer_payment_sources.all()
        default = next((one for one in sources if one.is_default), None)
        return dict(SourceSerializer(default).data) if default else None

    def get_subscriptions(self, customer: Customer) -> list[dict[str, Any]]:
        rows = [one for one in customer.order_subscriptions.all() if one.status in CURRENT]
        return [dict(one) for one in SubscriptionSerializer(rows, many=True).data]

    def get_expired_subscriptions(self, customer: Customer) -> list[dict[str, Any]]:
        rows = customer.order_subscriptions.all()
        ended = [one for one in rows if one.status == SubscriptionStatus.CANCELLED]
        return [dict(one) for one in SubscriptionSerializer(ended, many=True).data]

    def get_orders(self, customer: Customer) -> list[dict[str, Any]]:
        return [dict(one) for one in OrderSerializer(self._placed(customer), many=True).data]

    def _placed(self, customer: Customer) -> list[Order]:
        placed: list[Order] = self.context["placed"]
        return placed


def describe(
    customer: Customer, *, absolute: Callable[[str], str], token: str | None = None
) -> dict[str, Any]:
    """Return the customer as they are in the database, with the token they go on with.

    `absolute` makes addresses of paths.
    """
    rows = Customer.objects.select_related("picture").prefetch_related(
        "customer_payment_sources",
        "customer_addresses__address",
        "order_subscriptions",
        "plan_memberships__plan__sku",
    )
    orders = customer.orders.filter(status__in=COUNTED, placed_at__isnull=False)
    placed = orders.prefetch_related("line_items").order_by("-pk")[:MOST_ORDERS]
    context = {"placed": list(placed), "absolute": absolute}
    shown = dict(CustomerSerializer(rows.get(pk=customer.pk), context=context).data)
    return shown | ({"auth_token": token, "token": token} if token else {})
