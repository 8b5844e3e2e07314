"""ORDER BY: columns of the row itself, the primary key last."""

from __future__ import annotations

from django.db.models import Model

from jsonapi.query import Order
from jsonapi.relationships import column
from jsonapi.sql import Fragment


def order_by(model: type[Model], order: Order) -> Fragment:
    """Return the ORDER BY of some columns of `model`."""
    terms = [f"{column(model, name)}{' DESC' if descends else ''}" for name, descends in order]
    return Fragment(f" ORDER BY {', '.join(terms)}")


def reverse(order: Order) -> Order:
    """Return the order seen from the other end."""
    return tuple((name, not descends) for name, descends in order)
