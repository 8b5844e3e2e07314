"""GET /api/event_stores and, below every resource, its own part of the audit trail."""

from __future__ import annotations

from typing import cast

from rest_framework.request import Request
from rest_framework.response import Response

from activity import trail
from activity.models import EventStore, EventStoreQuerySet
from activity.paging import TrailPage, printable
from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.conditions import tagged
from jsonapi.endpoints import Endpoint
from jsonapi.errors import Denied, NotFound
from jsonapi.replies import base_url


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
        response = Response({"data": data[0], "meta": self.caller.meta})
        # Nothing changes an entry but erasing, which changes what is shown.
        response.add_post_render_callback(lambda shown: tagged(request, shown, uid))
        return response


class EntriesView(TrailView):
    """The entries of the environment, or of one resource, the latest first."""

    def get(self, request: Request, resource_type: str = "", uid: str = "") -> Response:
        """GET /api/event_stores and /api/<type>/<id>/event_stores"""
        page = TrailPage(request)
        entries = EventStore.objects.visible_to(self.caller)
        if resource_type:
            entries = history(resource_type, printable(uid), self.caller)
        data = trail.present(page.take(entries), self.caller, base_url(request))
        if page.is_profiled:
            for one in data:
                one["meta"] = {**one["meta"], "page": {"cursor": one["id"]}}
        meta = {**self.caller.meta, **page.meta}
        return Response({"data": data, "meta": meta, "links": page.links})


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
