"""Columns and buttons that the pages of orders and what follows from them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model

from catalog.money import formatted
from orders.services.returns import STEPS as RETURN_STEPS
from orders.services.shipments import STEPS as SHIPMENT_STEPS
from orders.services.subscriptions import STEPS as SUBSCRIPTION_STEPS
from organizations.staff import column, step

COLOURS = {
    "draft": "",
    "pending": "",
    "editing": "warning",
    "placing": "warning",
    "placed": "info",
    "approved": "success",
    "cancelled": "danger",
    "active": "success",
    "running": "info",
    "completed": "success",
    "failed": "danger",
    "requested": "warning",
    "received": "success",
    "rejected": "danger",
}
PAYMENT_COLOURS = {"paid": "success", "free": "success", "authorized": "info", "refunded": "danger"}


def money(title: str, name: str) -> Any:
    """Return a column for the amount `<name>_cents` of a row with a `currency_code`."""

    @column(title, ordering=f"{name}_cents")
    def amount(page: Any, row: Any) -> str | None:
        return formatted(getattr(row, f"{name}_cents"), row.currency_code)

    return amount


def status_is(*statuses: str) -> Callable[[Any], bool]:
    """Return a test for rows in one of these statuses."""
    return lambda row: row.status in statuses


def stepping(steps: Mapping[str, Any]) -> Callable[..., Any]:
    """Return what makes buttons that are there while a row can take their step."""

    def button(trigger: str, title: str, question: str, look: str = "plain") -> Any:
        offered = status_is(*steps[trigger].before)
        return step(trigger, title, question, offered=offered, look=look)

    return button


return_step = stepping(RETURN_STEPS)
shipment_step = stepping(SHIPMENT_STEPS)
subscription_step = stepping(SUBSCRIPTION_STEPS)


def written_columns(row: Model, form: Any) -> dict[str, Any]:
    """Return what staff changed of a row's own columns, for the service that writes them."""
    columns = {field.name for field in row._meta.concrete_fields}
    return {name: form.cleaned_data[name] for name in form.changed_data if name in columns}
