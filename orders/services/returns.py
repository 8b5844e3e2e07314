"""Returns: what comes back, and how far it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from activity.services import publish
from jsonapi.errors import Invalid
from orders.models import LineItem, Order, Return, ReturnLineItem
from orders.services.locking import lock_order
from orders.services.rules import problem
from orders.services.transactions import refund_capture, set_refund_amount
from orders.states import ReturnStatus


@dataclass(frozen=True, slots=True)
class Step:
    """Which statuses a trigger leads from, where to, and which time it writes down."""

    before: Collection[ReturnStatus]
    after: ReturnStatus
    event: str | None
    column: str | None


STEPS: Mapping[str, Step] = {
    "_request": Step((ReturnStatus.DRAFT,), ReturnStatus.REQUESTED, "request", None),
    "_approve": Step((ReturnStatus.REQUESTED,), ReturnStatus.APPROVED, "approve", "approved_at"),
    "_cancel": Step((ReturnStatus.REQUESTED,), ReturnStatus.CANCELLED, None, "cancelled_at"),
    "_ship": Step((ReturnStatus.APPROVED,), ReturnStatus.SHIPPED, "ship", "shipped_at"),
    "_reject": Step((ReturnStatus.SHIPPED,), ReturnStatus.REJECTED, "reject", "rejected_at"),
    "_receive": Step((ReturnStatus.SHIPPED,), ReturnStatus.RECEIVED, "receive", "received_at"),
    "_refund": Step((ReturnStatus.RECEIVED,), ReturnStatus.REFUNDED, None, "refunded_at"),
}


@transaction.atomic
def create_return(*, values: dict[str, Any]) -> Return:
    """Open a return of a placed order, for its customer. Raises Invalid for any other order."""
    order: Order = values["order"]
    lock_order(order=order)
    if not order.is_counted:
        raise problem("order", "not_placed", f"can't be returned: it is {order.status}")
    taken = Return.objects.filter(order=order).count()
    created: Return = Return.objects.create(
        number=f"#{order.number}/R/{taken + 1:03}",
        customer=order.customer,
        customer_email=order.customer_email,
        currency_code=order.currency_code,
        **{"origin_address": order.shipping_address, **values},
    )
    return created


@transaction.atomic
def move_return(*, returned: Return, trigger: str) -> None:
    """Carry out a status trigger. Raises Invalid from a wrong status."""
    _lock(returned)
    step = STEPS[trigger]
    if returned.status == step.after:
        return
    if returned.status not in step.before:
        raise _refusal(returned, trigger)
    if trigger == "_request" and not returned.return_line_items.exists():
        raise problem("return_line_items", "blank", "can't be blank")
    if trigger == "_refund":
        _pay_back(returned)
    returned.status = step.after
    if step.column:
        setattr(returned, step.column, timezone.now())
    returned.save()
    if step.event:
        publish(instance=returned, topic=f"returns.{step.event}")


@transaction.atomic
def set_return_refund(*, returned: Return, amount: int) -> None:
    """Have `_refund` give `amount` back instead of the estimate. Raises Invalid once it did."""
    _lock(returned)
    if returned.status == ReturnStatus.REFUNDED:
        raise _refusal(returned, "_refund_amount_cents")
    returned.refund_amount_cents = amount
    returned.save(update_fields=["refund_amount_cents", "updated_at"])


@transaction.atomic
def archive_return(*, returned: Return, archived: bool) -> None:
    """Put the return away, or take it back out."""
    _lock(returned)
    if archived != (returned.archived_at is not None):
        returned.archived_at = timezone.now() if archived else None
        returned.save(update_fields=["archived_at", "updated_at"])


@transaction.atomic
def restock(*, returned: Return, lines: Collection[ReturnLineItem] | None = None) -> None:
    """Note that goods are back on the shelf: all of the return, or only `lines`.

    Raises Invalid unless the goods were received.
    """
    _lock(returned)
    if returned.status not in (ReturnStatus.RECEIVED, ReturnStatus.REFUNDED):
        raise _refusal(returned, "_restock")
    waiting = returned.return_line_items.filter(restocked_at=None)
    if lines is not None:
        waiting = waiting.filter(pk__in=[line.pk for line in lines])
    if waiting.update(restocked_at=timezone.now(), updated_at=timezone.now()):
        publish(instance=returned, topic="returns.restock")


@transaction.atomic
def add_return_line(*, values: dict[str, Any]) -> ReturnLineItem:
    """Add a line to a draft. Raises Invalid for more than was bought and not yet returned."""
    returned: Return = values["return"]
    _lock(returned)
    _check_draft(returned)
    line = ReturnLineItem(currency_code=returned.currency_code, **values)
    _check_line(returned, line)
    _save(returned, line)
    return line


@transaction.atomic
def change_return_line(*, line: ReturnLineItem, values: dict[str, Any]) -> None:
    """Change how many come back, or why."""
    returned: Return = getattr(line, "return")
    _lock(returned)
    _check_draft(returned)
    for name, value in values.items():
        setattr(line, name, value)
    _check_line(returned, line)
    _save(returned, line)


@transaction.atomic
def remove_return_line(*, line: ReturnLineItem) -> None:
    """Delete a line of a draft."""
    returned: Return = getattr(line, "return")
    _lock(returned)
    _check_draft(returned)
    line.delete()
    _add_up(returned)


def _lock(returned: Return) -> None:
    lock_order(order=returned.order)
    returned.refresh_from_db(from_queryset=Return.objects.select_for_update(of=("self",)))


def _pay_back(returned: Return) -> None:
    """Refund the capture that is named, else the order's latest; nothing where none is left.

    Raises Invalid for an amount that was said and is more than what is left.
    """
    left = returned.order.captures.filter(refund_balance_cents__gt=0)
    capture = returned.reference_capture or left.order_by("pk").last()
    if capture is None or not capture.refund_balance_cents:
        return
    amount = returned.refund_amount_cents
    if amount is None:
        amount = min(returned.estimated_refund_amount_cents, capture.refund_balance_cents)
    if amount > 0:
        set_refund_amount(capture=capture, amount=amount)
        returned.reference_capture = capture
        returned.reference_refund = refund = refund_capture(capture=capture)
        for row in filter(None, (capture, refund)):
            setattr(row, "return", returned)
            row.save(update_fields=["return", "updated_at"])


def _refusal(returned: Return, trigger: str) -> Invalid:
    title = f"is not possible for a return that is {returned.status}"
    return Invalid(trigger, "invalid_transition", title, value=returned.status)


def _check_draft(returned: Return) -> None:
    if returned.status != ReturnStatus.DRAFT:
        raise problem("return", "not_editable", f"can't be edited: it is {returned.status}")


def _check_line(returned: Return, line: ReturnLineItem) -> None:
    bought: LineItem = line.line_item
    if bought.order_id != returned.order_id:
        raise problem("line_item", "invalid", "does not belong to the order of the return")
    gone = (ReturnStatus.CANCELLED, ReturnStatus.REJECTED)
    others = bought.return_line_items.exclude(pk=line.pk).exclude(return__status__in=gone)
    left = bought.quantity - (others.aggregate(sum=Sum("quantity"))["sum"] or 0)
    if line.quantity > left:
        raise Invalid(
            "quantity",
            "less_than_or_equal_to",
            f"must be less than or equal to {left}",
            value=line.quantity,
            count=left,
        )


def _save(returned: Return, line: ReturnLineItem) -> None:
    line.total_amount_cents = line.line_item.unit_amount_cents * line.quantity
    line.save()
    _add_up(returned)


def _add_up(returned: Return) -> None:
    sums = returned.return_line_items.aggregate(
        pieces=Sum("quantity"), total=Sum("total_amount_cents")
    )
    returned.skus_count = sums["pieces"] or 0
    returned.estimated_refund_amount_cents = sums["total"] or 0
    returned.save(update_fields=["skus_count", "estimated_refund_amount_cents", "updated_at"])
