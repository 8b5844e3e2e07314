"""Columns and buttons that the pages of orders and what follows from them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.money import formatted
from orders.services.returns import STEPS as RETURN_STEPS
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


def return_step(trigger: str, title: str, question: str, look: str = "plain") -> Any:
    """Return a button that is there while the return can take the step."""
    offered = status_is(*RETURN_STEPS[trigger].before)
    return step(trigger, title, question, offered=offered, look=look)
