"""Whether two replies say the same. What may differ is listed here, and nothing else.

Order of `included` and of linkage, which JSON:API leaves open; trailing zeros of a second's
fraction (.123Z is .123000Z); `meta.count` of a relationship, which only DJA has; the document's
own `meta` and `links`, because DJA counts in `meta.pagination` and writes null where there is no
such page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TIME = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")

MOST = 10
"""Differences to show."""


class NotEqual(Exception):
    """The replies differ: there is nothing to compare. The message says where."""


def demand_equal(name: str, ours: Any, theirs: Any, drawn: frozenset[str] = frozenset()) -> None:
    """Raise NotEqual unless two documents are equal; of `drawn` members only that they exist."""
    some = []
    for path, left, right in differences("", normal(ours, drawn), normal(theirs, drawn)):
        some.append(f"  {path}: clientele {left!r:.120}, stock {right!r:.120}")
        if len(some) == MOST:
            break
    if some:
        raise NotEqual("\n".join([f"{name}: the replies are not equal", *some]))


def normal(document: Any, drawn: frozenset[str]) -> Any:
    """Return the comparable part of a document."""
    found = {"data": document["data"], "included": by_identity(document.get("included", []))}
    return {"count": count(document), **cleaned(found, drawn)}


def count(document: Any) -> int | None:
    meta = document.get("meta") or {}
    found: int | None = meta.get("pagination", meta).get(
        "count" if "pagination" in meta else "record_count"
    )
    return found


def by_identity(resources: Any) -> dict[str, Any]:
    found = {f"{one['type']}/{one['id']}": one for one in resources}
    if len(found) != len(resources):
        raise NotEqual("a resource is included twice")
    return found


def cleaned(value: Any, drawn: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: "drawn" if key in drawn else cleaned(one, drawn)
            for key, one in value.items()
            if not is_count(key, one)
        }
    if isinstance(value, list):
        items = [cleaned(one, drawn) for one in value]
        is_linkage = all(isinstance(one, dict) and one.keys() == {"type", "id"} for one in items)
        return sorted(items, key=lambda one: str(one["id"])) if is_linkage else items
    if isinstance(value, str) and TIME.match(value) and "." in value:
        return value.removesuffix("Z").rstrip("0").rstrip(".") + "Z"
    return value


def is_count(key: str, value: Any) -> bool:
    return key == "meta" and isinstance(value, dict) and value.keys() == {"count"}


def differences(path: str, left: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield where two values differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            yield from differences(
                f"{path}/{key}", left.get(key, "(absent)"), right.get(key, "(absent)")
            )
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            yield from differences(f"{path}/{index}", *pair)
    elif left != right:
        yield path, left, right
