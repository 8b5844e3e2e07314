"""How far an export is, as far as that can be told from its row."""

from __future__ import annotations

from datetime import datetime

from transfers.models import Status


def percentage(status: str, total: int | None, done: int) -> float | None:
    """Return how much is done, in percent; null while nobody knows of how much."""
    if status == Status.COMPLETED:
        return 100.0
    return round(100 * min(done / total, 1), 1) if total else None


def estimate(
    status: str, started: datetime | None, seen: datetime, total: int | None, done: int
) -> str | None:
    """Return when it will be finished if it goes on as it did until it was last seen."""
    if status != Status.IN_PROGRESS or started is None or not total or not done:
        return None
    try:
        end = started + (seen - started) * (total / done)
    except OverflowError:
        return None
    return f"{end.strftime('%Y-%m-%dT%H:%M:%S')}.{end.microsecond // 1000:03d}Z"
