"""The Atomic Operations extension (https://jsonapi.org/ext/atomic/)."""

from __future__ import annotations

from jsonapi.media import ATOMIC_EXTENSION
from jsonapi.negotiation import MEDIA_TYPE
from jsonapi.operations import MEMBER, MOST
from openapi.parameters import headers
from openapi.responses import WRITING, refusals
from openapi.schemas import ID
from openapi.values import OBJECT, Json

ATOMIC_TYPE = f'{MEDIA_TYPE};ext="{ATOMIC_EXTENSION}"'
TEXT: Json = {"type": "string"}
OPERATION: Json = {
    "type": "object",
    "required": ["op"],
    "properties": {
        "op": {"enum": ["add", "update", "remove"]},
        "ref": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": TEXT, "id": ID, "lid": TEXT, "relationship": TEXT},
        },
        "href": {"type": "string", "format": "uri-reference"},
        "data": {"type": ["object", "array", "null"]},
        "meta": OBJECT,
    },
}
DOCUMENT: Json = {
    "type": "object",
    "required": [MEMBER],
    "properties": {MEMBER: {"type": "array", "minItems": 1, "maxItems": MOST, "items": OPERATION}},
}
RESULTS: Json = {
    "type": "object",
    "properties": {"atomic:results": {"type": "array", "items": OBJECT}},
}
PATHS: Json = {
    "/api/operations": {
        "post": {
            "operationId": "operations",
            "tags": ["operations"],
            "summary": "Do many writes at once, or none.",
            "description": "Each by the permissions and rules of its own request.",
            "security": [{"accessToken": []}],
            "parameters": headers("Idempotency-Key"),
            "requestBody": {"required": True, "content": {ATOMIC_TYPE: {"schema": DOCUMENT}}},
            "responses": {
                "200": {"description": "Done.", "content": {ATOMIC_TYPE: {"schema": RESULTS}}},
                "204": {"description": "Done; there is nothing to show."},
                **refusals((*WRITING, "405", "412", "423")),
            },
        }
    }
}
