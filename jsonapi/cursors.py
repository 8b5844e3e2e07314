"""Pages by cursor: `page[after]` and `page[before]`, as fast at the end as at the beginning.

A cursor holds the sorted values and the key of the row it stands at, so it stays good while
rows come and go. It is encrypted: keys and counts are nobody's business.
"""

from __future__ import annotations

import base64
import json
from functools import cached_property, lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Model

from jsonapi import sql
from jsonapi.addresses import address
from jsonapi.errors import BadRequest, NotAllowed
from jsonapi.negotiation import CURSORS
from jsonapi.ordering import order_by, reverse
from jsonapi.plans import Node
from jsonapi.query import BY_AGE, LARGEST_SIZE, Order, Query
from jsonapi.relationships import column
from jsonapi.requests import Request
from jsonapi.sql import Fragment
from jsonapi.visibility import tenant_of

LONGEST = 4096  # characters of a cursor


@lru_cache(maxsize=4)
def _box(secret: str) -> Fernet:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"page cursors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def encode(model: type[Model], order: Order, values: list[Any]) -> str:
    """Return a cursor at a row; it is good for this order of this model only."""
    text = json.dumps([_purpose(model, order), values], default=str)
    return _box(settings.SECRET_KEY).encrypt(text.encode()).decode()


def decode(cursor: str, model: type[Model], order: Order) -> list[Any] | None:
    """Return the values of a cursor; None unless it was made for this order of this model."""
    try:
        text = _box(settings.SECRET_KEY).decrypt(cursor[:LONGEST].encode("ascii", "replace"))
    except InvalidToken:
        return None
    made_for, values = json.loads(text)
    return values if made_for == _purpose(model, order) else None


def _purpose(model: type[Model], order: Order) -> list[Any]:
    """What a cursor is for, as JSON: columns of one name may be of different kinds."""
    return [model._meta.db_table, *(list(term) for term in order)]


class CursorPage:
    """The rows of `model` that meet `where` and come after one cursor, before another, or both.

    Without `page[after]` they are the last ones before `page[before]`. With the profile links
    to nowhere are null, and an empty cursor is none.
    """

    def __init__(
        self, request: Request, model: type[Model], where: list[Fragment], query: Query
    ) -> None:
        self.request = request
        self.model = model
        self.where = where
        self.order = query.order
        self.after = query.after
        self.before = query.before
        self.is_profiled = request.renderer is CURSORS
        self.is_range = self.after is not None and self.before is not None
        self.backwards = self.after is None and self.before is not None
        unsized = self.is_range and "page[size]" not in request.query_params
        self.size = LARGEST_SIZE if unsized else query.size
        self.nodes: list[Node] = []
        self.more = False
        if "page[number]" in request.query_params:
            raise NotAllowed("page[number]", parameter="page[number]")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that cursors hold besides the key."""
        return tuple(name for name, _ in self.order if name != "id")

    @cached_property
    def rest(self) -> Fragment:
        """What follows the SELECT; one row more than the page tells whether there is another."""
        after = self._values("after", self.after)
        before = self._values("before", self.before)
        where, order = self.where, self.order
        tenant = tenant_of(self.model, where) if order == BY_AGE else None
        if tenant is not None and (after or before):
            order = (("environment_id", False), *order)
            after, before = after and [tenant, *after], before and [tenant, *before]
            where = [_fence(self.model, tenant, descends=self.backwards)]
        bounds = [
            beyond(self.model, order, after) if after else sql.NOTHING,
            beyond(self.model, reverse(order), before) if before else sql.NOTHING,
        ]
        ordered = order_by(self.model, reverse(order) if self.backwards else order)
        return sql.where([*where, *bounds]) + ordered + Fragment(f" LIMIT {self.size + 1:d}")

    def keep(self, nodes: list[Node]) -> list[Node]:
        """Take the fetched rows; return those of the page, in its order."""
        self.more = len(nodes) > self.size
        kept = nodes[: self.size]
        self.nodes = kept[::-1] if self.backwards else kept
        return self.nodes

    @property
    def meta(self) -> dict[str, Any]:
        """Nothing is counted; a range that did not fit is marked."""
        return {"page": {"rangeTruncated": True}} if self.is_range and self.more else {}

    @property
    def links(self) -> dict[str, str | None]:
        """Absolute links to the neighbouring pages, where there are any."""
        links: dict[str, str | None] = {"prev": None, "next": None} if self.is_profiled else {}
        if not self.nodes:
            return links
        if self.more if self.backwards else self.after:
            links["prev"] = self._link("before", self.nodes[0])
        if self.before or (self.more and not self.backwards):
            links["next"] = self._link("after", self.nodes[-1])
        return links

    def cursor(self, node: Node) -> str:
        """Return the cursor that stands at a row of the page."""
        values = [node.plan.value(node.row, name) for name, _ in self.order]
        return encode(self.model, self.order, values)

    def _link(self, key: str, node: Node) -> str:
        parameters = {
            name: value
            for name, value in self.request.query_params.items()
            if name not in ("page[after]", "page[before]")
        }
        parameters |= {f"page[{key}]": self.cursor(node), "page[size]": str(self.size)}
        return address(self.request, parameters)

    def _values(self, key: str, position: str | None) -> list[Any] | None:
        """Return what a cursor holds; None where there is no cursor or an edge."""
        if position is None or not (position or self.is_profiled):
            return None
        values = decode(position, self.model, self.order)
        if values is None:
            raise BadRequest(
                "INVALID_PAGE_VALUE",
                "Invalid page value",
                "The cursor was not made by this server for this sort.",
                parameter=f"page[{key}]",
            )
        return values


def beyond(model: type[Model], order: Order, values: list[Any]) -> Fragment:
    """Return the condition for rows that come after `values` in `order`.

    PostgreSQL sorts nulls as the largest values.
    """
    names = [column(model, name) for name, _ in order]
    if len({descends for _, descends in order}) == 1 and not _nullable(model, order):
        sign = "<" if order[0][1] else ">"
        marks = ", ".join(["%s"] * len(names))
        return Fragment(f"({', '.join(names)}) {sign} ({marks})", tuple(values))
    alternatives = []
    for at, (_, descends) in enumerate(order):
        same = [_equal(name, value) for name, value in zip(names[:at], values[:at], strict=True)]
        further = _further(names[at], values[at], descends)
        alternatives.append(_joined([*same, further], " AND "))
    return _joined(alternatives, " OR ")


def _fence(model: type[Model], tenant: int, *, descends: bool) -> Fragment:
    """Return where a tenant's rows end.

    Together with a cursor of tenant and key it keeps PostgreSQL on the index of both. Asked for
    the tenant and keys beyond one, it goes along the primary key, through rows of others.
    """
    return Fragment(f"{column(model, 'environment_id')} {'>=' if descends else '<='} %s", (tenant,))


def _nullable(model: type[Model], order: Order) -> bool:
    return any(model._meta.get_field(name).null for name, _ in order)


def _equal(name: str, value: Any) -> Fragment:
    return Fragment(f"{name} IS NULL") if value is None else Fragment(f"{name} = %s", (value,))


def _further(name: str, value: Any, descends: bool) -> Fragment:
    if value is None:
        return Fragment(f"{name} IS NOT NULL" if descends else "FALSE")
    if descends:
        return Fragment(f"{name} < %s", (value,))
    return Fragment(f"({name} > %s OR {name} IS NULL)", (value,))


def _joined(parts: list[Fragment], word: str) -> Fragment:
    text = word.join(f"({part.text})" for part in parts)
    params = tuple(value for part in parts for value in part.params)
    return Fragment(f"({text})", params)
