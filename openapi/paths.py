"""The requests of every type of resource below /api."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonapi import registry
from jsonapi.claims import Claim
from jsonapi.negotiation import MEDIA_TYPE
from jsonapi.relationships import Mixed, Relationship
from jsonapi.schema import Schema
from jsonapi.views import ResourceViewSet
from oauth.permissions import PERMISSIONS
from openapi import parameters
from openapi.responses import READING, UNCHANGED, WRITING, body, refusals, shown
from openapi.schemas import document, linkage, type_at
from openapi.values import Json

UID = parameters.UID_PARAMETER


def resources() -> Json:
    """Return the path items of all types."""
    return {path: item for name in registry.types() for path, item in _paths(name)}


def _paths(resource_type: str) -> Iterator[tuple[str, Json]]:
    view: Any = registry.view_of(resource_type)
    schema = registry.schema_of(resource_type)
    if view.singleton:
        yield f"/api/{view.singleton}", {"get": _retrieve(schema)}
    else:
        yield f"/api/{resource_type}", _collection(view, schema)
        yield f"/api/{resource_type}/{{id}}", {"parameters": [UID], **_single(view, schema)}
    yield from _further(view, schema)


def _collection(view: type[ResourceViewSet], schema: Schema) -> Json:
    item: Json = {}
    if "list" in view.actions_allowed:
        item["get"] = _list(schema, f"{schema.type}.list", schema)
    if "create" in view.actions_allowed:
        item["post"] = _operation(
            schema,
            "create",
            "Make one.",
            parameters=[*parameters.reading(schema), *parameters.headers("Idempotency-Key")],
            requestBody=body(f"{schema.type}.create"),
            responses={
                "201": shown(f"{schema.type}.document", "It was made."),
                **refusals(WRITING),
            },
        )
    return item


def _single(view: type[ResourceViewSet], schema: Schema) -> Json:
    item: Json = {}
    if "retrieve" in view.actions_allowed:
        item["get"] = _retrieve(schema)
    if "update" in view.actions_allowed:
        item["patch"] = _operation(
            schema,
            "update",
            "Change one, or pull its triggers.",
            parameters=[*parameters.reading(schema), *parameters.headers("If-Match")],
            requestBody=body(f"{schema.type}.update"),
            responses={
                "200": shown(f"{schema.type}.document", "How it is now."),
                **refusals((*WRITING, "412", "423")),
            },
        )
    if "destroy" in view.actions_allowed:
        item["delete"] = _operation(
            schema,
            "destroy",
            "Delete one.",
            parameters=parameters.headers("If-Match"),
            responses={
                "204": {"description": "It is gone."},
                **refusals((*READING, "403", "409", "412", "422", "423")),
            },
        )
    return item


def _retrieve(schema: Schema) -> Json:
    return _operation(
        schema,
        "retrieve",
        "Read one.",
        parameters=[*parameters.reading(schema), *parameters.headers("If-None-Match")],
        responses={
            "200": shown(f"{schema.type}.document", "It."),
            **UNCHANGED,
            **refusals(READING),
        },
    )


def _list(schema: Schema, name: str, parent: Schema) -> Json:
    filters = parameters.filtering(schema) if parent is schema else []
    return _operation(
        schema,
        "list",
        "Read a page." if parent is schema else f"Read those of one of {parent.type}.",
        operationId=name,
        tags=[parent.type],
        parameters=[*parameters.listing(schema), *filters],
        responses={"200": shown(f"{schema.type}.collection", "A page."), **refusals(READING)},
    )


def _further(view: type[ResourceViewSet], schema: Schema) -> Iterator[tuple[str, Json]]:
    """Yield what leads from one resource to others."""
    at = f"/api/{view.singleton or schema.type}/{{id}}"
    for name, relation in schema.links.items():
        related = _related(schema, name, relation)
        if related:
            yield f"{at}/{name}", {"parameters": [UID], "get": related}
            links = f"/api/{schema.type}/{{id}}/relationships/{name}"
            item = {"parameters": [UID], "get": _linkage(schema, name, relation)}
            yield links, {**item, **_members(view, schema, name, relation)}


def _related(schema: Schema, name: str, relation: Relationship | Claim) -> Json | None:
    if isinstance(relation, Mixed):
        return _mixed(schema, name, relation)
    target = schema.target(name)
    if target is None:
        return None
    if relation.many:
        return _list(target, f"{schema.type}.{name}", schema)
    found = document({"oneOf": [{"type": "null"}, {"$ref": f"#/components/schemas/{target.type}"}]})
    return _operation(
        target,
        "retrieve",
        f"Read that of one of {schema.type}.",
        operationId=f"{schema.type}.{name}",
        tags=[schema.type],
        parameters=parameters.reading(target),
        responses={"200": _reply(found, "It, or null."), **refusals(READING)},
    )


def _mixed(schema: Schema, name: str, relation: Mixed) -> Json:
    kinds = [registry.type_of(kind.model) for kind in relation.kinds]
    items = {"oneOf": [{"$ref": f"#/components/schemas/{kind}"} for kind in kinds]}
    return _operation(
        schema,
        "retrieve",
        f"Read those of one of {schema.type}, of several types, the oldest first.",
        operationId=f"{schema.type}.{name}",
        parameters=[parameters.PAGES["page.number"], parameters.PAGES["page.size"]],
        responses={
            "200": _reply(document({"type": "array", "items": items}), "A page."),
            **refusals(READING),
        },
    )


def _linkage(schema: Schema, name: str, relation: Relationship | Claim) -> Json:
    found = document(linkage(relation.many, type_at(relation)))
    return _operation(
        schema,
        "retrieve",
        "Read type and id only.",
        operationId=f"{schema.type}.relationships.{name}",
        parameters=[parameters.PAGES["page.number"], parameters.PAGES["page.size"]]
        if relation.many
        else [],
        responses={"200": _reply(found, "What it leads to."), **refusals(READING)},
    )


def _members(
    view: type[ResourceViewSet], schema: Schema, name: str, relation: Relationship | Claim
) -> Json:
    """Return the writes of a relationship at its own address."""
    if name in schema.claims:
        return {}
    field = schema.fields[name]
    once = getattr(schema.serializer.Meta, "create_only_fields", ())
    if field.read_only or name in once or "update" not in view.actions_allowed:
        return {}
    named = document(linkage(relation.many, type_at(relation)))
    methods = {"patch": "Replace"} | ({"post": "Add", "delete": "Remove"} if relation.many else {})
    return {
        method: _operation(
            schema,
            "update",
            f"{verb} what it leads to.",
            operationId=f"{schema.type}.relationships.{name}.{method}",
            requestBody={"required": True, "content": _media(named)},
            responses={"204": {"description": "Done."}, **refusals((*WRITING, "412", "423"))},
        )
        for method, verb in methods.items()
    }


def _media(schema: Json) -> Json:
    return {MEDIA_TYPE: {"schema": schema}}


def _reply(schema: Json, description: str) -> Json:
    return {"description": description, "content": _media(schema)}


def _operation(schema: Schema, action: str, summary: str, **more: Any) -> Json:
    callers = [kind for kind, table in PERMISSIONS.items() if action in table.get(schema.type, ())]
    return {
        "operationId": f"{schema.type}.{action}",
        "tags": [schema.type],
        "summary": summary,
        "description": f"For: {', '.join(callers) or 'nobody'}.",
        "security": [{"accessToken": []}],
        "x-callers": callers,
        **more,
    }
