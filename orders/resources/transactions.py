"""Authorizations, captures, voids and refunds, as /api shows them. Triggers make them."""

from __future__ import annotations

from catalog.serializers import MoneySerializer
from jsonapi.registry import resource
from orders.models import Authorization, Capture, Order, Refund, Void
from orders.models.transactions import Transaction
from orders.resources.locking import OrderFirst

COMMON = ("number", "currency_code", "succeeded", "order", "attachments", "events")
READ_ONLY = ("order", "reference_authorization", "reference_capture", "return")


class TransactionViewSet(OrderFirst):
    """A movement of money can be read, and annotated."""

    actions_allowed = ("list", "retrieve", "update")

    def order_of(self, row: Transaction) -> Order:
        order: Order = row.order  # type: ignore[attr-defined]
        return order


class AuthorizationSerializer(MoneySerializer):
    """Money that is held."""

    class Meta:
        model = Authorization
        fields = (*COMMON, "captures", "voids")
        amounts = ("amount", "capture_amount", "capture_balance", "void_balance")
        read_only_fields = READ_ONLY


@resource("authorizations")
class AuthorizationViewSet(TransactionViewSet):
    serializer_class = AuthorizationSerializer


class CaptureSerializer(MoneySerializer):
    """Money that was taken."""

    class Meta:
        model = Capture
        fields = (*COMMON, "reference_authorization", "refunds", "return")
        amounts = ("amount", "refund_amount", "refund_balance")
        read_only_fields = READ_ONLY


@resource("captures")
class CaptureViewSet(TransactionViewSet):
    serializer_class = CaptureSerializer


class VoidSerializer(MoneySerializer):
    """Money that is no longer held."""

    class Meta:
        model = Void
        fields = (*COMMON, "reference_authorization")
        amounts = ("amount",)
        read_only_fields = READ_ONLY


@resource("voids")
class VoidViewSet(TransactionViewSet):
    serializer_class = VoidSerializer


class RefundSerializer(MoneySerializer):
    """Money that was given back."""

    class Meta:
        model = Refund
        fields = (*COMMON, "reference_capture", "return")
        amounts = ("amount",)
        read_only_fields = READ_ONLY


@resource("refunds")
class RefundViewSet(TransactionViewSet):
    serializer_class = RefundSerializer
