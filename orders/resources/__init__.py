"""The order-side resources of /api; importing them registers them."""

from orders.resources import errors, line_items, orders, returns, subscriptions, transactions

__all__ = ["errors", "line_items", "orders", "returns", "subscriptions", "transactions"]
