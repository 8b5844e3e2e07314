"""What orders have to say about the resources below them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from customers.models import Address
from customers.services import check_not_forgotten
from jsonapi.access import Caller
from jsonapi.errors import Denied
from jsonapi.signals import resource_updated
from orders.models import Order

ALWAYS_CHANGES = frozenset({"updated_at"})


@receiver(resource_updated, sender=Address)
def guard_address(
    *, instance: Address, caller: Caller, changes: dict[str, Any], **facts: Any
) -> None:
    """Keep shoppers from rewriting where an order went, and anybody from undoing an erasure.

    No lock is needed for the latter: that a person is being forgotten is committed before the
    first of their rows is touched, and this address is locked.
    """
    if changes.keys() <= ALWAYS_CHANGES:
        return
    where = Q(shipping_address=instance) | Q(billing_address=instance)
    for order in Order.objects.filter(where).select_related("customer"):
        if order.customer is not None:
            check_not_forgotten(customer=order.customer)
        if not (caller.is_trusted or order.is_editable):
            raise Denied
