"""Pages of a relationship whose members are of several types: oldest first, and only numbered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Model
from django.http import HttpResponse

from jsonapi import query, reading, registry, replies, sql
from jsonapi.access import caller_of
from jsonapi.errors import Denied, NotAllowed
from jsonapi.negotiation import CURSORS, PLAIN
from jsonapi.pagination import Page
from jsonapi.plans import Node
from jsonapi.query import Query
from jsonapi.relationships import Mixed, column, quote
from jsonapi.requests import Request
from jsonapi.schema import Schema
from jsonapi.sql import Fragment
from jsonapi.visibility import may_follow, visible

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet

View = type["ResourceViewSet"]
Identity = tuple[str, str]  # type and public id


class MixedPage(Page):
    """One page of the rows of several tables; `members` selects type, id and age of all."""

    def __init__(self, request: Request, members: Fragment, wanted: Query) -> None:
        self.request = request
        self.members = members
        self.number = wanted.number
        self.size = wanted.size

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        ((count,),) = sql.run(Fragment("SELECT COUNT(*) FROM (") + self.members + Fragment(") m"))
        return int(count)

    @cached_property
    def identities(self) -> list[Identity]:
        """The types and ids on the page; beyond the last one there are none."""
        if self.number > self.last:
            return []
        at = Fragment(" LIMIT %s OFFSET %s", (self.size, (self.number - 1) * self.size))
        order = Fragment(" ORDER BY created_at, uid")
        return [(kind, uid) for kind, uid, _ in sql.run(self.members + order + at)]


def related(request: Request, relation: Mixed, parent: Model) -> HttpResponse:
    """Answer a page of related resources. Raises Denied, or NotAllowed for a parameter."""
    views = _views(relation)
    caller = caller_of(request)
    if not all(caller.may("list", view.resource_type) for view in views):
        raise Denied
    page, wanted = _page(request, views, relation, parent, "fields")
    reader = replies.reader_of(request, wanted)
    nodes = _nodes(page, views, reader)
    return replies.paged(request, page, nodes, [], wanted, reader)


def linkage(
    request: Request, schema: Schema, relation: Mixed, parent: Model, links: dict[str, str]
) -> HttpResponse:
    """Answer a page of resource identifiers. Raises Denied, or NotAllowed for a parameter."""
    views = _views(relation)
    caller = caller_of(request)
    if not all(may_follow(caller, schema, view.resource_type, many=True) for view in views):
        raise Denied
    page, _ = _page(request, views, relation, parent)
    data = [{"type": kind, "id": uid} for kind, uid in page.identities]
    return replies.document(
        request, {"links": {**links, **page.links}, "data": data, "meta": page.meta}
    )


def _views(relation: Mixed) -> list[View]:
    found = (registry.view_of(registry.type_of(kind.model) or "") for kind in relation.kinds)
    return [view for view in found if view is not None]


def _page(
    request: Request, views: Sequence[View], relation: Mixed, parent: Model, *more: str
) -> tuple[MixedPage, Query]:
    for name in request.query_params:
        if name not in ("page[number]", "page[size]") and name.partition("[")[0] not in more:
            raise NotAllowed(name, parameter=name)
    if request.renderer is CURSORS:  # a profile may be left out
        request.renderer = PLAIN
    caller = caller_of(request)
    wanted = query.parse(request.query_params, views[0].declaration(), caller, many=True)
    members = Fragment("")
    for view, kind in zip(views, relation.kinds, strict=True):
        table = quote(view.model._meta.db_table)
        uid, age = column(view.model, "uid"), column(view.model, "created_at")
        own = Fragment(f"SELECT '{view.resource_type}' AS type, {uid}, {age} FROM {table}")  # noqa: S608
        where = sql.where([visible(view, caller), sql.condition(view.model, kind.of(parent))])
        members += Fragment(" UNION ALL " if members.text else "") + own + where
    return MixedPage(request, members, wanted), wanted


def _nodes(page: MixedPage, views: Sequence[View], reader: reading.Reader) -> list[Node]:
    """Return the rows on a page, which the caller may see, in their order: a query for a type."""
    found: dict[Identity, Node] = {}
    for view in views:
        uids = [uid for kind, uid in page.identities if kind == view.resource_type]
        if uids:
            named = Fragment(f"{column(view.model, 'uid')} = ANY(%s)", (uids,))
            where = sql.where([visible(view, reader.caller), named])
            nodes, _ = reading.fetch(view, where, {}, reader)
            found |= {(view.resource_type, node.uid): node for node in nodes}
    return [found[one] for one in page.identities if one in found]
