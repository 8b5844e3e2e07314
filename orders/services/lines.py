"""Writing the lines of an order, whose sums follow in the same transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Bundle, Price, Sku
from customers.services import check_not_forgotten
from jsonapi.errors import Invalid
from orders.models import LineItem, Order
from orders.models.line_items import MOST
from orders.services import goods
from orders.services.addresses import adopt
from orders.services.locking import lock_order
from orders.services.methods import take_price
from orders.services.rules import problem, refusal
from orders.services.totals import recalculate, settle, tax_of
from orders.states import GOODS, ItemType, OrderStatus

Values = dict[str, Any]
# Where prices still follow the catalog; an edited order keeps what the customer agreed to.
REPRICEABLE = (OrderStatus.DRAFT, OrderStatus.PENDING)


@transaction.atomic
def add_line(*, order: Order, values: Values, merge: bool = False) -> LineItem:
    """Add a line for a SKU or a bundle, by row or by code, or one with its own name and price.

    With `merge` the quantity is added to a line of the same, if there is one. Raises
    Invalid when the order cannot be edited or the line cannot be priced.
    """
    _open(order)
    line = LineItem(order=order, currency_code=order.currency_code, **values)
    _find(line)
    twin = _twin(order, line) if merge else None
    if twin is not None:
        twin.quantity += line.quantity
        if twin.quantity > MOST:
            title = f"must be less than or equal to {MOST}"
            raise Invalid("quantity", "less_than_or_equal_to", title, count=MOST)
        line = twin
    else:
        _describe(line, values.get("unit_amount_cents"))
    _save(order, line)
    return line


@transaction.atomic
def change_line(*, line: LineItem, values: Values) -> None:
    """Change a line. Another SKU, or a new price by an integration, replaces the old price."""
    _open(line.order)
    line.refresh_from_db()
    for name, value in values.items():
        setattr(line, name, value)
    if values.keys() & {"sku_code", "bundle_code"}:
        line.sku = line.bundle = None
        _find(line)
        line.name, line.image_url = values.get("name"), values.get("image_url")
        _describe(line, values.get("unit_amount_cents"))
    elif "unit_amount_cents" in values:
        line.priced_by_catalog = False
        _check_amount(line)
    _save(line.order, line)


@transaction.atomic
def remove_line(*, line: LineItem) -> None:
    """Delete a line. Raises Invalid when the order cannot be edited."""
    _open(line.order)
    line.delete()
    recalculate(line.order)


@transaction.atomic
def refresh(*, order: Order) -> None:
    """Recompute prices, as far as they are still open, sums and country."""
    lock_order(order=order)
    _reprice(order)
    adopt(order)
    order.refreshed_at = timezone.now()
    order.save(
        update_fields=[
            "shipping_address",
            "billing_address",
            "country_code",
            "refreshed_at",
            "updated_at",
        ]
    )
    recalculate(order)


@transaction.atomic
def refresh_prices(*, order: Order) -> None:
    """Take over the catalog's current prices. Raises Invalid once the order is placed."""
    lock_order(order=order)
    if order.status not in REPRICEABLE:
        raise refusal(order, "_refresh_prices")
    refresh(order=order)


def _open(order: Order) -> None:
    lock_order(order=order)
    if not order.is_editable:
        raise problem("order", "not_editable", f"can't be edited: it is {order.status}")
    if order.customer is not None:
        check_not_forgotten(customer=order.customer)


def _find(line: LineItem) -> None:
    """Look up what the line is of; a bundle makes it one of bundles. Raises Invalid."""
    item = goods.find(line, line.order.environment_id)
    if isinstance(item, Bundle) and line.item_type == ItemType.SKUS:
        line.item_type = ItemType.BUNDLES
    if isinstance(item, Bundle) != (line.item_type == ItemType.BUNDLES):
        title = "can't be blank" if item is None else "is not of the line's item_type"
        name = "sku_code" if isinstance(item, Sku) else "bundle_code"
        raise Invalid(name, "blank" if item is None else "invalid", title)


def _twin(order: Order, line: LineItem) -> LineItem | None:
    if line.sku is None and line.bundle is None:
        return None
    same = {"sku": line.sku, "bundle": line.bundle, "item_type": line.item_type}
    return order.line_items.filter(**same).first()


def _describe(line: LineItem, amount: int | None) -> None:
    """Fill in what the catalog says and a price, the given one or the catalog's. Raises Invalid."""
    item = line.bundle or line.sku
    if item is not None:
        line.name = line.name or item.name
        line.image_url = line.image_url or item.image_url
    line.priced_by_catalog = amount is None and item is not None
    if item is not None and amount is None:
        amount, compare_at = goods.price_of(item, line.order.market, of="order")
        line.compare_at_amount_cents = line.compare_at_amount_cents or compare_at
    if not line.name or amount is None:
        missing = {"name": not line.name, "unit_amount_cents": amount is None}
        names = [name for name, is_missing in missing.items() if is_missing]
        raise Invalid.many(Invalid(name, "blank", "can't be blank") for name in names)
    line.unit_amount_cents = amount
    _check_amount(line)


def _check_amount(line: LineItem) -> None:
    if line.item_type in GOODS and line.unit_amount_cents < 0:
        raise Invalid(
            "unit_amount_cents",
            "greater_than_or_equal_to",
            "must be greater than or equal to 0",
            value=line.unit_amount_cents,
            count=0,
        )


def _add_up(line: LineItem) -> None:
    line.total_amount_cents = line.unit_amount_cents * line.quantity + line.discount_cents
    line.tax_amount_cents = tax_of(line, tax_included=line.order.tax_included)


def _save(order: Order, line: LineItem) -> None:
    line.order = order
    _add_up(line)
    line.save()
    if order.autorefresh:
        _reprice(order)
    recalculate(order)
    settle(order)


def _reprice(order: Order) -> None:
    """Give every line that the catalog prices, and the payment method, their current price."""
    if order.status not in REPRICEABLE:
        return
    take_price(order)
    lines = list(order.line_items.filter(priced_by_catalog=True).select_related("bundle"))
    prices = Price.objects.filter(sku__in={line.sku_id for line in lines})
    current: dict[int | None, int] = {}
    for price in prices.charged_in(order.market):
        current.setdefault(price.sku_id, price.amount_cents)
    changed = []
    for line in lines:
        amount = current.get(line.sku_id)
        if line.bundle is not None and line.bundle.is_sold_in(order.market):
            amount = line.bundle.price_amount_cents
        if amount is not None and amount != line.unit_amount_cents:
            line.order = order
            line.unit_amount_cents = amount
            _add_up(line)
            changed.append(line)
    columns = ["unit_amount_cents", "total_amount_cents", "tax_amount_cents"]
    LineItem.objects.bulk_update(changed, columns)
