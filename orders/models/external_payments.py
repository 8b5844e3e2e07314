"""What orders are paid with, as the payment gateways of other systems name it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from customers.models import Customer, CustomerPaymentSource
from jsonapi.errors import Invalid, Locked
from orders.models.orders import Order
from orders.states import EDITABLE
from organizations.models import TenantResource


class ExternalPayment(TenantResource):
    """A means of payment: a gateway's token, never a card number.

    Made for an order or for a customer's wallet; nobody's before.
    """

    payment_source_token = models.CharField(max_length=255)
    options = models.JSONField(default=dict, blank=True)
    payment_instrument = models.JSONField(
        default=dict, blank=True, help_text="What a card shows, save its number."
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, editable=False, related_name="+"
    )
    # The order that it was made for, or the first that was paid with it.
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    wallet = models.OneToOneField(
        CustomerPaymentSource,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name="payment_source",
    )

    owner_path = "customer__uid"

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(payment_source_token=""), name="orders_payments_have_a_token"
            ),
        ]

    def __str__(self) -> str:
        return f"external payment {self.uid}"

    @property
    def shown(self) -> dict[str, Any]:
        """What an order shows of it."""
        if self.wallet is None:
            return {"payment_source_type": "external_payments", **self.payment_instrument}
        kind = {"payment_source_type": self.wallet.type} if self.wallet.type else {}
        return {**kind, **self.wallet.details}

    def goes_with(self, order: Order) -> bool:
        """Tell whether it stays with an order whose customer may have changed."""
        is_its_own = self.wallet_id is None and self.order_id == order.pk
        return is_its_own or self.customer_id in (None, order.customer_id)

    def validate_delete(self) -> None:
        """Raise Locked once an order that is paid with it has been placed."""
        if Order.objects.filter(payment_source=self).exclude(status__in=EDITABLE).exists():
            raise Locked

    def enter(self, wallet: CustomerPaymentSource) -> None:
        """Become what an entry of a customer's wallet stands for. Raises Invalid if it is taken."""
        is_new = self.wallet_id != wallet.pk
        if is_new and (self.wallet_id or self.customer_id not in (None, wallet.customer_id)):
            raise Invalid("payment_source", "taken", "has already been taken", relationship=True)
        self.wallet, self.customer = wallet, wallet.customer
        self.save(update_fields=["wallet", "customer", "updated_at"])

    def leave(self) -> None:
        """Be in nobody's wallet; it stays its customer's."""
        self.wallet = None
        self.save(update_fields=["wallet", "updated_at"])
