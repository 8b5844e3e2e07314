"""Writing the lines of an order, whose sums follow in the same transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Price, Sku
from customers.services import check_not_forgotten
from jsonapi.errors import Invalid
from orders.models import LineItem, Order
from orders.models.line_items import MOST
from orders.services.addresses import adopt
from orders.services.locking import lock_order
from orders.services.methods import take_price
from orders.services.rules import problem, refusal
from orders.services.totals import recalculate, settle, tax_of
from orders.states import GOODS, OrderStatus

Values = dict[str, Any]
# Where prices still follow the catalog; an edited order keeps what the customer agreed to.
REPRICEABLE = (OrderStatus.DRAFT, OrderStatus.PENDING)


@transaction.atomic
def add_line(*, order: Order, values: Values, merge: bool = False) -> LineItem:
    """Add a line for a SKU (`sku` or `sku_code`), or one with its own name and price.

    With `merge` the quantity is added to a line of the same SKU, if there is one. Raises
    Invalid when the order cannot be edited or the line cannot be priced.
    """
    _open(order)
    line = LineItem(order=order, currency_code=order.currency_code, **values)
    line.sku = line.sku or _sku(order, line.sku_code)
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
    if "sku_code" in values:
        line.sku = _sku(line.order, line.sku_code)
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


def _sku(order: Order, code: str | None) -> Sku | None:
    if code is None:
        return None
    sku: Sku | None = Sku.objects.filter(environment_id=order.environment_id, code=code).first()
    if sku is None:
        raise Invalid("sku_code", "required", "must exist", value=code)
    return sku


def _twin(order: Order, line: LineItem) -> LineItem | None:
    if line.sku is None:
        return None
    return order.line_items.filter(sku=line.sku, item_type=line.item_type).first()


def _describe(line: LineItem, amount: int | None) -> None:
    """Fill in what the SKU says and a price, the given one or the catalog's. Raises Invalid."""
    sku = line.sku
    if sku is not None:
        line.sku_code = sku.code
        line.name = line.name or sku.name
        line.image_url = line.image_url or sku.image_url
    line.priced_by_catalog = amount is None and sku is not None
    if sku is not None and amount is None:
        price = sku.price_in(line.order.market)
        if price is None:
            title = "has no price in the order's market"
            raise Invalid("sku_code", "no_price", title, value=sku.code)
        amount = price.amount_cents
        line.compare_at_amount_cents = line.compare_at_amount_cents or price.compare_at_amount_cents
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
    lines = list(order.line_items.filter(priced_by_catalog=True).exclude(sku=None))
    prices = Price.objects.filter(sku__in={line.sku_id for line in lines})
    current: dict[int, Price] = {}
    for price in prices.charged_in(order.market):
        current.setdefault(price.sku_id, price)
    changed = []
    for line in lines:
        price = current.get(line.sku_id)
        if price is not None and price.amount_cents != line.unit_amount_cents:
            line.order = order
            line.unit_amount_cents = price.amount_cents
            _add_up(line)
            changed.append(line)
    columns = ["unit_amount_cents", "total_amount_cents", "tax_amount_cents"]
    LineItem.objects.bulk_update(changed, columns)
