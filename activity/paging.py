"""Pages of the audit trail: by cursor, which is the id of an entry, the latest first."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from activity.models import EventStore, EventStoreQuerySet
from jsonapi.addresses import address, own_address
from jsonapi.errors import BadRequest, NotAllowed, NotFound
from jsonapi.negotiation import CURSORS
from jsonapi.query import DEFAULT_SIZE, LARGEST_SIZE, page_size
from jsonapi.requests import Request

# The dashboard asks for the only order there is, the SDK for the page that it gets anyway.
TOLERATED = {"sort": ("-id",), "page[number]": ("1",)}
CURSOR = ("page[after]", "page[before]")


class TrailPage:
    """The entries after one cursor, before another, or both. Raises BadRequest for a bad query.

    Without `page[after]` they are the last ones before `page[before]`.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.is_profiled = request.renderer is CURSORS
        size, self.cursors = _asked(request.query_params)
        self.is_range = len(self.cursors) == len(CURSOR)
        self.size = size or (LARGEST_SIZE if self.is_range else DEFAULT_SIZE)
        self.backwards = self.cursors.keys() == {"page[before]"}
        self.entries: list[EventStore] = []
        self.more = False

    def take(self, entries: EventStoreQuerySet) -> list[EventStore]:
        """Return the page of `entries`. Raises BadRequest for a cursor of none of them."""
        rows = entries
        for name, cursor in self.cursors.items():
            key = entries.filter(uid=cursor).values_list("pk", flat=True).first()
            if key is None:
                raise _no_entry(name)
            rows = rows.filter(pk__lt=key) if name == "page[after]" else rows.filter(pk__gt=key)
        found = list(rows.order_by("pk" if self.backwards else "-pk")[: self.size + 1])
        self.more = len(found) > self.size
        kept = found[: self.size]
        self.entries = kept[::-1] if self.backwards else kept
        return self.entries

    @property
    def meta(self) -> dict[str, Any]:
        """Nothing is counted; a range that did not fit is marked."""
        return {"page": {"rangeTruncated": True}} if self.is_range and self.more else {}

    @property
    def links(self) -> dict[str, Any]:
        """Absolute links to the page itself and to its neighbours, where there are any."""
        own, renderer = own_address(self.request), self.request.renderer
        links: dict[str, Any] = {"self": own}
        if self.is_profiled:
            own_link = {"href": own, "type": renderer.media_type}
            links = {"self": own_link, "prev": None, "next": None}
        if self.entries and (self.more if self.backwards else "page[after]" in self.cursors):
            links["prev"] = self._link("page[before]", self.entries[0])
        if self.entries and ("page[before]" in self.cursors or self.more):
            links["next"] = self._link("page[after]", self.entries[-1])
        return links

    def _link(self, name: str, entry: EventStore) -> str:
        return address(self.request, {name: entry.uid, "page[size]": str(self.size)})


def _asked(parameters: QueryDict) -> tuple[int | None, dict[str, str]]:
    size, cursors = None, {}
    for name, value in parameters.items():
        if name == "page[size]":
            size = page_size(str(value))
        elif name in CURSOR:
            cursors[name] = printable(str(value))
        elif value not in TOLERATED.get(name, ()):
            raise NotAllowed(name, parameter=name)
    return size, cursors


def _no_entry(name: str) -> BadRequest:
    key = name.removeprefix("page[").removesuffix("]")
    return BadRequest(
        "INVALID_PAGE_VALUE",
        "Invalid page value",
        f"{key} is not the id of an entry.",
        parameter=name,
    )


def printable(text: str) -> str:
    """Return `text`. Raises NotFound for what PostgreSQL cannot hold: no id has a NUL."""
    if "\0" in text:
        raise NotFound
    return text
