"""A resource's declaration, compiled once: what its attributes and relationships are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from jsonapi import claims, registry
from jsonapi.claims import Claim
from jsonapi.relationships import Relationship, relationship

if TYPE_CHECKING:
    from jsonapi.serializers import ResourceSerializer


@dataclass(frozen=True, slots=True)
class Attribute:
    """One readable attribute: a column, or what a function makes of several.

    `field` is the model field of a plain column: only those can be filtered and sorted.
    Answers of a `remembered` function are kept by the process.
    """

    name: str
    columns: tuple[str, ...]
    function: Callable[..., Any] | None = None
    remembered: bool = False
    field: models.Field[Any, Any] | None = None


class Schema:
    """All that is known about a resource type before the first request."""

    def __init__(self, resource_type: str, serializer: type[ResourceSerializer]) -> None:
        self.type = resource_type
        self.serializer = serializer
        self.model: type[models.Model] = serializer.Meta.model

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """The serializer's fields: declared and derived, readable and write-only."""
        fields: Mapping[str, Any] = self.serializer().fields
        return fields

    @cached_property
    def names(self) -> list[str]:
        """The names that can be read, in order."""
        return [name for name, field in self.fields.items() if not field.write_only]

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """Relationships that lead to what the caller's token names, not to rows of this one."""
        return claims.registered() if getattr(self.serializer.Meta, "claimed", False) else {}

    @cached_property
    def shown(self) -> list[str]:
        """The names that can be read, those of what the token says included."""
        return [*self.names, claims.ATTRIBUTE, *self.claims] if self.claims else self.names

    @cached_property
    def relationships(self) -> dict[str, Relationship]:
        found = {name: relationship(self.model, name) for name in self.names}
        return {name: relation for name, relation in found.items() if relation}

    @cached_property
    def links(self) -> Mapping[str, Relationship | Claim]:
        """All relationships: of the row, and of what the token says."""
        return {**self.relationships, **self.claims}

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        return {
            name: self._attribute(name) for name in self.names if name not in self.relationships
        }

    def _attribute(self, name: str) -> Attribute:
        declared = self.fields[name]
        if (declared_columns := getattr(declared, "columns", None)) is not None:
            return Attribute(name, declared_columns, getattr(declared, "function", None))
        source = declared.source or name
        try:
            field: Any = self.model._meta.get_field(source)
        except FieldDoesNotExist:
            return Attribute(name, (source,))  # an annotation of `computed()`
        return Attribute(name, (source,), field=field)

    def target(self, name: str) -> Schema | None:
        """Return the schema at the other end of a relationship; None if it has many types."""
        if name in self.claims:
            return registry.schema_of(self.claims[name].resource_type)
        model = getattr(self.relationships[name], "model", None)
        resource_type = registry.type_of(model) if model else None
        return registry.schema_of(resource_type) if resource_type else None
