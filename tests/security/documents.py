"""A document for every type that the API accepts."""

from __future__ import annotations

from typing import Any

from tests.api import document, identifier
from tests.factories import ADDRESS, numbers

# What has to be there, besides relationships.
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "addresses": ADDRESS,
    "attachments": {"name": "Invoice"},
    "cleanups": {"resource_type": "tags", "filters": {"name_eq": "nobody"}},
    "customer_groups": {"name": "Friends"},
    "exports": {"resource_type": "tags"},
    "imports": {"resource_type": "tags", "inputs": []},
    "external_payments": {"payment_source_token": "tok_1"},
    "links": {"name": "Sale", "client_id": "abc", "scope": "market:all"},
    "line_items": {"quantity": 1, "name": "A mug", "unit_amount_cents": 100},
    "notifications": {"name": "Gift"},
    "markets": {"name": "Europe", "currency_code": "EUR"},
    "order_subscription_items": {"quantity": 1},
    "order_subscriptions": {"frequency": "monthly"},
    "payment_methods": {
        "payment_source_type": "wire_transfers",
        "currency_code": "EUR",
        "price_amount_cents": 100,
    },
    "price_lists": {"name": "Wholesale", "currency_code": "EUR"},
    "prices": {"currency_code": "EUR", "amount_cents": 100},
    "return_line_items": {"quantity": 1},
    "shipping_methods": {
        "name": "Post",
        "currency_code": "EUR",
        "price_amount_cents": 700,
    },
    "sku_list_items": {"quantity": 1},
    "sku_lists": {"name": "Wishes"},
    "stock_locations": {"name": "Hall"},
    "stores": {"name": "Shop"},
    "subscription_models": {"name": "Coffee", "frequencies": ["weekly"]},
    "webhooks": {"topic": "customers.create", "callback_url": "https://hooks.example.com/"},
}
# Relationship: the type of the row it leads to, and which of them.
RELATIONSHIPS: dict[str, dict[str, tuple[str, str]]] = {
    "attachments": {"attachable": ("customers", "customers")},
    "bundles": {"sku_list": ("sku_lists", "shared")},
    "customer_addresses": {
        "customer": ("customers", "customers"),
        "address": ("addresses", "addresses"),
    },
    "customer_payment_sources": {"customer": ("customers", "customers")},
    "external_payments": {"order": ("orders", "draft")},
    "links": {"item": ("orders", "orders")},
    "notifications": {"notifiable": ("orders", "orders")},
    "line_items": {"order": ("orders", "draft")},
    "order_subscription_items": {
        "order_subscription": ("order_subscriptions", "order_subscriptions"),
        "item": ("skus", "skus"),
    },
    "order_subscriptions": {"source_order": ("orders", "orders")},
    "orders": {"market": ("markets", "markets"), "customer": ("customers", "customers")},
    "prices": {"sku": ("skus", "unpriced")},
    "return_line_items": {
        "return": ("returns", "returns"),
        "line_item": ("line_items", "unreturned"),
    },
    "returns": {"order": ("orders", "orders")},
    "sku_list_items": {"sku_list": ("sku_lists", "sku_lists"), "sku": ("skus", "unpriced")},
    "stores": {"market": ("markets", "markets")},
}


def valid(resource_type: str, world: dict[str, Any]) -> dict[str, Any]:
    """Return a document that creates a row of a type, beside those of `world`."""
    number = next(numbers)
    unique: dict[str, dict[str, Any]] = {
        "bundles": {"code": f"NEW{number}", "name": "Set", "currency_code": "EUR"},
        "coupons": {"code": f"NEW{number}", "percent_off": 10},
        "customer_password_resets": {"customer_email": f"reader-{number}@shop.example"},
        "customer_subscriptions": {"customer_email": f"reader-{number}@shop.example"},
        "customers": {"email": f"new-{number}@shop.example"},
        "plans": {
            "name": "Club",
            "code": f"new{number}",
            "currency_code": "EUR",
            "amount_cents": 100,
        },
        "skus": {"code": f"NEW{number}", "name": "A mug"},
        "tags": {"name": f"new{number}"},
    }
    attributes = {**ATTRIBUTES.get(resource_type, {}), **unique.get(resource_type, {})}
    relationships = {
        name: identifier(kind, world[which])
        for name, (kind, which) in RELATIONSHIPS.get(resource_type, {}).items()
    }
    return document(resource_type, attributes=attributes, relationships=relationships)
