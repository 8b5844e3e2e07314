"""Regular expressions of clients, run by PostgreSQL and never for long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, OperationalError, connection, transaction

from jsonapi.errors import Invalid

PATIENCE = 1_000  # milliseconds
# What PostgreSQL cannot match without trying everything.
BACK_REFERENCE = re.compile(r"\\[1-9]")
NAME = "sku_code_regex"


def check_pattern(pattern: str) -> None:
    """Raise Invalid for a pattern that is none, or that is not worth its time."""
    if BACK_REFERENCE.search(pattern):
        raise Invalid(NAME, "invalid", "must not have back-references")
    with limited(), connection.cursor() as cursor:
        cursor.execute("SELECT '' ~ %s", [pattern])


@contextmanager
def limited() -> Iterator[None]:
    """Give the queries within one second each. Raises Invalid about the pattern."""
    try:
        with transaction.atomic():
            before = _set_timeout(str(PATIENCE))
            yield
            _set_timeout(before)
    except DataError:
        raise Invalid(NAME, "invalid", "is not a regular expression of PostgreSQL") from None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != "57014":  # query_canceled
            raise
        raise Invalid(NAME, "too_slow", "takes too long") from None


def _set_timeout(value: str) -> str:
    """Set the timeout for the rest of the transaction and return what it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [value])
    return str(before)
