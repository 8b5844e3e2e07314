"""Every resource of the API: `@resource("customers")` is all it takes to be one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model

if TYPE_CHECKING:
    from jsonapi.schema import Schema
    from jsonapi.views import ResourceViewSet

View = TypeVar("View", bound="type[ResourceViewSet]")

_by_type: dict[str, type[ResourceViewSet]] = {}
_by_path: dict[str, type[ResourceViewSet]] = {}
_by_model: dict[type[Model], str] = {}


def resource(resource_type: str, *, singleton: str | None = None) -> Callable[[View], View]:
    """Register a viewset under its JSON:API type, which is also its path below /api.

    `singleton` is the path of a resource of which each caller sees exactly one.
    """

    def register(view: View) -> View:
        view.resource_type = resource_type
        view.singleton = singleton
        view.model = view.serializer_class.Meta.model
        _by_type[resource_type] = _by_path[singleton or resource_type] = view
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


def view_at(path: str) -> type[ResourceViewSet] | None:
    """Return the viewset of a path below /api, which is a type or a singleton's own."""
    return _by_path.get(path)


def type_of(model: type[Model]) -> str | None:
    """Return the type of the resources that `model` keeps; None for an internal model."""
    return _by_model.get(model)


def schema_of(resource_type: str) -> Schema:
    """Return the compiled declaration of a registered type."""
    return _by_type[resource_type].declaration()


def secrets_of(resource_type: str) -> Collection[str]:
    """Return the attributes of a type that only its readers may know: no log repeats them."""
    secrets: Collection[str] = getattr(
        _by_type[resource_type].serializer_class.Meta, "secret_fields", ()
    )
    return secrets
