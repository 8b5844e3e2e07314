"""Reply documents: a collection, one resource, linkage. Pieces are joined once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse

from jsonapi import conditions, query, reading, registry, sql
from jsonapi.access import caller_of
from jsonapi.addresses import own_address
from jsonapi.cursors import CursorPage
from jsonapi.errors import NotAllowed, NotFound
from jsonapi.negotiation import CURSORS, PLAIN
from jsonapi.pagination import Page
from jsonapi.plans import Node
from jsonapi.query import Query
from jsonapi.reading import Reader
from jsonapi.relationships import column
from jsonapi.requests import Request
from jsonapi.sql import Fragment, Row
from jsonapi.visibility import visible

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet

View = type["ResourceViewSet"]
EVERYTHING = Query()
"""What a reply to a write shows: all attributes, and nothing included."""


def base_url(request: Request) -> str:
    """Return what the links of a reply start with, e.g. http://127.0.0.1:8000/api."""
    return f"{request.origin}/api"


def nothing() -> HttpResponse:
    """Answer a write that there is nothing to say about: 204."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


def document(request: Request, members: Mapping[str, Any]) -> HttpResponse:
    """Answer a document that no plan has made."""
    renderer = request.renderer
    return HttpResponse(renderer.render(members), content_type=renderer.media_type)


def parse(view: View, request: Request, *, many: bool) -> Query:
    """Return the query string of a request about resources of `view`. Raises BadRequest."""
    return query.parse(request.query_params, view.declaration(), caller_of(request), many=many)


def collection(view: View, request: Request, *limits: Fragment) -> HttpResponse:
    """Answer a page of the visible rows that meet `limits`."""
    wanted = parse(view, request, many=True)
    page = _page(view, request, wanted, limits)
    reader = reader_of(request, wanted)
    nodes, included = _fetch(view, page, wanted, reader)
    return paged(request, page, nodes, included, wanted, reader)


def paged(  # noqa: PLR0913, PLR0917
    request: Request,
    page: Page | CursorPage,
    nodes: list[Node],
    included: list[Node],
    wanted: Query,
    reader: Reader,
) -> HttpResponse:
    """Answer the rows of a page, and what is included of them."""
    data = [b"[", *objects(nodes, reader, _cursors(page, nodes)), b"],"]
    links = {"self": _self(request, own_address(request)), **page.links}
    members = {"meta": page.meta, "links": links}
    return _reply(request, [*data, orjson.dumps(members)[1:-1]], wanted, included, reader)


def single(
    view: View, request: Request, wanted: Query, where: Fragment, *, or_none: bool = False
) -> HttpResponse:
    """Answer the one row that `where` leaves. Raises NotFound, or answers null."""
    reader = reader_of(request, wanted)
    nodes, included = reading.fetch(view, where, wanted.include, reader, single=True)
    if not nodes and not or_none:
        raise NotFound
    response = _reply(request, objects(nodes, reader) or [b"null"], wanted, included, reader)
    return conditions.tagged(request, response, nodes[0].row[2]) if nodes else response


def written(view: View, request: Request, row: Row) -> HttpResponse:
    """Answer a row that was read when it was written."""
    reader = reader_of(request, EVERYTHING)
    node = Node(reader.plan(view.resource_type, {}), row)
    response = _reply(request, objects([node], reader), EVERYTHING, [], reader)
    return response if row[2] is None else conditions.tagged(request, response, row[2])


def made_before(request: Request, wanted: Query, one: tuple[str, str]) -> HttpResponse:
    """Answer a resource, by type and id, that the caller once made. Raises NotFound.

    Who may not read it again is told its identity, not what became of it.
    """
    resource_type, uid = one
    view, caller = registry.view_of(resource_type), caller_of(request)
    if view is None:
        raise NotFound
    values = {**view.model.tenancy(caller), "uid": uid}  # type: ignore[attr-defined]
    tests = [Fragment(f"{column(view.model, name)} = %s", (one,)) for name, one in values.items()]
    if caller.may("retrieve", resource_type):
        tests.append(visible(view, caller))
    else:
        wanted = Query(fieldsets={resource_type: frozenset()})
    return single(view, request, wanted, sql.where(tests))


def linkage(
    view: View, request: Request, links: dict[str, str], many: bool, *limits: Fragment
) -> HttpResponse:
    """Answer resource identifiers: a page of them, or the only one."""
    wanted = parse(view, request, many=many)
    reader = Reader(caller_of(request), base_url(request), {view.resource_type: frozenset()})
    if wanted.is_compound:
        raise NotAllowed("include", parameter="include")
    if not many:
        where = sql.where([visible(view, reader.caller), *limits])
        nodes, _ = reading.fetch(view, where, {}, reader)
        data = _identifier(view, nodes[0]) if nodes else None
        return document(request, {"links": links, "data": data})
    page = _page(view, request, wanted, limits)
    nodes, _ = _fetch(view, page, Query(), reader)
    identifiers = [_identifier(view, node) for node in nodes]
    for one, cursor in zip(identifiers, _cursors(page, nodes) or (), strict=False):
        one["meta"] = {"page": {"cursor": cursor}}
    own = {**links, "self": _self(request, links["self"]), **page.links}
    return document(request, {"links": own, "data": identifiers, "meta": page.meta})


def _page(
    view: View, request: Request, wanted: Query, limits: tuple[Fragment, ...]
) -> Page | CursorPage:
    where = [visible(view, caller_of(request)), *limits, *wanted.conditions]
    has_cursor = wanted.after is not None or wanted.before is not None
    kind = CursorPage if has_cursor or request.renderer is CURSORS else Page
    return kind(request, view.model, where, wanted)


def reader_of(request: Request, wanted: Query) -> Reader:
    """Return who reads, and what they want."""
    return Reader(caller_of(request), base_url(request), wanted.fieldsets)


def _fetch(
    view: View, page: Page | CursorPage, wanted: Query, reader: Reader
) -> tuple[list[Node], list[Node]]:
    if page.rest is None:
        return [], []
    nodes, included = reading.fetch(view, page.rest, wanted.include, reader, page.columns)
    return page.keep(nodes), included


def objects(nodes: list[Node], reader: Reader, cursors: Iterable[str] | None = None) -> list[bytes]:
    """Return resource objects and the commas between them, in pieces."""
    pieces: list[bytes] = []
    end, claim = reader.end, reader.claim
    ends = repeat(end) if cursors is None else (_marked(end, cursor) for cursor in cursors)
    for node, its_end in zip(nodes, ends, strict=False):
        pieces += node.plan.pieces(node, claim)
        pieces += (its_end, b",")
    return pieces[:-1]


def _marked(end: bytes, cursor: str) -> bytes:
    """Put an item's cursor into the `meta` that its resource object ends with."""
    return b'%b,"page":{"cursor":"%b"}}}' % (end[:-2], cursor.encode())


def _cursors(page: Page | CursorPage, nodes: list[Node]) -> list[str] | None:
    """Return the cursors of items, which only the profile shows."""
    if isinstance(page, CursorPage) and page.is_profiled:
        return [page.cursor(node) for node in nodes]
    return None


def _self(request: Request, href: str) -> Any:
    """Return a document's link to itself; a profile has to be asked for there again."""
    renderer = request.renderer
    return href if renderer is PLAIN else {"href": href, "type": renderer.media_type}


def _identifier(view: View, node: Node) -> dict[str, Any]:
    return {"type": view.resource_type, "id": node.uid}


def _reply(
    request: Request, data: list[bytes], wanted: Query, included: list[Node], reader: Reader
) -> HttpResponse:
    renderer = request.renderer
    more = [b',"included":[', *objects(included, reader), b"]"] if wanted.is_compound else []
    body = b"".join([b'{"data":', *data, *more, b",%b}" % renderer.member.encode()])
    return HttpResponse(body, content_type=renderer.media_type)
