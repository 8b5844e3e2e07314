"""What other systems tell about an order's payment and fulfillment as a whole."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from activity.services import publish
from jsonapi.errors import Invalid
from orders.models import Order
from orders.services.locking import lock_order
from orders.services.methods import captures_at_once, check_fulfillable, places_at_once
from orders.services.placing import try_to_place
from orders.services.rules import refusal
from orders.services.shipments import deliver_all
from orders.services.transactions import (
    UNPAYABLE,
    authorized,
    follow,
    record_authorization,
    record_capture,
    record_refund,
)
from orders.states import AUTHORIZED, FulfillmentStatus, OrderStatus, PaymentStatus

AUTHORIZABLE = (PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_AUTHORIZED)
REFUNDABLE = (
    PaymentStatus.PAID,
    PaymentStatus.PARTIALLY_PAID,
    PaymentStatus.PARTIALLY_REFUNDED,
)


@transaction.atomic
def set_authorization_amount(*, order: Order, amount: int) -> None:
    """Have the next `_authorize` hold `amount`. Raises Invalid for more than is to be paid."""
    lock_order(order=order)
    if order.payment_status not in AUTHORIZABLE:
        raise refusal(order, "_authorization_amount_cents")
    missing = _missing(order)
    if amount > missing:
        raise Invalid(
            "_authorization_amount_cents",
            "less_than_or_equal_to",
            f"must be less than or equal to {missing}",
            value=amount,
            count=missing,
        )
    order.authorization_amount_cents = amount
    order.save(update_fields=["authorization_amount_cents", "updated_at"])


@transaction.atomic
def authorize(*, order: Order) -> None:
    """Record that the payment is held: all that is missing, or the part that was said before.

    The payment method may want it to be taken at once, and the order to be placed. Raises Invalid
    once something was taken.
    """
    lock_order(order=order)
    if order.payment_status == PaymentStatus.AUTHORIZED:
        return
    if order.payment_status not in AUTHORIZABLE or order.status in UNPAYABLE:
        raise refusal(order, "_authorize")
    missing = _missing(order)
    amount = min(order.authorization_amount_cents or missing, missing)
    order.authorization_amount_cents = None
    order.save(update_fields=["authorization_amount_cents", "updated_at"])
    authorization = record_authorization(order, amount)
    follow(order, "authorize")
    if captures_at_once(order):
        record_capture(authorization, amount)
        follow(order, "pay")
    if places_at_once(order):
        try_to_place(order=order)


@transaction.atomic
def capture(*, order: Order, trigger: str = "_capture") -> None:
    """Record that all that is held was taken. Raises Invalid if nothing is."""
    lock_order(order=order)
    if order.payment_status == PaymentStatus.PAID:
        return
    before = (*AUTHORIZED, PaymentStatus.PARTIALLY_PAID, PaymentStatus.PARTIALLY_VOIDED)
    held = list(order.authorizations.filter(capture_balance_cents__gt=0).order_by("pk"))
    if order.payment_status not in before or order.status in UNPAYABLE or not held:
        raise refusal(order, trigger)
    for authorization in held:
        record_capture(authorization, authorization.capture_balance_cents)
    follow(order, "pay")


@transaction.atomic
def refund(*, order: Order) -> None:
    """Record that everything was paid back. Raises Invalid when nothing was taken."""
    lock_order(order=order)
    if order.payment_status == PaymentStatus.REFUNDED:
        return
    if order.payment_status not in REFUNDABLE:
        raise refusal(order, "_refund")
    for one in order.captures.filter(refund_balance_cents__gt=0).order_by("pk"):
        record_refund(one, one.refund_balance_cents)
    follow(order, "refund")


@transaction.atomic
def fulfill(*, order: Order) -> None:
    """Record that an approved order was delivered. Raises Invalid from any other status."""
    lock_order(order=order)
    if order.fulfillment_status == FulfillmentStatus.FULFILLED:
        return
    before = (FulfillmentStatus.UNFULFILLED, FulfillmentStatus.IN_PROGRESS)
    if order.status != OrderStatus.APPROVED or order.fulfillment_status not in before:
        raise refusal(order, "_fulfill")
    check_fulfillable(order)
    order.fulfillment_status = FulfillmentStatus.FULFILLED
    order.fulfillment_updated_at = timezone.now()
    order.save(update_fields=["fulfillment_status", "fulfillment_updated_at", "updated_at"])
    deliver_all(order)
    publish(instance=order, topic="orders.fulfill")


def _missing(order: Order) -> int:
    """Return what is to be paid and not held yet."""
    return max(0, order.total_amount_with_taxes_cents - authorized(order))
