"""GET /api/event_stores and, below every resource, its own part of the audit trail."""

from __future__ import annotations

from django.http import HttpResponse

from activity import trail
from activity.models import EventStore, EventStoreQuerySet
from activity.paging import TrailPage, printable
from jsonapi import registry
from jsonapi.access import Caller, caller_of
from jsonapi.conditions import tagged
from jsonapi.endpoints import Endpoint
from jsonapi.errors import Denied, NotFound
from jsonapi.replies import base_url, document
from jsonapi.requests import Request


class TrailView(Endpoint):
    """Read-only, for trusted callers: nothing can be filtered, sorted, included or written."""

    @property
    def caller(self) -> Caller:
        """Who is reading."""
        return caller_of(self.request)

    def required_permission(self) -> tuple[str, str]:
        """Return the action and type that the permission table has to grant."""
        return str(self.action), trail.RESOURCE_TYPE

    def check_permissions(self, request: Request) -> None:
        """Refuse public clients, whatever the permission table says."""
        super().check_permissions(request)
        if not self.caller.is_trusted:
            raise Denied


class EntryView(TrailView):
    """One entry."""

    actions = {"get": "retrieve"}

    def retrieve(self, request: Request, uid: str) -> HttpResponse:
        """GET /api/event_stores/<id>"""
        entries = EventStore.objects.visible_to(self.caller).filter(uid=printable(uid))
        data = trail.present(entries[:1], self.caller, base_url(request))
        if not data:
            raise NotFound
        response = document(request, {"data": data[0], "meta": self.caller.meta})
        # Nothing changes an entry but erasing, which changes what is shown.
        return tagged(request, response, uid)


class EntriesView(TrailView):
    """The entries of the environment, or of one resource, the latest first."""

    actions = {"get": "list"}

    def list(self, request: Request, resource_type: str = "", uid: str = "") -> HttpResponse:
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
        return document(request, {"data": data, "meta": meta, "links": page.links})


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
