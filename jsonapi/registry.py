"""Every resource of the API: `@resource("customers")` is all it takes to be one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model
from django.urls import URLPattern, path

if TYPE_CHECKING:
    from jsonapi.schema import Schema
    from jsonapi.views import ResourceViewSet

View = TypeVar("View", bound="type[ResourceViewSet]")

_by_type: dict[str, type[ResourceViewSet]] = {}
_by_model: dict[type[Model], str] = {}


def resource(resource_type: str, *, singleton: str | None = None) -> Callable[[View], View]:
    """Register a viewset under its JSON:API type, which is also its path below /api.

    `singleton` is the path of a resource of which each caller sees exactly one.
    """

    def register(view: View) -> View:
        view.resource_type = resource_type
        view.singleton = singleton
        view.model = view.serializer_class.Meta.model
        _by_type[resource_type] = view
        _by_model[view.model] = resource_type
        return view

    return register


def types() -> list[str]:
    """Return every registered type, in alphabetical order."""
    return sorted(_by_type)


def models() -> set[type[Model]]:
    """Return the models behind the registered types."""
    return set(_by_model)


def view_of(resource_type: str) -> type[ResourceViewSet] | None:
    """Return the viewset of a type, None for an unknown one."""
    return _by_type.get(resource_type)


def type_of(model: type[Model]) -> str | None:
    """Return the type of the resources that `model` keeps; None for an internal model."""
    return _by_model.get(model)


def schema_of(resource_type: str) -> Schema:
    """Return the compiled declaration of a registered type."""
    return _by_type[resource_type].declaration()


def urls() -> list[URLPattern]:
    """Return the routes of all resources, below /api."""
    return [route for resource_type in types() for route in _routes(_by_type[resource_type])]


def _routes(view: type[ResourceViewSet]) -> Iterator[URLPattern]:
    base = view.resource_type
    if view.singleton:
        yield path(view.singleton, _as(view, get="retrieve"))
    else:
        yield path(base, _as(view, get="list", post="create"))
    yield path(f"{base}/<str:uid>", _as(view, get="retrieve", patch="update", delete="destroy"))
    yield path(f"{view.singleton or base}/<str:uid>/<str:related>", _as(view, get="related"))
    yield path(f"{base}/<str:uid>/relationships/<str:related>", _as(view, get="relationship"))


def _as(view: type[ResourceViewSet], **actions: Any) -> Any:
    return view.as_view(dict(actions))
