"""Serializer fields that read resource identifier objects (JSON:API 1.1, section 7.3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework.fields import Field

from jsonapi import registry
from jsonapi.errors import BadRequest, NotFound
from jsonapi.models import ResourceQuerySet


def identifier(data: Any, name: str) -> tuple[str, str]:
    """Return the type and id of one identifier; further members are ignored."""
    if not isinstance(data, dict):
        raise _malformed(name, "is not a resource identifier object")
    resource_type, uid = data.get("type"), data.get("id")
    if not isinstance(resource_type, str) or not isinstance(uid, str):
        raise _malformed(name, "needs `type` and `id`, both strings")
    return resource_type, uid


def identifiers(data: Any, name: str) -> list[tuple[str, str]]:
    """Return the types and ids of a list of identifiers, each once."""
    if not isinstance(data, list):
        raise _malformed(name, "needs a list")
    return list(dict.fromkeys(identifier(one, name) for one in data))


def _malformed(name: str, problem: str) -> BadRequest:
    return BadRequest(
        "INVALID_RELATIONSHIP",
        "Invalid relationship",
        f"{name} {problem}.",
        pointer=f"/data/relationships/{name}",
    )


class RelationshipField(Field[Any, Any, Any, Any]):
    """A writable relationship. Only rows that the caller may see can be named."""

    is_relationship = True

    def __init__(self, *, model: type[Model] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.model = model

    def get_attribute(self, instance: Any) -> Any:
        return None

    def to_representation(self, value: Any) -> Any:
        return None

    def to_internal_value(self, data: Any) -> Any:
        return self.find([identifier(data, str(self.field_name))])[0]

    def find(self, wanted: list[tuple[str, str]]) -> list[Model]:
        """Return the rows with these types and ids, in any order. Raises NotFound if one lacks."""
        found: dict[Any, Model] = {}
        for resource_type in dict.fromkeys(one for one, _ in wanted):
            uids = [uid for one, uid in wanted if one == resource_type and "\0" not in uid]
            found |= {row.pk: row for row in self.rows(resource_type).filter(uid__in=uids)}
        if len(found) < len(wanted):
            raise NotFound(
                f"{self.field_name} leads to a resource that was not found.",
                pointer=f"/data/relationships/{self.field_name}",
            )
        return list(found.values())

    def rows(self, resource_type: str) -> ResourceQuerySet:
        """Return the candidates; 400 when the type does not belong here."""
        view = registry.view_of(resource_type)
        if view is None or (self.model is not None and view.model is not self.model):
            raise BadRequest(
                "TYPE_MISMATCH",
                "Type mismatch",
                f"{resource_type} is not a valid type for {self.field_name}.",
                pointer=f"/data/relationships/{self.field_name}",
            )
        return view.rows_for(self.context["caller"])


class ToManyField(RelationshipField):
    """A writable to-many relationship: the list replaces the set."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None:
            raise _malformed(str(self.field_name), "needs a list")
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> list[Model]:
        return self.find(identifiers(data, str(self.field_name)))
