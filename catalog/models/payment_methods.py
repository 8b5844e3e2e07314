"""By which means orders can be paid, where, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from annotations.models import Attachment
from catalog.models.markets import Market, OfMarketsQuerySet, Store
from catalog.money import LARGEST_PRICE, validate_currency
from jsonapi.access import Caller
from jsonapi.errors import Invalid
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


class PaymentMethod(Switchable, TenantResource):
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

    def check_default(self, *, market: Market | None, currency_code: str) -> None:
        """Raise Invalid unless a market, or a new one, with this currency may offer it first."""
        is_there = self.market_id is None or (market and self.market_id == market.pk)
        if self.store_id is not None or not is_there or self.currency_code != currency_code:
            raise Invalid(
                "default_payment_method",
                "not_available",
                "is not available in the market",
                relationship=True,
            )


def offered_to(order: Callable[[str], Any]) -> Q:
    """Return which methods an order may be paid by, whose columns `order` gives by name."""
    return (
        Q(disabled_at=None)
        & Q(environment=order("environment_id"), currency_code=order("currency_code"))
        & (Q(market=None) | Q(market=order("market_id")))
        & (Q(store=None) | Q(store=order("store_id")))
    )


def place_of(
    *, market: Market | None, store: Store | None, currency_code: str | None
) -> tuple[Market | None, str]:
    """Return the market and the currency of a payment method, as what was said implies them.

    Raises Invalid where a store, its market and the currency do not go together.
    """
    if store is not None:
        market = market or store.market
        if store.market_id != market.pk:
            raise Invalid("store", "invalid", "does not belong to the market", relationship=True)
    currency_code = currency_code or (market.currency_code if market else None)
    if not currency_code:
        raise Invalid("currency_code", "blank", "can't be blank")
    if market is not None and currency_code != market.currency_code:
        raise Invalid("currency_code", "invalid", "is not the currency of the market")
    return market, currency_code
