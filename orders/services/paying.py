"""What an order is paid with: an entry of its customer's wallet, or a source of nobody's yet."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from customers.instruments import instrument_of
from customers.models import CustomerPaymentSource
from customers.services import check_not_forgotten
from customers.wallets import attach_source, columns_for
from customers.wallets import settle as settle_wallet
from jsonapi.access import Caller
from orders.models import ExternalPayment, Order
from orders.services.locking import lock_order
from orders.services.methods import is_payable, take_method
from orders.services.rules import problem, refusal
from orders.services.telling import tell_of_new
from orders.services.totals import recalculate
from organizations.recording import record_new


@transaction.atomic
def create_payment(*, trusted: bool, values: dict[str, Any]) -> ExternalPayment:
    """Keep what a gateway calls a means of payment; the order that it is for is paid with it.

    Only who is `trusted` makes one for no order. Raises Invalid.
    """
    order: Order | None = values.get("order")
    if order is None and not trusted:
        raise problem("order", "blank", "can't be blank")
    if order is not None:
        lock_order(order=order)
        if not is_payable(order):
            raise problem("order", "not_editable", "can't be edited")
        if order.customer is not None:
            check_not_forgotten(customer=order.customer)
    payment: ExternalPayment = ExternalPayment.objects.create(**values)
    if order is not None:
        _pay(order, payment)
        payment.refresh_from_db()
    return payment


@transaction.atomic
def change_payment(*, payment: ExternalPayment, values: dict[str, Any]) -> None:
    """Change columns; the wallet and the order show what the gateway says now."""
    for name, value in values.items():
        setattr(payment, name, value)
    payment.save(update_fields=[*values, "updated_at"])
    if "payment_instrument" in values and payment.wallet is not None:
        payment.wallet.details = columns_for(payment)["details"]
        payment.wallet.save(update_fields=["details", "updated_at"])
    if "payment_instrument" in values:
        orders = Order.objects.filter(payment_source=payment)
        orders.update(payment_source_details=payment.shown)


@transaction.atomic
def pay_with(*, order: Order, source: CustomerPaymentSource | None, trigger: str) -> None:
    """Pay from a wallet, or with nothing. Raises Invalid once the payment has begun.

    What the entry is paid by becomes the order's method, where that is available for it.
    """
    lock_order(order=order)
    if not is_payable(order):
        raise refusal(order, trigger)
    if order.customer is not None:
        check_not_forgotten(customer=order.customer)
    _pay(order, None if source is None else payment_of(source=source))
    if source is not None and take_method(order, source.payment_method):
        order.save(update_fields=["payment_method", "updated_at"])
        recalculate(order)


@transaction.atomic
def save_to_wallet(*, order: Order, caller: Caller) -> None:
    """Put what the order is paid with into its customer's wallet; once there, it stays there.

    Raises Invalid without customer or source, Conflict for a source that pays only once.
    """
    lock_order(order=order)
    for name in ("customer", "payment_source"):
        if getattr(order, name) is None:
            raise problem(name, "blank", "can't be blank")
    customer, payment = order.customer, order.payment_source
    assert customer is not None and payment is not None  # noqa: S101, PT018
    if payment.wallet is not None:
        attach_source(customer=customer, source_uid=payment.wallet.uid, caller=caller)
        payment.wallet.refresh_from_db()
        payment.enter(payment.wallet)
        return
    check_not_forgotten(customer=customer)
    entry = CustomerPaymentSource.objects.create(
        environment_id=order.environment_id,
        customer=customer,
        payment_method=order.payment_method,
        **columns_for(payment),
    )
    payment.enter(entry)
    settle_wallet(source=entry)
    record_new(entry, caller)


def payment_of(*, source: CustomerPaymentSource) -> ExternalPayment:
    """Return what an entry of a wallet stands for; one of a token only gets it now."""
    payment, is_new = ExternalPayment.objects.get_or_create(
        wallet=source,
        defaults={
            "environment_id": source.environment_id,
            "customer_id": source.customer_id,
            "payment_source_token": source.payment_source_token or source.uid,
            "payment_instrument": instrument_of(source.details),
        },
    )
    if is_new:
        tell_of_new(payment)
    return payment


def take_source(order: Order, payment: ExternalPayment | None) -> None:
    """Note what the order is paid with and what may be shown of it. The caller saves.

    Raises Invalid for what is somebody else's.
    """
    if payment is not None and payment.customer_id not in (None, order.customer_id):
        raise problem("payment_source", "required", "must exist")
    order.payment_source = payment
    order.payment_source_details = None if payment is None else payment.shown


def claim_source(order: Order) -> None:
    """Make what a saved order is paid with its customer's, unless it comes from a wallet."""
    if order.payment_source_id is None:
        return
    own = ExternalPayment.objects.filter(pk=order.payment_source_id)
    own.filter(order=None).update(order=order)
    own.filter(order=order, wallet=None).update(customer=order.customer_id)


def _pay(order: Order, payment: ExternalPayment | None) -> None:
    take_source(order, payment)
    order.save(update_fields=["payment_source", "payment_source_details", "updated_at"])
    claim_source(order)
