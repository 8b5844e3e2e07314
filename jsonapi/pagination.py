"""Numbered pages: `page[number]` from 1, `page[size]` of 10, at most 25."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import quote, urlencode

from django.db.models import Model

from jsonapi import counting, relationships, sql
from jsonapi.ordering import order_by
from jsonapi.plans import Node
from jsonapi.query import Query
from jsonapi.requests import Request
from jsonapi.sql import Fragment


class Page:
    """One page of the rows of `model` that meet `where`."""

    def __init__(
        self, request: Request, model: type[Model], where: list[Fragment], query: Query
    ) -> None:
        self.request = request
        self.model = model
        self.where = sql.where(where)
        self.order = query.order
        self.number = query.number
        self.size = query.size

    @cached_property
    def count(self) -> int:
        """How many rows the collection has."""
        return counting.count(relationships.quote(self.model._meta.db_table), self.where)

    @property
    def last(self) -> int:
        """The number of the last page: an empty collection has one page, which is empty."""
        return max(1, -(-self.count // self.size))

    @property
    def rest(self) -> Fragment | None:
        """What follows the SELECT; None beyond the last page, where there are no rows."""
        if self.number > self.last:
            return None
        # Written out: the planner keeps one plan where it knows how few rows are wanted.
        limit = Fragment(f" LIMIT {self.size:d}")
        if self.number > 1:
            limit += Fragment(" OFFSET %s", ((self.number - 1) * self.size,))
        return self.where + order_by(self.model, self.order) + limit

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the page asks of its rows: none."""
        return ()

    def keep(self, nodes: list[Node]) -> list[Node]:
        """Take the fetched rows; all are of the page."""
        return nodes

    @property
    def meta(self) -> dict[str, int]:
        return {"record_count": self.count, "page_count": self.last}

    @property
    def links(self) -> dict[str, str]:
        """Absolute links to the first, previous, next and last page."""
        before, after = self._address
        links = {"first": f"{before}1{after}"}
        if self.number > 1:
            links["prev"] = f"{before}{min(self.number - 1, self.last)}{after}"
        if self.number < self.last:
            links["next"] = f"{before}{self.number + 1}{after}"
        return {**links, "last": f"{before}{self.last}{after}"}

    @property
    def _address(self) -> tuple[str, str]:
        """What stands before and after the page number in a link."""
        request = self.request
        others = {
            name: value
            for name, value in request.query_params.items()
            if name not in ("page[number]", "page[size]")
        }
        rest = f"&{urlencode(others, safe=',', quote_via=quote)}" if others else ""
        start = f"{request.origin}{request.path}?page%5Bnumber%5D="
        return start, f"&page%5Bsize%5D={self.size}{rest}"
