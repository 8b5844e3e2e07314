"""Automatic SKU lists: their items are kept to be the SKUs that a pattern matches."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Value
from django.db.models.lookups import Regex

from catalog.matching import limited
from catalog.models import Sku, SkuList, SkuListItem

ITEMS_AT_ONCE = 1_000


@transaction.atomic
def fill(*, sku_list: SkuList) -> None:
    """Make the items of an automatic list those SKUs whose code matches. Safe to repeat.

    Raises Invalid for a pattern that takes too long.
    """
    pattern = sku_list.sku_code_regex
    if sku_list.manual or pattern is None:
        return
    SkuList.objects.select_for_update().filter(pk=sku_list.pk).first()
    with limited():
        matching = Sku.objects.filter(environment_id=sku_list.environment_id, code__regex=pattern)
        keys = set(matching.values_list("pk", flat=True))
    items = SkuListItem.objects.filter(sku_list=sku_list)
    present = set(items.values_list("sku_id", flat=True))
    items.filter(sku_id__in=present - keys).delete()
    _add((sku_list.environment_id, sku_list.pk, key) for key in sorted(keys - present))


@transaction.atomic
def sort_in(*, sku: Sku) -> None:
    """Put a new or renamed SKU into the automatic lists that match it, and out of the others."""
    lists = SkuList.objects.filter(environment_id=sku.environment_id, manual=False)
    if not lists.exists():
        return
    with limited():
        matching = lists.alias(hit=Regex(Value(sku.code), F("sku_code_regex"))).filter(hit=True)
        keys = set(matching.values_list("pk", flat=True))
    items = SkuListItem.objects.filter(sku=sku, sku_list__manual=False)
    present = set(items.values_list("sku_list_id", flat=True))
    items.filter(sku_list_id__in=present - keys).delete()
    _add((sku.environment_id, key, sku.pk) for key in sorted(keys - present))


def fill_all() -> None:
    """Fill every automatic list: what two requests at once have missed is found here."""
    for sku_list in SkuList.objects.filter(manual=False).iterator():
        fill(sku_list=sku_list)


def _add(rows: Iterable[tuple[int, int, int]]) -> None:
    items = [
        SkuListItem(environment_id=place, sku_list_id=sku_list, sku_id=sku)
        for place, sku_list, sku in rows
    ]
    SkuListItem.objects.bulk_create(items, batch_size=ITEMS_AT_ONCE, ignore_conflicts=True)
