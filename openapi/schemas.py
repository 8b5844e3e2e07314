"""The documents of each type of resource, as JSON Schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jsonapi import registry, triggers
from jsonapi.claims import ATTRIBUTE, Claim
from jsonapi.identifiers import RelationshipField, ToManyField
from jsonapi.models import UID
from jsonapi.relationships import Mixed, Polymorphic, Relationship
from jsonapi.schema import Attribute, Schema
from openapi.values import ANYTHING, OBJECT, Json, nullable, of_column, of_function, of_input

ID: Json = {"type": "string", "pattern": UID.pattern.replace(r"\A", "^").replace(r"\Z", "$")}
LINK: Json = {"type": ["string", "null"]}
SHARED: Json = {
    "Meta": OBJECT,
    "Links": {"type": "object", "additionalProperties": LINK},
    "Included": {
        "type": "array",
        "description": "What `include` asked for, each resource once.",
        "items": {
            "type": "object",
            "required": ["type", "id"],
            "properties": {"type": {"type": "string"}, "id": ID},
        },
    },
    "Error": {
        "type": "object",
        "required": ["title", "detail", "code", "status"],
        "properties": {
            "title": {"type": "string"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "status": {"type": "string"},
            "source": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("pointer", "parameter")},
            },
            "meta": OBJECT,
        },
    },
    "Errors": {
        "type": "object",
        "required": ["errors"],
        "properties": {
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/components/schemas/Error"},
            }
        },
    },
}


def ref(name: str) -> Json:
    """Return a reference to a schema among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def components() -> Json:
    """Return the schemas of all types, and what they share."""
    schemas = dict(SHARED)
    for resource_type in registry.types():
        schema = registry.schema_of(resource_type)
        schemas[resource_type] = resource(schema)
        schemas[f"{resource_type}.document"] = document(ref(resource_type))
        schemas[f"{resource_type}.collection"] = collection(resource_type)
        schemas[f"{resource_type}.identifier"] = identifier(resource_type)
        schemas[f"{resource_type}.create"] = creation(schema)
        schemas[f"{resource_type}.update"] = update(schema)
    return schemas


def resource(schema: Schema) -> Json:
    """Return a resource object as it is read."""
    attributes = {name: readable(one) for name, one in schema.attributes.items()}
    if schema.claims:
        attributes[ATTRIBUTE] = nullable(OBJECT)
    links = {name: linked(relation) for name, relation in schema.links.items()}
    return {
        "type": "object",
        "required": ["type", "id"],
        "description": (schema.serializer.__doc__ or "").strip(),
        "properties": {
            "type": {"const": schema.type},
            "id": ID,
            "attributes": {"type": "object", "properties": attributes},
            "relationships": {"type": "object", "properties": links},
            "links": ref("Links"),
            "meta": ref("Meta"),
        },
    }


def readable(attribute: Attribute) -> Json:
    """Return what one attribute gives to a reader."""
    if attribute.function is not None:
        return of_function(attribute.function)
    return of_column(attribute.field) if attribute.field is not None else ANYTHING


def linked(relation: Relationship | Claim) -> Json:
    """Return a relationship object as it is read; its data is there when it is included."""
    return {
        "type": "object",
        "properties": {
            "links": ref("Links"),
            "data": linkage(relation.many, type_at(relation)),
            "meta": ref("Meta"),
        },
    }


def linkage(many: bool, resource_type: str | None) -> Json:
    """Return what names one or many resources."""
    one = ref(f"{resource_type}.identifier") if resource_type else identifier(None)
    return {"type": "array", "items": one} if many else {"oneOf": [{"type": "null"}, one]}


def type_at(relation: Relationship | Claim) -> str | None:
    """Return the type at the other end; None if there may be many."""
    if isinstance(relation, Claim):
        return relation.resource_type
    if isinstance(relation, Polymorphic | Mixed):
        return None
    return registry.type_of(relation.model)


def identifier(resource_type: str | None) -> Json:
    """Return a resource identifier object."""
    kind = {"const": resource_type} if resource_type else {"enum": registry.types()}
    return {"type": "object", "required": ["type", "id"], "properties": {"type": kind, "id": ID}}


def document(data: Json) -> Json:
    """Return a document with one resource."""
    return {
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": data,
            "included": ref("Included"),
            "links": ref("Links"),
            "meta": ref("Meta"),
            "jsonapi": OBJECT,
        },
    }


def collection(resource_type: str) -> Json:
    """Return a document with many resources."""
    return document({"type": "array", "items": ref(resource_type)})


def creation(schema: Schema) -> Json:
    """Return the document that makes a resource. Clients may choose the id."""
    fields = {name: field for name, field in schema.fields.items() if writable(field)}
    return _written(schema, fields, required=["type"], all_required=True)


def update(schema: Schema) -> Json:
    """Return the document that changes a resource, triggers included."""
    once = getattr(schema.serializer.Meta, "create_only_fields", ())
    fields = {
        name: field for name, field in schema.fields.items() if writable(field) and name not in once
    }
    written = _written(schema, fields, required=["type", "id"], all_required=False)
    acts = {name: triggered(one) for name, one in triggers.of(schema.type).items()}
    if acts:
        data = written["properties"]["data"]["properties"]
        attributes = data.setdefault("attributes", {"type": "object", "properties": {}})
        attributes["properties"] |= acts
    return written


def writable(field: Any) -> bool:
    """Tell whether a field of a serializer can be written by somebody."""
    return not field.read_only


def triggered(one: triggers.Trigger) -> Json:
    """Return what a trigger attribute takes."""
    about = {"writeOnly": True, "description": "A trigger: acts, and is never returned."}
    kind = {"type": "boolean"} if one.value is None else of_input(one.value)
    return {**nullable(kind), **about}


def _written(
    schema: Schema, fields: dict[str, Any], *, required: list[str], all_required: bool
) -> Json:
    members: Json = {"type": {"const": schema.type}, "id": ID}
    needed = [*required]
    links = {name: one for name, one in fields.items() if isinstance(one, RelationshipField)}
    plain = {name: one for name, one in fields.items() if name not in links}
    for member, some, describe in (
        ("attributes", plain, _attribute),
        ("relationships", links, _relationship),
    ):
        if some:
            members[member] = {
                "type": "object",
                "properties": {name: describe(schema, name, one) for name, one in some.items()},
            }
            names = [name for name, one in some.items() if one.required and all_required]
            if names:
                members[member]["required"] = names
                needed.append(member)
    return document({"type": "object", "required": needed, "properties": members})


def _attribute(schema: Schema, name: str, field: serializers.Field[Any, Any, Any, Any]) -> Json:
    return of_input(field)


def _relationship(schema: Schema, name: str, field: RelationshipField) -> Json:
    target = registry.type_of(field.model) if field.model else None
    many = isinstance(field, ToManyField)
    data = linkage(many, target)
    if not many and not field.allow_null:
        data = data["oneOf"][1]
    return {"type": "object", "required": ["data"], "properties": {"data": data}}
