"""What customers pay with, as payment gateways name it."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat

from customers.models.customers import Customer
from customers.states import SourceState
from organizations.models import TenantResource


class CustomerPaymentSource(TenantResource):
    """An entry of a customer's wallet: the gateway's tokens, never a card number.

    Before it is attached to somebody, and after it was detached, it is nobody's.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="customer_payment_sources",
    )
    customer_token = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    payment_source_token = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    # The one key that leads to an app above: which methods there are depends on markets.
    payment_method = models.ForeignKey(
        "catalog.PaymentMethod",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    type = models.CharField(  # noqa: DJ001
        max_length=32, null=True, blank=True, help_text="creditCard, payPal, ..."
    )
    state = models.CharField(
        max_length=16, choices=SourceState, default=SourceState.CHARGEABLE, editable=False
    )
    reusable = models.BooleanField(default=True, editable=False)
    is_default = models.BooleanField(default=False, editable=False)
    details = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What a card shows, save its number."
    )
    name = models.GeneratedField(
        expression=Case(
            When(
                details__lastFourDigits__regex=r"^[0-9]{4}$",
                then=Concat(
                    Value("XXXX-XXXX-XXXX-"), KeyTextTransform("lastFourDigits", "details")
                ),
            ),
            default=Coalesce(KeyTextTransform("brand", "details"), F("type")),
            output_field=models.CharField(),
        ),
        output_field=models.CharField(max_length=255, null=True),
        db_persist=True,
    )

    owner_path = "customer__uid"

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True),
                name="customers_one_default_source",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(customer__isnull=False),
                name="customers_default_sources_are_somebodys",
            ),
            models.CheckConstraint(
                condition=~Q(state=SourceState.CANCELLED) | Q(customer=None),
                name="customers_cancelled_sources_are_nobodys",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SourceState.values), name="customers_source_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"customer payment source {self.uid}"
