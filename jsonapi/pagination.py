"""Numbered pages: `page[number]` from 1, `page[size]` of 10, at most 25."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import quote, urlencode

from rest_framework.request import Request

from jsonapi.models import ResourceQuerySet
from jsonapi.query import Query


class Page:
    """One page of an ordered collection."""

    def __init__(self, request: Request, rows: ResourceQuerySet, query: Query) -> None:
        self.request = request
        self.all = rows
        self.number = query.number
        self.size = query.size

    @cached_property
    def count(self) -> int:
        """How many rows the collection has."""
        return self.all.order_by().count()

    @property
    def last(self) -> int:
        """The number of the last page: an empty collection has one page, which is empty."""
        return max(1, -(-self.count // self.size))

    @property
    def rows(self) -> ResourceQuerySet:
        """The rows of this page; beyond the last page there are none."""
        if self.number > self.last:
            return self.all.none()
        start = (self.number - 1) * self.size
        return self.all[start : start + self.size]

    @property
    def meta(self) -> dict[str, int]:
        return {"record_count": self.count, "page_count": self.last}

    @property
    def links(self) -> dict[str, str]:
        """Absolute links to the first, previous, next and last page."""
        links = {"first": self._link(1)}
        if self.number > 1:
            links["prev"] = self._link(min(self.number - 1, self.last))
        if self.number < self.last:
            links["next"] = self._link(self.number + 1)
        return {**links, "last": self._link(self.last)}

    def _link(self, number: int) -> str:
        parameters = self.request.query_params.dict()
        parameters |= {"page[number]": str(number), "page[size]": str(self.size)}
        text = urlencode(parameters, safe="[],", quote_via=quote)
        return f"{self.request.scheme}://{self.request.get_host()}{self.request.path}?{text}"
