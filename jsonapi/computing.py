"""Attributes that are worked out in Python, as pieces of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

import orjson

from jsonapi.schema import Attribute

REMEMBERED = 512  # answers of each group

Members = Callable[[tuple[Any, ...]], bytes]


def groups(attributes: Iterable[Attribute]) -> list[tuple[tuple[str, ...], Members]]:
    """Return columns, and what turns their values into the members of a JSON object.

    Neighbours that need the same columns are worked out together.
    """
    together = groupby(attributes, key=lambda one: (one.columns, one.remembered))
    return [(columns, _members(tuple(some))) for (columns, _), some in together]


@lru_cache(maxsize=512)
def _members(attributes: tuple[Attribute, ...]) -> Members:
    calls = [(one.name, one.function) for one in attributes if one.function]

    def members(values: tuple[Any, ...]) -> bytes:
        return orjson.dumps({name: call(*values) for name, call in calls})[1:-1]

    is_remembered = all(one.remembered for one in attributes)
    return lru_cache(maxsize=REMEMBERED)(members) if is_remembered else members
