"""By which means orders can be paid, where, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from annotations.models import Attachment
from catalog.models.markets import Market, OfMarkets, OfMarketsQuerySet, Store, enabled_for
from catalog.money import LARGEST_PRICE, validate_currency
from jsonapi.access import Caller
from organizations.models import TenantResource
from organizations.switches import Switchable


class PaymentSourceType(models.TextChoices):
    """Whose means of payment it is, by the names of the official clients."""

    ADYEN = "adyen_payments"
    AXERVE = "axerve_payments"
    BRAINTREE = "braintree_payments"
    CHECKOUT_COM = "checkout_com_payments"
    EXTERNAL = "external_payments"
    KLARNA = "klarna_payments"
    PAYPAL = "paypal_payments"
    SATISPAY = "satispay_payments"
    STRIPE = "stripe_payments"
    WIRE_TRANSFER = "wire_transfers"


class PaymentMethodQuerySet(OfMarketsQuerySet):
    """Payment methods; a shopper sees those of their markets that are enabled."""

    def public_to(self, caller: Caller) -> Self:
        return super().public_to(caller).filter(disabled_at=None)


class PaymentMethod(Switchable, OfMarkets, TenantResource):
    """A means of payment: of a store, of a market, or of every market with its currency.

    `price_amount_cents` is what an order costs more that is paid by it.
    """

    name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    payment_source_type = models.CharField(max_length=21, choices=PaymentSourceType)
    currency_code = models.CharField(
        max_length=3,
        blank=True,
        validators=[validate_currency],
        help_text="Empty: that of the market.",
    )
    moto = models.BooleanField(
        default=False, help_text="For orders by mail or telephone; for the gateway to mind."
    )
    require_capture = models.BooleanField(
        default=False, help_text="Orders are fulfilled only once their payment was taken."
    )
    auto_place = models.BooleanField(
        default=False, help_text="Pending orders are placed once their payment is held."
    )
    auto_capture = models.BooleanField(default=False, help_text="What is held is taken at once.")
    price_amount_cents = models.BigIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_PRICE)]
    )
    auto_capture_max_amount_cents = models.BigIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_PRICE)],
        help_text="The largest order whose payment is taken at once. Empty: any.",
    )
    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, related_name="payment_methods"
    )
    attachments = GenericRelation(Attachment)

    objects: ClassVar[Any] = PaymentMethodQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(payment_source_type__in=PaymentSourceType.values),
                name="catalog_payment_source_type_is_known",
            ),
            models.CheckConstraint(
                condition=Q(price_amount_cents__gte=0),
                name="catalog_payment_method_price_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(currency_code=""), name="catalog_payment_methods_have_a_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.payment_source_type

    def is_for(self, market: Market | None, currency_code: str) -> bool:
        """Tell whether it is for all of a market, or of a new one, with this currency."""
        return self.store_id is None and super().is_for(market, currency_code)


def offered_to(order: Callable[[str], Any]) -> Q:
    """Return which methods an order may be paid by, whose columns `order` gives by name."""
    return enabled_for(order) & (Q(store=None) | Q(store=order("store_id")))
