"""Keeps erasing and the writing of files apart: a file is either found, or has nothing to find.

Who writes a piece of a file holds the fence of its environment together with others, from before
it reads until it has committed. Erasing holds it alone, before it looks for files.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

FENCE = 0x7F11E5  # any number that nobody else uses


def share(environment_id: int) -> None:
    """Wait for who erases in the environment, and let nobody begin until the transaction ends."""
    _take("pg_advisory_xact_lock_shared", environment_id)


def close(environment_ids: Iterable[int]) -> None:
    """Wait for who writes files in the environments, and let nobody begin either."""
    for environment_id in sorted(environment_ids):
        _take("pg_advisory_xact_lock", environment_id)


def _take(function: str, environment_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [FENCE, environment_id % 2**31])
