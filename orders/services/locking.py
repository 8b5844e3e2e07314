"""The one way to lock an order."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from customers.models import Customer
from jsonapi.errors import NotFound
from orders.models import Order


class Moved(Exception):
    """The order went to another customer between looking and locking."""


def lock_customers(*, customer_ids: Iterable[int | None]) -> None:
    """Lock customers, in ascending order, until the transaction ends."""
    keys = {key for key in customer_ids if key is not None}
    # Rows that merely point at the customer can still be written meanwhile.
    rows = Customer.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


def lock_order(*, order: Order, customer_ids: Iterable[int | None] = ()) -> None:
    """Lock the order's customer and those named, then the order, and read it again.

    Must run in a transaction. Raises NotFound when the order has been deleted.
    """
    named = set(customer_ids)
    while True:
        try:
            # Rolling back to here gives up the locks of an attempt that came too late.
            with transaction.atomic():
                return _lock(order, named)
        except Moved:
            continue
        except Order.DoesNotExist:
            raise NotFound from None


def _lock(order: Order, named: set[int | None]) -> None:
    owner = Order.objects.values_list("customer_id", flat=True).get(pk=order.pk)
    lock_customers(customer_ids=named | {owner})
    order.refresh_from_db(from_queryset=Order.objects.select_for_update(of=("self",)))
    if order.customer_id != owner and order.customer_id not in named:
        raise Moved
