"""GET /api/event_stores and, below every resource, its own part of the audit trail."""

from __future__ import annotations

from typing import Any, cast

from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from activity import trail
from activity.models import EventStore, EventStoreQuerySet
from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.addresses import address
from jsonapi.endpoints import Endpoint
from jsonapi.errors import BadRequest, Denied, NotAllowed, NotFound
from jsonapi.query import DEFAULT_SIZE, LARGEST_SIZE
from jsonapi.replies import base_url

# The dashboard asks for the only order there is.
TOLERATED = {"sort": ("-id",)}


class TrailView(Endpoint):
    """Read-only, for trusted callers: nothing can be filtered, sorted, included or written."""

    http_method_names = ["get", "head", "options"]
    action = "list"

    @property
    def caller(self) -> Caller:
        """Who is reading."""
        return cast(Caller, self.request.auth)

    def required_permission(self) -> tuple[str, str]:
        """Return the action and type that the permission table has to grant."""
        return self.action, trail.RESOURCE_TYPE

    def check_permissions(self, request: Request) -> None:
        """Refuse public clients, whatever the permission table says."""
        super().check_permissions(request)
        if not self.caller.is_trusted:
            raise Denied


class EntryView(TrailView):
    """One entry."""

    action = "retrieve"

    def get(self, request: Request, uid: str) -> Response:
        """GET /api/event_stores/<id>"""
        entries = EventStore.objects.visible_to(self.caller).filter(uid=printable(uid))
        data = trail.present(entries[:1], self.caller, base_url(request))
        if not data:
            raise NotFound
        return Response({"data": data[0], "meta": self.caller.meta})


class EntriesView(TrailView):
    """The entries of the environment, or of one resource, the latest first."""

    def get(self, request: Request, resource_type: str = "", uid: str = "") -> Response:
        """GET /api/event_stores and /api/<type>/<id>/event_stores"""
        size, after = cursor(request.query_params)
        entries = EventStore.objects.visible_to(self.caller)
        if resource_type:
            entries = history(resource_type, printable(uid), self.caller)
        page = list(_older(entries, after).order_by("-pk")[: size + 1])
        document = {
            "data": trail.present(page[:size], self.caller, base_url(request)),
            "meta": self.caller.meta,
            "links": _next(request, page, size),
        }
        return Response(document)


def history(path: str, uid: str, caller: Caller) -> EventStoreQuerySet:
    """Return the entries about a resource, a deleted one's too. Raises NotFound if unknown."""
    for resource_type in registry.types():
        view = registry.view_of(resource_type)
        if view is not None and path == (view.singleton or resource_type):
            entries: EventStoreQuerySet = EventStore.objects.visible_to(caller)
            entries = entries.about(resource_type, uid)
            if entries.exists() or view.rows_for(caller).filter(uid=uid).exists():
                return entries
    raise NotFound


def cursor(parameters: QueryDict) -> tuple[int, str | None]:
    """Return `page[size]` and `page[after]`. Raises BadRequest for any other parameter."""
    size, after = DEFAULT_SIZE, None
    for name, value in parameters.items():
        if name == "page[size]":
            size = _size(str(value))
        elif name == "page[after]":
            after = printable(str(value))
        elif value not in TOLERATED.get(name, ()):
            raise NotAllowed(name, parameter=name)
    return size, after


def _size(value: str) -> int:
    if not (value.isascii() and value.isdecimal()) or len(value) > 9 or int(value) < 1:
        detail = f"{value[:100]} is not a valid value for page size."
    elif int(value) > LARGEST_SIZE:
        detail = f"size exceeds maximum page size of {LARGEST_SIZE}."
    else:
        return int(value)
    raise BadRequest("INVALID_PAGE_VALUE", "Invalid page value", detail, parameter="page[size]")


def _older(entries: EventStoreQuerySet, after: str | None) -> EventStoreQuerySet:
    """Return what comes after the entry `after`. Raises BadRequest if there is none such."""
    if after is None:
        return entries
    key = entries.filter(uid=after).values_list("pk", flat=True).first()
    if key is None:
        raise BadRequest(
            "INVALID_PAGE_VALUE",
            "Invalid page value",
            "after is not the id of an entry.",
            parameter="page[after]",
        )
    return entries.filter(pk__lt=key)


def _next(request: Request, page: list[EventStore], size: int) -> dict[str, Any]:
    if len(page) <= size:
        return {}
    return {"next": address(request, {"page[after]": page[size - 1].uid, "page[size]": str(size)})}


def printable(text: str) -> str:
    """Return `text`. Raises NotFound for what PostgreSQL cannot hold: no id has a NUL."""
    if "\0" in text:
        raise NotFound
    return text
