"""The audit trail, for the OpenAPI document: its routes are not those of a resource."""

from __future__ import annotations

from typing import Any

from activity.trail import RESOURCE_TYPE
from jsonapi.negotiation import MEDIA_TYPE
from jsonapi.query import LARGEST_SIZE

TEXT = {"type": ["string", "null"]}
OBJECT = {"type": ["object", "null"]}
ENTRY = {
    "type": "object",
    "required": ["type", "id", "attributes"],
    "properties": {
        "type": {"const": RESOURCE_TYPE},
        "id": {"type": "string"},
        "attributes": {"type": "object"},
    },
}
UNCHANGED = {"304": {"description": "`If-None-Match` names what it still is."}}
REFUSED = {
    status: {"$ref": f"#/components/responses/{status}"} for status in ("400", "401", "404", "406")
}


def read(name: str, summary: str, data: dict[str, Any], *parameters: Any) -> dict[str, Any]:
    """Return a GET of entries."""
    schema = {"type": "object", "required": ["data"], "properties": {"data": data}}
    return {
        "parameters": [*parameters],
        "get": {
            "operationId": name,
            "tags": [RESOURCE_TYPE],
            "summary": summary,
            "description": "For: integration.",
            "security": [{"accessToken": []}],
            "x-callers": ["integration"],
            "responses": {
                "200": {"description": "Entries.", "content": {MEDIA_TYPE: {"schema": schema}}},
                **UNCHANGED,
                **REFUSED,
            },
        },
    }


def parameter(name: str, where: str, **schema: Any) -> dict[str, Any]:
    """Return a parameter of the path or the query."""
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


PAGES = (
    parameter("page[size]", "query", type="integer", minimum=1, maximum=LARGEST_SIZE),
    parameter("page[after]", "query", type="string"),
    parameter("page[before]", "query", type="string"),
    parameter("page[number]", "query", type="integer", const=1),
)
UID = parameter("id", "path", type="string", minLength=1)
ENTRIES = {"type": "array", "items": ENTRY}
PATHS: dict[str, Any] = {
    "/api/event_stores": read("event_stores.list", "What happened.", ENTRIES, *PAGES),
    "/api/event_stores/{id}": read("event_stores.retrieve", "One entry.", ENTRY, UID),
    "/api/{type}/{id}/event_stores": read(
        "event_stores.of",
        "What happened to one resource.",
        ENTRIES,
        parameter("type", "path", type="string", pattern="^[a-z_]+$"),
        UID,
        *PAGES,
    ),
}
