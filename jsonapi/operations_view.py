"""POST /api/operations: many writes in one transaction, each by the rules of its own request."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from django.db import OperationalError, transaction
from django.http import HttpResponse, QueryDict

from jsonapi import handlers, idempotency, media, operations, registry, replies
from jsonapi.endpoints import Endpoint
from jsonapi.errors import NotAllowed, NotFound
from jsonapi.idempotency import Made
from jsonapi.media import ATOMIC_EXTENSION
from jsonapi.negotiation import ATOMIC, EVERYTHING, MEDIA_TYPE, Negotiation, Renderer, dumps
from jsonapi.operations import MEMBER, Lids, Target, placed
from jsonapi.query import Query
from jsonapi.replies import base_url
from jsonapi.requests import Request

# What a viewset does for an operation on a relationship.
RELATIONSHIP_ACTIONS = {
    "add": "add_members",
    "update": "replace_members",
    "remove": "remove_members",
}


class AtomicNegotiation(Negotiation):
    """Documents of the extension, and nothing else."""

    extensions = frozenset({ATOMIC_EXTENSION})

    @staticmethod
    @lru_cache(maxsize=512)
    def renderer(accept: str) -> Renderer | None:
        """Return what writes results, if the client takes them."""
        for one in media.ranges(accept):
            is_ours = one.name == MEDIA_TYPE and one.uris("ext") == {ATOMIC_EXTENSION}
            if one.name in EVERYTHING or (is_ours and not one.has_foreign_parameters):
                return None if one.is_refused else ATOMIC
        return None


class Part:
    """One operation, in the shape of the request that it stands for."""

    query_params = QueryDict()
    META: dict[str, Any] = {}

    def __init__(self, request: Request, data: Any) -> None:
        self._request = request
        self.data = data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


class OperationsView(Endpoint):
    """Answers one result for each operation; if one fails, none has happened."""

    actions = {"post": "operate"}
    negotiation = AtomicNegotiation()

    def check_permissions(self, request: Request) -> None:
        """Let everybody in who has a token: each operation asks for its own."""

    def operate(self, request: Request) -> HttpResponse:
        """POST /api/operations"""
        for name in request.query_params:
            raise NotAllowed(name, parameter=name)
        asked = operations.read(request.data)

        def do() -> tuple[HttpResponse, Made]:
            results = _at_once(request, asked)
            return _answer(results), [_identity(one) for one in results]

        def again(made: Made) -> HttpResponse:
            return _answer([_shown(request, one) for one in made])

        return idempotency.once(request, do, again)


def _answer(results: list[dict[str, Any]]) -> HttpResponse:
    if not any(results):
        return HttpResponse(status=204)
    document = {"atomic:results": results, "jsonapi": ATOMIC.jsonapi}
    return HttpResponse(dumps(document), content_type=ATOMIC.media_type)


def _identity(result: dict[str, Any]) -> tuple[str, str] | None:
    return (result["data"]["type"], result["data"]["id"]) if result else None


def _shown(request: Request, one: tuple[str, str] | None) -> dict[str, Any]:
    """Return a result of a request that was done before, if the resource is still there."""
    if one is None:
        return {}
    try:
        response = replies.made_before(request, Query(), one)
    except NotFound:
        return {}
    return {"data": orjson.loads(response.content)["data"]}


def _at_once(request: Request, asked: list[Any]) -> list[dict[str, Any]]:
    """Do all or nothing."""
    lids = Lids()
    with transaction.atomic():
        return [_do(request, one, at, lids) for at, one in enumerate(asked)]


def _do(request: Request, operation: Any, at: int, lids: Lids) -> dict[str, Any]:
    view: Any = None
    try:
        code = operations.code_of(operation)
        target = operations.target_of(operation, lids, base_url(request))
        view = _view(target, operation)
        return _result(view, request, code, target, operation, lids)
    except OperationalError:
        raise
    except Exception as error:
        refusal = handlers.refusal_for(error, view)
        raise placed(refusal, f"/{MEMBER}/{at}") from error


def _view(target: Target, operation: dict[str, Any]) -> Any:
    view = registry.view_of(target.type)
    if view is None:
        place = next(name for name in ("ref", "href", "data") if name in operation)
        raise NotFound(f"There are no {target.type[:40]}.", pointer=f"/{place}")
    return view()


def _result(  # noqa: PLR0913, PLR0917
    view: Any, request: Request, code: str, target: Target, operation: dict[str, Any], lids: Lids
) -> dict[str, Any]:
    if target.relationship is not None:
        path = (target.uid, target.relationship)
        members = lids.linkage(operation.get("data"), "/data")
        if code != "update" and isinstance(members, dict):
            members = [members]  # as Orbit sends a single one
        body = {"data": members} if "data" in operation else {}
        _act(view, Part(request, body), RELATIONSHIP_ACTIONS[code], *path)
        return {}
    if code == "remove":
        _act(view, Part(request, None), "destroy", _id(target))
        return {}
    data = operation.get("data")
    if code == "add":
        if target.uid is not None:
            raise NotFound("Resources are added to collections.", pointer="/href")
        lids.check_new(data)
        made = _act(view, Part(request, {"data": lids.resource(data)}), "create")
        if "lid" in operation["data"]:
            lids.assign(target.type, operation["data"]["lid"], made["data"]["id"])
        return {"data": made["data"]}
    body = {"data": lids.resource(lids.identify(data, "/data"))}
    return {"data": _act(view, Part(request, body), "update", _id(target))["data"]}


def _id(target: Target) -> str:
    if target.uid is None:
        raise NotFound("A collection can only be added to.", pointer="/href")
    return target.uid


def _act(view: Any, part: Part, action: str, *path: str | None) -> dict[str, Any]:
    """Do what a viewset does for a request of its own, its permissions first."""
    view.request, view.action = part, action
    view.check_permissions(part)
    response = getattr(view, action)(part, *path)
    document: dict[str, Any] = orjson.loads(response.content) if response.status_code < 204 else {}
    return document
