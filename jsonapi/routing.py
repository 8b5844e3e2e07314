"""The routes of every resource: the type in the address says whose they are.

What is asked for most, a collection or a single resource, is found without Django's resolver.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, register_converter

from jsonapi import registry
from jsonapi.endpoints import Serve
from jsonapi.operations_view import OperationsView

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet

Actions = tuple[tuple[str, str], ...]  # HTTP methods, and what a viewset does for them

COLLECTION: Actions = (("get", "list"), ("post", "create"))
ONLY_ONE: Actions = (("get", "retrieve"),)
SINGLE: Actions = (("get", "retrieve"), ("patch", "update"), ("delete", "destroy"))
RELATED: Actions = (("get", "related"),)
RELATIONSHIP: Actions = (
    ("get", "relationship"),
    ("patch", "replace_members"),
    ("post", "add_members"),
    ("delete", "remove_members"),
)


class TypeConverter:
    """The type in the path of one resource: becomes its viewset."""

    regex = "[a-z_]+"

    def to_python(self, value: str) -> type[ResourceViewSet]:
        """Raises ValueError for an unknown type, which sends Django to the next route."""
        return _known(registry.view_of(value))

    def to_url(self, view: type[ResourceViewSet]) -> str:
        return view.resource_type


class PlaceConverter(TypeConverter):
    """The path of a collection, or of a singleton, which is not called like its type."""

    def to_python(self, value: str) -> type[ResourceViewSet]:
        return _known(registry.view_at(value))

    def to_url(self, view: type[ResourceViewSet]) -> str:
        return view.singleton or view.resource_type


register_converter(TypeConverter, "type")
register_converter(PlaceConverter, "place")


def find(address: str) -> tuple[Serve, dict[str, str]] | None:
    """Return what serves a collection or a single resource, by its address below /api.

    None for all other addresses, which have routes.
    """
    place, _, uid = address.partition("/")
    view: Any = registry.view_of(place) if uid else registry.view_at(place)
    if view is None or "/" in uid or address.endswith("/"):
        return None
    if uid:
        return serving(view, SINGLE), {"uid": uid}
    return serving(view, ONLY_ONE if view.singleton else COLLECTION), {}


@cache
def serving(view: Any, actions: Actions) -> Serve:
    """Return what serves an address of a resource type by some actions."""
    serve: Serve = view.as_view(dict(actions))
    return serve


def routes() -> list[URLPattern]:
    """Return the routes below /api of operations, and of what is related to a resource."""
    return [
        path("operations", OperationsView.as_view()),
        path("<place:view>/<str:uid>/<str:related>", _serve(RELATED)),
        path("<type:view>/<str:uid>/relationships/<str:related>", _serve(RELATIONSHIP)),
    ]


def _known(view: type[ResourceViewSet] | None) -> type[ResourceViewSet]:
    if view is None:
        raise ValueError
    return view


def _serve(actions: Actions) -> Serve:
    def serve(request: HttpRequest, view: Any, **arguments: str) -> HttpResponse:
        return serving(view, actions)(request, **arguments)

    return serve
