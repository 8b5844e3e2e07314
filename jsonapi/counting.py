"""How many rows a collection has: counted while that is cheap, remembered when it is not."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from jsonapi import sql
from jsonapi.sql import Fragment

CHEAP = 10_000  # rows; PostgreSQL counts them in about half a millisecond
REMEMBERED_FOR = 10.0  # seconds
MOST = 1_000  # counts

_remembered: OrderedDict[tuple[str, tuple[Any, ...]], tuple[float, int]] = OrderedDict()


def count(table: str, where: Fragment) -> int:
    """Return the number of rows; beyond 10,000 it may be up to 10 seconds old."""
    key = (table + where.text, where.params)
    try:
        expires, known = _remembered.get(key, (0.0, 0))
    except TypeError:  # a parameter that cannot be a key: count it every time
        return _exactly(table, where)
    if expires > time.monotonic():
        return known
    found = _at_most(table, where, CHEAP + 1)
    if found > CHEAP:
        found = _exactly(table, where)
        _remember(key, found)
    return found


def _at_most(table: str, where: Fragment, limit: int) -> int:
    rows = Fragment(f"SELECT COUNT(*) FROM (SELECT 1 FROM {table}") + where  # noqa: S608
    found: int = sql.run(rows + Fragment(f" LIMIT {limit}) AS counted"))[0][0]
    return found


def _exactly(table: str, where: Fragment) -> int:
    rows = Fragment(f"SELECT COUNT(*) FROM {table}") + where  # noqa: S608
    found: int = sql.run(rows)[0][0]
    return found


def _remember(key: tuple[str, tuple[Any, ...]], found: int) -> None:
    _remembered[key] = (time.monotonic() + REMEMBERED_FOR, found)
    _remembered.move_to_end(key)
    while len(_remembered) > MOST:
        _remembered.popitem(last=False)
