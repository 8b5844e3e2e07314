"""The order-side pages of the admin; importing them registers them."""

from orders.admin import orders, panels, returns, shipments, subscriptions

__all__ = ["orders", "panels", "returns", "shipments", "subscriptions"]
