"""What automatic SKU lists learn from writes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from catalog import lists
from catalog.models import Sku, SkuList
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
