"""Means of payment as /api shows them."""

from __future__ import annotations

from typing import Any

from customers.instruments import check_instrument
from customers.models import CustomerPaymentSource
from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from jsonapi.identifiers import RelationshipField
from jsonapi.models import ResourceQuerySet
from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer
from jsonapi.views import ResourceViewSet
from orders import services
from orders.models import ExternalPayment, Order


class PaymentField(RelationshipField):
    """What an order is paid with; an entry of a wallet stands for what is in it."""

    def rows(self, resource_type: str) -> ResourceQuerySet:
        view = registry.view_of(resource_type)
        if view is not None and view.model is CustomerPaymentSource:
            return view.rows_for(self.context["caller"])
        return super().rows(resource_type)

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        is_entry = isinstance(found, CustomerPaymentSource)
        return services.payment_of(source=found) if is_entry else found


class ExternalPaymentSerializer(ResourceSerializer):
    """A gateway's token, and what may be shown of it."""

    class Meta:
        model = ExternalPayment
        fields = ("payment_source_token", "options", "payment_instrument", "order", "wallet")
        create_only_fields = ("payment_source_token", "order")
        read_only_fields = ("wallet",)
        trusted_fields = ("payment_instrument",)
        secret_fields = ("payment_source_token", "options")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_instrument(attrs.get("payment_instrument", {}))
        order = attrs.get("order")
        open_orders = Order.objects.changeable_by(self.caller)
        if order is not None and not open_orders.filter(pk=order.pk).exists():
            raise Invalid("order", "not_editable", "can't be edited", relationship=True)
        return attrs

    def create(self, validated_data: dict[str, Any]) -> ExternalPayment:
        return services.create_payment(trusted=self.caller.is_trusted, values=validated_data)

    def update(self, instance: ExternalPayment, validated_data: dict[str, Any]) -> ExternalPayment:
        services.change_payment(payment=instance, values=validated_data)
        return instance


@resource("external_payments")
class ExternalPaymentViewSet(ResourceViewSet):
    serializer_class = ExternalPaymentSerializer

    def before_lock(self, caller: Caller, uid: str) -> None:
        """Lock the customer and the order, which come before what they pay with."""
        payment = self.rows_for(caller).filter(uid=uid).select_related("order").first()
        if payment is not None and payment.order is not None:
            services.lock_order(order=payment.order)
