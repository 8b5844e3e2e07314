"""The order-side resources of /api; importing them registers them."""

from orders.resources import (
    errors,
    external_payments,
    line_items,
    orders,
    returns,
    shipments,
    subscriptions,
    transactions,
)

__all__ = [
    "errors",
    "external_payments",
    "line_items",
    "orders",
    "returns",
    "shipments",
    "subscriptions",
    "transactions",
]
