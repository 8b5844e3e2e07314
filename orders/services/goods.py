"""What the catalog sells, as lines and items name it: a SKU or a bundle, by row or by code."""

from __future__ import annotations

from typing import Any

from catalog.models import Bundle, Market, Sku
from jsonapi.errors import Invalid

Price = tuple[int, int | None]  # what is charged, and what it is compared with


def find(row: Any, environment_id: int) -> Sku | Bundle | None:
    """Return what a line or an item is of, and write down on it which that is.

    Raises Invalid for a code without a SKU or bundle, and for both at once.
    """
    sku: Sku | None = row.sku or _by_code(Sku, "sku_code", row.sku_code, environment_id)
    bundle: Bundle | None = row.bundle
    bundle = bundle or _by_code(Bundle, "bundle_code", row.bundle_code, environment_id)
    if sku is not None and bundle is not None:
        raise Invalid("bundle_code", "present", "must be blank: there is a SKU")
    row.sku, row.sku_code = sku, sku and sku.code
    row.bundle, row.bundle_code = bundle, bundle and bundle.code
    return bundle or sku


def price_of(item: Sku | Bundle, market: Market, *, of: str) -> Price:
    """Return what a SKU or bundle costs in a market, which is that `of` something.

    Raises Invalid where it is not sold there.
    """
    if isinstance(item, Bundle):
        if item.is_sold_in(market) and item.price_amount_cents is not None:
            return item.price_amount_cents, item.compare_at_amount_cents
    elif (price := item.price_in(market)) is not None:
        return price.amount_cents, price.compare_at_amount_cents
    name = "bundle_code" if isinstance(item, Bundle) else "sku_code"
    raise Invalid(name, "no_price", f"has no price in the {of}'s market", value=item.code)


def _by_code(model: Any, name: str, code: str | None, environment_id: int) -> Any:
    if code is None:
        return None
    row = model.objects.filter(environment_id=environment_id, code=code).first()
    if row is None:
        raise Invalid(name, "required", "must exist", value=code)
    return row
