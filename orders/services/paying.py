"""What an order is paid with: an entry of its customer's wallet, or a source of nobody's yet."""

from __future__ import annotations

from django.db import transaction

from customers.models import CustomerPaymentSource
from customers.services import check_not_forgotten
from customers.wallets import attach_source
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from orders.models import Order
from orders.services.locking import lock_order
from orders.services.rules import problem, refusal
from orders.states import PaymentStatus


@transaction.atomic
def pay_with(*, order: Order, source: CustomerPaymentSource | None, trigger: str) -> None:
    """Set what the order is paid with, or nothing. Raises Invalid once the payment has begun."""
    lock_order(order=order)
    if not order.is_editable or order.payment_status != PaymentStatus.UNPAID:
        raise refusal(order, trigger)
    if order.customer is not None:
        check_not_forgotten(customer=order.customer)
    take_source(order, source)
    order.save(update_fields=["payment_source", "payment_source_details", "updated_at"])


@transaction.atomic
def save_to_wallet(*, order: Order, caller: Caller) -> None:
    """Put what the order is paid with into its customer's wallet; once there, it stays there.

    Raises Invalid without customer or source, Conflict for a source that pays only once.
    """
    lock_order(order=order)
    for name in ("customer", "payment_source"):
        if getattr(order, name) is None:
            raise problem(name, "blank", "can't be blank")
    assert order.customer is not None and order.payment_source is not None  # noqa: S101, PT018
    attach_source(customer=order.customer, source_uid=order.payment_source.uid, caller=caller)
    order.refresh_from_db(fields=["payment_source"])


def take_source(order: Order, source: CustomerPaymentSource | None) -> None:
    """Note what the order is paid with and what may be shown of it. The caller saves.

    Raises Invalid for an entry of somebody else's wallet.
    """
    if source is not None and source.customer_id not in (None, order.customer_id):
        raise Invalid("payment_source", "required", "must exist", relationship=True)
    order.payment_source = source
    order.payment_source_details = None
    if source is not None:
        kind = {"payment_source_type": source.type} if source.type else {}
        order.payment_source_details = {**kind, **source.details}
