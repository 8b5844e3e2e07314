"""Authorizing, capturing, voiding and refunding: amounts, and what they make of the order.

Other systems move the money; what they tell is recorded here. An order's payment status follows
from its transactions.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, Sum
from django.utils import timezone

from activity.services import publish
from jsonapi.errors import Invalid
from orders.models import Authorization, Capture, Order, Refund, Void
from orders.services.locking import lock_order
from orders.services.rules import refusal
from orders.services.telling import tell_of_new
from orders.states import OrderStatus, PaymentStatus

UNPAYABLE = (OrderStatus.DRAFT, OrderStatus.CANCELLED)
Made = TypeVar("Made", Authorization, Capture, Void, Refund)
Amounts = TypeVar("Amounts", Authorization, Capture)


@transaction.atomic
def set_capture_amount(*, authorization: Authorization, amount: int) -> None:
    """Have the next `_capture` take `amount`. Raises Invalid for more than is held."""
    _lock(authorization)
    _check("_capture_amount_cents", amount, authorization.capture_balance_cents)
    authorization.capture_amount_cents = amount
    authorization.save(update_fields=["capture_amount_cents", "updated_at"])


@transaction.atomic
def capture_authorization(*, authorization: Authorization) -> None:
    """Record that what is held was taken, or the part that was said before.

    Nothing happens when nothing is left. Raises Invalid while the order is a draft, or cancelled.
    """
    _lock(authorization)
    if authorization.order.status in UNPAYABLE:
        raise refusal(authorization.order, "_capture")
    if authorization.capture_balance_cents:
        amount = authorization.capture_amount_cents or authorization.capture_balance_cents
        record_capture(authorization, amount)
        follow(authorization.order, "pay")


@transaction.atomic
def void_authorization(*, authorization: Authorization) -> None:
    """Record that what is held, and was not taken, is given up."""
    _lock(authorization)
    if authorization.capture_balance_cents:
        record_void(authorization)
        follow(authorization.order, "void")


@transaction.atomic
def set_refund_amount(*, capture: Capture, amount: int) -> None:
    """Have the next `_refund` give `amount` back. Raises Invalid for more than was taken."""
    _lock(capture)
    _check("_refund_amount_cents", amount, capture.refund_balance_cents)
    capture.refund_amount_cents = amount
    capture.save(update_fields=["refund_amount_cents", "updated_at"])


@transaction.atomic
def refund_capture(*, capture: Capture) -> Refund | None:
    """Record that what was taken was given back, or the part that was said before.

    Returns None, and nothing happens, when nothing is left.
    """
    _lock(capture)
    if not capture.refund_balance_cents:
        return None
    amount = capture.refund_amount_cents or capture.refund_balance_cents
    refund = record_refund(capture, amount)
    follow(capture.order, "refund")
    return refund


def record_authorization(order: Order, amount: int) -> Authorization:
    """Record what is held for an order, which is locked. `follow` says what that makes of it."""
    return _make(Authorization, order, amount)


def record_capture(authorization: Authorization, amount: int) -> Capture:
    """Record what is taken of a locked order's authorization."""
    authorization.captured_cents += amount
    authorization.capture_amount_cents = None
    authorization.save()
    return _make(Capture, authorization.order, amount, reference_authorization=authorization)


def record_void(authorization: Authorization) -> Void:
    """Record that the rest of a locked order's authorization is given up."""
    amount = authorization.capture_balance_cents
    authorization.voided_cents += amount
    authorization.save()
    return _make(Void, authorization.order, amount, reference_authorization=authorization)


def record_refund(capture: Capture, amount: int) -> Refund:
    """Record what is given back of a locked order's capture."""
    capture.refunded_cents += amount
    capture.refund_amount_cents = None
    capture.save()
    return _make(Refund, capture.order, amount, reference_capture=capture)


def follow(order: Order, event: str) -> None:
    """Make the payment status what the transactions say, and publish `orders.<event>`."""
    order.payment_status = _status(order)
    order.payment_updated_at = timezone.now()
    order.save(update_fields=["payment_status", "payment_updated_at", "updated_at"])
    publish(instance=order, topic=f"orders.{event}")


def authorized(order: Order) -> int:
    """Return how much is, or was, held for the order."""
    return _sums(order.authorizations, "amount_cents")["amount_cents"]


def _status(order: Order) -> PaymentStatus:
    held = _sums(order.authorizations, "amount_cents", "captured_cents", "voided_cents")
    amount, taken, voided = held.values()
    given_back = _sums(order.captures, "refunded_cents")["refunded_cents"]
    total = order.total_amount_with_taxes_cents
    if given_back:
        whole = given_back == taken
        return PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED
    if taken:
        return PaymentStatus.PAID if taken >= total else PaymentStatus.PARTIALLY_PAID
    if voided:
        return PaymentStatus.VOIDED if voided == amount else PaymentStatus.PARTIALLY_VOIDED
    return PaymentStatus.AUTHORIZED if amount >= total else PaymentStatus.PARTIALLY_AUTHORIZED


def _sums(rows: Any, *columns: str) -> dict[str, int]:
    found = rows.aggregate(**{column: Sum(column) for column in columns})
    return {column: int(found[column] or 0) for column in columns}


def _make(model: type[Made], order: Order, amount: int, **links: Model) -> Made:
    kinds = (order.authorizations, order.captures, order.voids, order.refunds)
    number = f"#{order.number}/T/{sum(rows.count() for rows in kinds) + 1:03}"
    made: Made = model._default_manager.create(
        environment_id=order.environment_id,
        order=order,
        number=number,
        currency_code=order.currency_code,
        amount_cents=amount,
        **links,
    )
    tell_of_new(made)
    return made


def _lock(row: Authorization | Capture) -> None:
    lock_order(order=row.order)
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(of=("self",)))


def _check(trigger: str, amount: int, most: int) -> None:
    if amount > most:
        title = f"must be less than or equal to {most}"
        raise Invalid(trigger, "less_than_or_equal_to", title, value=amount, count=most)
