"""Trying again where two transactions were in each other's way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

from jsonapi.errors import Conflict

ATTEMPTS = 3  # others may hold what we need, and need what we hold
DISTURBED = frozenset({"40P01", "40001"})  # a deadlock, a failure to serialize

Answer = TypeVar("Answer")


def undisturbed(act: Callable[[], Answer]) -> Answer:
    """Act again where the database took us for the cause of a deadlock: nothing was done.

    Raises Conflict when that does not help either. Inside of a transaction it is for whoever
    opened it to begin anew.
    """
    for _ in range(ATTEMPTS):
        try:
            return act()
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if connection.in_atomic_block or state not in DISTURBED:
                raise
    raise Conflict("Others are changing the same resources; try again.")
