"""By which method an order is paid, what that costs, and what it wants to happen."""

from __future__ import annotations

from catalog.models import PaymentMethod
from jsonapi.errors import Invalid
from orders.models import Order
from orders.services.rules import method_problems, problem
from orders.states import CAPTURED, OrderStatus, PaymentStatus

Choice = tuple[int | None, int | None, int | None]
NO_CHOICE: Choice = (None, None, None)


def is_payable(order: Order) -> bool:
    """Tell whether it is still open how the order is paid."""
    return order.is_editable and order.payment_status == PaymentStatus.UNPAID


def choice_of(order: Order) -> Choice:
    """Return the keys of the order's method, and of what decides which ones are available."""
    return order.payment_method_id, order.market_id, order.store_id


def settle_method(order: Order, *, before: Choice) -> bool:
    """Take over what the order's method costs; tell whether it is another one than `before`.

    The caller saves, and recalculates. Raises Invalid for a method that the order cannot have,
    or for another one once the payment has begun.
    """
    if choice_of(order) == before:
        return False
    is_new = order.payment_method_id != before[0]
    if is_new and not is_payable(order):
        raise problem("payment_method", "not_editable", "can't be changed any more")
    for one in method_problems(order):
        raise one
    if is_new:
        take_price(order)
    return is_new


def take_price(order: Order) -> None:
    """Take over what the order's method costs now. The caller saves."""
    method = order.payment_method
    order.payment_method_price_cents = 0 if method is None else method.price_amount_cents


def take_method(order: Order, method: PaymentMethod | None) -> bool:
    """Have an order paid by a method if that is available for it; tell whether it is.

    The caller saves, and recalculates.
    """
    if method is None or not order.available_payment_methods.filter(pk=method.pk).exists():
        return False
    order.payment_method = method
    take_price(order)
    return True


def captures_at_once(order: Order) -> bool:
    """Tell whether what is held for the order is to be taken without being asked."""
    method = order.payment_method
    if method is None or not method.auto_capture:
        return False
    most = method.auto_capture_max_amount_cents
    return most is None or order.total_amount_with_taxes_cents <= most


def places_at_once(order: Order) -> bool:
    """Tell whether the order is to be placed, now that its payment is held or taken."""
    method = order.payment_method
    is_paid = order.payment_status in (PaymentStatus.AUTHORIZED, PaymentStatus.PAID)
    wanted = method is not None and method.auto_place
    return wanted and is_paid and order.status == OrderStatus.PENDING


def check_fulfillable(order: Order) -> None:
    """Raise Invalid unless as much was paid as the method asks for before fulfillment."""
    method = order.payment_method
    if method is not None and method.require_capture and order.payment_status not in CAPTURED:
        title = "must be captured first"
        raise Invalid("payment_status", "not_captured", title, value=order.payment_status)
