"""Orders, what is in them, and what follows from them."""

from orders.models.errors import ResourceError
from orders.models.external_payments import ExternalPayment
from orders.models.line_items import LineItem
from orders.models.orders import Order
from orders.models.renewals import RecurringOrderCopy
from orders.models.returns import Return, ReturnLineItem
from orders.models.shipments import Shipment, sent
from orders.models.subscriptions import OrderSubscription, OrderSubscriptionItem
from orders.models.transactions import Authorization, Capture, Refund, Void

__all__ = [
    "Authorization",
    "Capture",
    "ExternalPayment",
    "LineItem",
    "Order",
    "OrderSubscription",
    "OrderSubscriptionItem",
    "RecurringOrderCopy",
    "Refund",
    "ResourceError",
    "Return",
    "ReturnLineItem",
    "Shipment",
    "Void",
    "sent",
]
