"""Keeps erasing and the writing of files apart: a file is either found, or has nothing to find.

The fence of an environment has some gates. Who writes a piece of a file holds all of them together
with others who write, from before it reads until it has committed. Erasing holds one of them alone,
before it looks for files: several may erase at once, but nobody writes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

FENCE = 0x7F11E5  # any number that nobody else uses
GATES = 32  # how many may erase at once in one environment; more wait for each other

ALL = "SELECT PG_ADVISORY_XACT_LOCK_SHARED(%s, %s + gate) FROM GENERATE_SERIES(0, %s) AS gate"
FREE = (
    "SELECT gate FROM GENERATE_SERIES(0, %s) AS gate"
    " WHERE PG_TRY_ADVISORY_XACT_LOCK(%s, %s + gate) LIMIT 1"
)
ANY = "SELECT PG_ADVISORY_XACT_LOCK(%s, %s + PG_BACKEND_PID() %% %s)"


def share(environment_id: int) -> None:
    """Wait for who erases in the environment, and let nobody begin until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(ALL, [FENCE, _first_gate(environment_id), GATES - 1])


def close(environment_ids: Iterable[int]) -> None:
    """Wait for who writes files in the environments, and let nobody begin either."""
    with connection.cursor() as cursor:
        for environment_id in sorted(environment_ids):
            first = _first_gate(environment_id)
            cursor.execute(FREE, [GATES - 1, FENCE, first])
            if cursor.fetchone() is None:
                cursor.execute(ANY, [FENCE, first, GATES])


def _first_gate(environment_id: int) -> int:
    return environment_id * GATES % 2**31
