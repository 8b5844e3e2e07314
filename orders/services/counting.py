"""How many orders a customer has: always recounted, never incremented."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from activity.services import publish
from customers.models import Customer
from orders.models import Order
from orders.states import COUNTED

logger = logging.getLogger(__name__)


@transaction.atomic
def recount_orders(*, customer_ids: Iterable[int | None]) -> None:
    """Store how many placed orders each customer has, under the lock of the customer's row.

    Belongs into the transaction that changes the orders. Publishes customers.acquired and
    customers.repeat when a customer becomes that.
    """
    keys = {key for key in customer_ids if key is not None}
    rows = Customer.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
    for customer in rows:
        count = Order.objects.counted().filter(customer=customer).count()
        if count != customer.total_orders_count:
            _store(customer, count)


def _store(customer: Customer, count: int) -> None:
    before = customer.total_orders_count
    Customer.objects.filter(pk=customer.pk).update(
        total_orders_count=count, updated_at=timezone.now()
    )
    if before < 1 <= count:
        publish(instance=customer, topic="customers.acquired")
    if before < 2 <= count:
        publish(instance=customer, topic="customers.repeat")


def find_differences() -> QuerySet[Customer]:
    """Return the customers whose stored count is not the number of their placed orders."""
    placed = Count("orders", filter=Q(orders__status__in=COUNTED))
    different = ~Q(total_orders_count=F("recount"))
    rows: QuerySet[Customer] = Customer.objects.annotate(recount=placed).filter(different)
    return rows.order_by("pk")


def reconcile() -> list[str]:
    """Repair every stored count that is wrong; return the customers' public ids, to report.

    Should always find none: a difference means that orders were changed behind the services.
    """
    found = list(find_differences())
    for customer in found:
        logger.error("customer %s: %d orders stored", customer.uid, customer.total_orders_count)
        recount_orders(customer_ids=[customer.pk])
    return [customer.uid for customer in found]
