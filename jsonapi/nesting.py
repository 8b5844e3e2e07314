"""JSON of any depth, looked through without recursion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def within(data: Any) -> Iterator[tuple[Any, int]]:
    """Yield every value and every name within `data`, itself first, and how deep it is."""
    waiting = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]


def is_storable(value: Any) -> bool:
    """Tell whether PostgreSQL can hold a value of JSON: no text in it has a NUL."""
    return not (isinstance(value, str) and "\0" in value)
