"""The order-side resources of /api; importing them registers them."""

from orders.resources import line_items, orders, returns, subscriptions, transactions

__all__ = ["line_items", "orders", "returns", "subscriptions", "transactions"]
