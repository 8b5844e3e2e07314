"""Serializer fields that read resource identifier objects (JSON:API 1.1, section 7.3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework.fields import Field

from jsonapi import registry
from jsonapi.errors import BadRequest
from jsonapi.models import ResourceQuerySet


def identifier(data: Any, name: str) -> tuple[str, str]:
    """Return the type and id of one identifier; further members are ignored."""
    if not isinstance(data, dict):
        raise _malformed(name, "is not a resource identifier object")
    resource_type, uid = data.get("type"), data.get("id")
    if not isinstance(resource_type, str) or not isinstance(uid, str):
        raise _malformed(name, "needs `type` and `id`, both strings")
    return resource_type, uid


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
    default_error_messages = {"does_not_exist": "must exist"}

    def __init__(self, *, model: type[Model] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.model = model

    def get_attribute(self, instance: Any) -> Any:
        return None

    def to_representation(self, value: Any) -> Any:
        return None

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

    def to_internal_value(self, data: Any) -> Model:
        resource_type, uid = identifier(data, str(self.field_name))
        row = self.rows(resource_type).filter(uid=uid).first() if "\0" not in uid else None
        if row is None:
            self.fail("does_not_exist")
        return row  # type: ignore[no-any-return]


class ToManyField(RelationshipField):
    """A writable to-many relationship: the list replaces the set."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list):
            raise _malformed(str(self.field_name), "needs a list")
        return [super(ToManyField, self).to_internal_value(one) for one in data]
