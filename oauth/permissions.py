"""Who may do what, in one table. Which rows they may do it to is decided by the querysets."""

from __future__ import annotations

from typing import Final

from jsonapi.access import Permissions
from organizations.models import Role

ACTIONS = {"C": "create", "R": "retrieve", "L": "list", "U": "update", "D": "destroy"}
READING = frozenset({"list", "retrieve"})
# What every caller may look at, whatever its role: itself and its tenant.
BASICS: Permissions = {
    "applications": frozenset({"retrieve"}),
    "organizations": frozenset({"retrieve"}),
}

# Resource type: what a guest may do, what a customer may do besides, what an integration may.
TABLE: Final[dict[str, tuple[str, str, str]]] = {
    "addresses": ("CRUD", "", "CRLUD"),
    "applications": ("R", "", "R"),
    "attachments": ("", "", "CRLUD"),
    "bundles": ("RL", "", "CRLUD"),
    "cleanups": ("", "", "CRLUD"),
    "coupons": ("", "", "CRLUD"),
    "authorizations": ("", "", "RLU"),
    "captures": ("", "", "RLU"),
    "customer_addresses": ("", "CRLUD", "CRLUD"),
    "customer_groups": ("", "", "CRLUD"),
    "customer_password_resets": ("U", "", "CRLUD"),
    "customer_payment_sources": ("", "RLUD", "CRLUD"),
    "customer_subscriptions": ("CRUD", "L", "CRLUD"),
    "customers": ("C", "RUD", "CRLUD"),
    "event_callbacks": ("", "", "RL"),
    "event_stores": ("", "", "RL"),
    "events": ("", "", "RLU"),
    "exports": ("", "", "CRLUD"),
    "external_payments": ("C", "RUD", "CRLUD"),
    "imports": ("", "", "CRLUD"),
    "links": ("", "", "CRLUD"),
    "line_items": ("CRUD", "L", "CRLUD"),
    "markets": ("", "", "CRLUD"),
    "notifications": ("", "", "CRLUD"),
    "order_subscription_items": ("", "RL", "CRLUD"),
    "order_subscriptions": ("", "RL", "CRLUD"),
    "orders": ("CRU", "L", "CRLUD"),
    "organizations": ("R", "", "R"),
    "payment_methods": ("RL", "", "CRLUD"),
    "plans": ("", "", "CRLUD"),
    "price_lists": ("", "", "CRLUD"),
    "prices": ("RL", "", "CRLUD"),
    "recurring_order_copies": ("", "", "RL"),
    "refunds": ("", "", "RLU"),
    "resource_errors": ("", "", "RL"),
    "return_line_items": ("CR", "", "CRLUD"),
    "returns": ("CRU", "", "CRLUD"),
    "segments": ("", "", "RLU"),
    "shipments": ("RU", "L", "RLU"),
    "shipping_methods": ("RL", "", "CRLUD"),
    "sku_list_items": ("CRUD", "", "CRLUD"),
    "sku_lists": ("CRUD", "", "CRLUD"),
    "skus": ("RL", "", "CRLUD"),
    "stock_locations": ("", "", "CRLUD"),
    "subscription_models": ("", "", "CRLUD"),
    "stores": ("", "", "CRLUD"),
    "tags": ("", "", "CRLUD"),
    "voids": ("", "", "RLU"),
    "webhooks": ("", "", "CRLUD"),
}


def _actions(letters: str) -> frozenset[str]:
    return frozenset(ACTIONS[letter] for letter in letters)


PERMISSIONS: Final[dict[str, dict[str, frozenset[str]]]] = {
    "guest": {name: _actions(guest) for name, (guest, _, _) in TABLE.items()},
    "customer": {name: _actions(guest + more) for name, (guest, more, _) in TABLE.items()},
    "integration": {name: _actions(trusted) for name, (_, _, trusted) in TABLE.items()},
}


def granted_by(role: Role) -> Permissions:
    """Return what a role allows, never more than an integration may do."""
    everything = PERMISSIONS["integration"]
    if role.kind == Role.Kind.ADMIN:
        return everything
    if role.kind == Role.Kind.READ_ONLY:
        return both(everything, dict.fromkeys(everything, READING))
    named = {name: frozenset(some) for name, some in role.permissions.items() if some}
    return {**both(everything, named), **BASICS}


def both(these: Permissions, those: Permissions) -> Permissions:
    """Return what two tables agree on."""
    return {name: these[name] & those[name] for name in these.keys() & those.keys()}
