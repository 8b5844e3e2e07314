"""Orders, what is in them, and what follows from them."""

from orders.models.line_items import LineItem
from orders.models.orders import Order
from orders.models.renewals import RecurringOrderCopy
from orders.models.returns import Return, ReturnLineItem
from orders.models.subscriptions import OrderSubscription, OrderSubscriptionItem

__all__ = [
    "LineItem",
    "Order",
    "OrderSubscription",
    "OrderSubscriptionItem",
    "RecurringOrderCopy",
    "Return",
    "ReturnLineItem",
]
