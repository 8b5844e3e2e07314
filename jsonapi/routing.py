"""The routes of every resource: four patterns, and the type in the address says whose they are."""

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


def resources() -> list[URLPattern]:
    """Return the routes below /api of collections and of single resources."""
    return [
        path("operations", OperationsView.as_view()),
        path("<type:view>/<str:uid>", _serve(SINGLE)),
        path("<place:view>", _serve(COLLECTION)),
    ]


def relationships() -> list[URLPattern]:
    """Return the routes below /api of what is related to a resource."""
    return [
        path("<place:view>/<str:uid>/<str:related>", _serve(RELATED)),
        path("<type:view>/<str:uid>/relationships/<str:related>", _serve(RELATIONSHIP)),
    ]


def _known(view: type[ResourceViewSet] | None) -> type[ResourceViewSet]:
    if view is None:
        raise ValueError
    return view


def _serve(actions: Actions) -> Serve:
    @cache
    def serve_of(view: Any) -> Serve:
        only_one = view.singleton and actions is COLLECTION
        serve: Serve = view.as_view(dict(ONLY_ONE if only_one else actions))
        return serve

    def serve(request: HttpRequest, view: Any, **arguments: str) -> HttpResponse:
        return serve_of(view)(request, **arguments)

    serve.csrf_exempt = True  # type: ignore[attr-defined] # tokens travel in a header
    return serve
