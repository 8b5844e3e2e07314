"""The sums of an order: integers of the currency's minor unit, recomputed, never adjusted."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from activity.services import publish
from jsonapi.errors import Invalid
from orders.models import LineItem, Order
from orders.services.packing import pack
from orders.states import GOODS, STOCKED, ItemType, OrderStatus

# Beyond this a JSON number is no longer exact for JavaScript.
LARGEST_TOTAL = 2**53 - 1


def tax_of(line: LineItem, *, tax_included: bool) -> int:
    """Return the tax in, or on, a line, rounded half up to the minor unit."""
    if not line.tax_rate:
        return 0
    rate = Decimal(str(line.tax_rate))
    total = Decimal(line.total_amount_cents)
    tax = total - total / (1 + rate) if tax_included else total * rate
    return int(tax.quantize(Decimal(1), ROUND_HALF_UP))


def recalculate(order: Order) -> None:
    """Recompute and save the order's sums from its lines and its methods. It is locked.

    Raises Invalid for a total that no client could read exactly.
    """
    amounts: dict[str, int] = defaultdict(int)
    taxes: dict[str, int] = defaultdict(int)
    quantities: dict[str, int] = defaultdict(int)
    rows = order.line_items.values("item_type").annotate(
        amount=Sum("total_amount_cents"), tax=Sum("tax_amount_cents"), pieces=Sum("quantity")
    )
    for row in rows.order_by():
        kind = row["item_type"]
        amounts[kind], taxes[kind] = int(row["amount"]), int(row["tax"])
        quantities[kind] = row["pieces"]
    amounts[ItemType.PAYMENT_METHODS] += order.payment_method_price_cents
    order.subtotal_amount_cents = sum(amounts[kind] for kind in GOODS)
    order.discount_amount_cents = amounts[ItemType.EXTERNAL_PROMOTIONS]
    sums = {"subtotal": order.subtotal_amount_cents, "discount": order.discount_amount_cents}
    amounts[ItemType.SHIPMENTS] += pack(order, **sums)
    order.subtotal_tax_amount_cents = sum(taxes[kind] for kind in GOODS)
    order.shipping_amount_cents = amounts[ItemType.SHIPMENTS]
    order.payment_method_amount_cents = amounts[ItemType.PAYMENT_METHODS]
    order.adjustment_amount_cents = amounts[ItemType.ADJUSTMENTS]
    order.skus_count = sum(quantities[kind] for kind in STOCKED)
    _add_up(order, sum(amounts.values()), sum(taxes.values()))
    order.tax_rate = _only_rate(order)
    order.save(update_fields=[*SUMS, "updated_at"])


SUMS = (
    "subtotal_amount_cents",
    "subtotal_tax_amount_cents",
    "shipping_amount_cents",
    "payment_method_amount_cents",
    "payment_method_price_cents",
    "adjustment_amount_cents",
    "discount_amount_cents",
    "total_amount_cents",
    "total_tax_amount_cents",
    "total_taxable_amount_cents",
    "total_amount_with_taxes_cents",
    "skus_count",
    "shipments_count",
    "tax_rate",
)


def _add_up(order: Order, total: int, tax: int) -> None:
    order.total_amount_cents = total
    order.total_tax_amount_cents = tax
    order.total_amount_with_taxes_cents = total if order.tax_included else total + tax
    order.total_taxable_amount_cents = order.total_amount_with_taxes_cents - tax
    if abs(order.total_amount_with_taxes_cents) > LARGEST_TOTAL:
        raise Invalid(
            "quantity",
            "less_than_or_equal_to",
            f"makes a total of more than {LARGEST_TOTAL}",
            count=LARGEST_TOTAL,
        )


def _only_rate(order: Order) -> float | None:
    """Return the tax rate if all lines share one."""
    rates = set(order.line_items.order_by().values_list("tax_rate", flat=True).distinct()[:2])
    return rates.pop() if len(rates) == 1 else None


def settle(order: Order) -> None:
    """Turn a draft that has a customer and goods into a pending order. The order is locked."""
    goods = order.line_items.filter(item_type__in=GOODS)
    if order.status == OrderStatus.DRAFT and order.customer_id is not None and goods.exists():
        order.status = OrderStatus.PENDING
        order.save(update_fields=["status", "updated_at"])
        publish(instance=order, topic="orders.pending")
