"""The door for files, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from jsonapi.negotiation import MEDIA_TYPE
from transfers.models import Import
from transfers.views import DOWNLOADS, MEDIA_TYPES

TEXT = {"type": "string"}
DOCUMENT = {"schema": {"$ref": f"#/components/schemas/{Import.kind}.document"}}
REFUSED = {
    status: {"$ref": f"#/components/responses/{status}"}
    for status in ("400", "401", "406", "415", "422")
}


def parameter(name: str, where: str = "query", **schema: Any) -> dict[str, Any]:
    """Return a text in the query; required in the path."""
    required = where == "path" or name == "resource_type"
    return {"name": name, "in": where, "required": required, "schema": {**TEXT, **schema}}


PATHS: dict[str, Any] = {
    "/files/imports": {
        "post": {
            "operationId": "imports.upload",
            "tags": [Import.kind],
            "summary": "Import a file of any size.",
            "description": "For: integration.",
            "security": [{"accessToken": []}],
            "x-callers": ["integration"],
            "parameters": [
                parameter("resource_type"),
                parameter("parent_resource_id"),
                parameter("reference"),
                parameter("skip_errors", enum=["true", "false"]),
                parameter("cleanup_records", enum=["true", "false"]),
            ],
            "requestBody": {
                "required": True,
                "content": {name: {"schema": {}} for name in MEDIA_TYPES},
            },
            "responses": {
                "201": {"description": "The import.", "content": {MEDIA_TYPE: DOCUMENT}},
                **REFUSED,
            },
        }
    },
    "/files/exports/{secret}": {
        "parameters": [parameter("secret", "path")],
        "get": {
            "operationId": "exports.download",
            "tags": ["exports"],
            "summary": "The file of an export, to whoever knows its address.",
            "description": "For: everybody.",
            "security": [],
            "x-callers": ["guest", "customer", "integration"],
            "responses": {
                "200": {
                    "description": "The file.",
                    "content": {
                        name.partition(";")[0]: {"schema": {}} for name in DOWNLOADS.values()
                    },
                },
                "404": {"description": "There is none, or not any more."},
            },
        },
    },
}
