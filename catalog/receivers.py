"""What the catalog learns: of automatic lists from writes, of memberships from customers."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from catalog import lists, services
from catalog.models import Sku, SkuList
from customers.models import Customer
from customers.signals import email_was_confirmed
from jsonapi import signals


@receiver(signals.resource_created, sender=Sku)
@receiver(signals.resource_updated, sender=Sku)
def sort_in(*, instance: Sku, changes: dict[str, Any] | None = None, **facts: Any) -> None:
    """Keep automatic lists right when a SKU is made or its code changes."""
    if changes is None or "code" in changes:
        lists.sort_in(sku=instance)


@receiver(signals.resource_created, sender=SkuList)
@receiver(signals.resource_updated, sender=SkuList)
def fill(*, instance: SkuList, **facts: Any) -> None:
    """Fill an automatic list."""
    lists.fill(sku_list=instance)


@receiver(email_was_confirmed, sender=Customer)
def activate_memberships(*, instance: Customer, **facts: Any) -> None:
    """Open what waited for a confirmed e-mail."""
    services.activate_memberships(customer=instance)
