"""What a resource's relationships lead to, as its history tells it: identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jsonapi import registry
from jsonapi.identifiers import identifier
from jsonapi.relationships import Detour, Polymorphic, ToOne
from jsonapi.schema import Schema


def linked(schema: Schema, instance: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return what named relationships lead to: an identifier, None, or a list sorted by id.

    One query for each. Relationships that are only written lead nowhere.
    """
    found = {name: schema.relationships.get(name) for name in names}
    return {
        name: _stored(relation, instance)
        for name, relation in found.items()
        if relation is not None
    }


def named(schema: Schema, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same of relationships as a document names them, which has been written."""
    return {
        name: _sent(value, name) for name, value in sent.items() if name in schema.relationships
    }


def to_one(schema: Schema) -> list[str]:
    """Return the names of the relationships that are foreign keys of the resource."""
    return [
        name
        for name, one in schema.relationships.items()
        if isinstance(one, ToOne) and not isinstance(one, Detour)
    ]


def _stored(relation: Any, instance: Any) -> Any:
    polymorphic = isinstance(relation, Polymorphic)
    model = relation.model_of(instance) if polymorphic else relation.model
    uids = model._base_manager.filter(relation.of(instance)).values_list("uid", flat=True)
    identifiers = [_identifier(registry.type_of(model), uid) for uid in uids.order_by("uid")]
    if relation.many:
        return identifiers
    return identifiers[0] if identifiers else None


def _sent(value: Any, name: str) -> Any:
    if isinstance(value, list):
        unique = sorted({identifier(one, name)[::-1] for one in value})
        return [_identifier(resource_type, uid) for uid, resource_type in unique]
    return None if value is None else _identifier(*identifier(value, name))


def _identifier(resource_type: str | None, uid: str) -> dict[str, Any]:
    return {"type": resource_type, "id": uid}
