"""The authorization server, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from oauth.errors import REFUSALS
from oauth.models import GRANTS

TEXT = {"type": "string"}
GRANT_TYPES = sorted({grant for grants in GRANTS.values() for grant in grants})
CLIENT = {"client_id": TEXT, "client_secret": TEXT}
ASKED = ("scope", "username", "password", "refresh_token", "code", "redirect_uri", "code_verifier")


def refused(*statuses: int) -> dict[str, Any]:
    """Return the refusals with one of these statuses."""
    return {
        str(status): {
            "description": ", ".join(name for name, (of, _) in REFUSALS.items() if of == status),
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
        }
        for status in statuses
    }


def posted(required: list[str], members: dict[str, Any]) -> dict[str, Any]:
    """Return a body that may be a form or JSON."""
    schema = {"type": "object", "required": required, "properties": members}
    media = ("application/x-www-form-urlencoded", "application/json")
    return {"required": True, "content": {name: {"schema": schema} for name in media}}


def answered(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a reply in plain JSON."""
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


COMPONENTS: dict[str, Any] = {
    "schemas": {
        "Token": {
            "type": "object",
            "required": ["access_token", "token_type", "expires_in", "created_at"],
            "properties": {
                "access_token": TEXT,
                "token_type": {"const": "bearer"},
                "expires_in": {"type": "integer", "description": "Seconds."},
                "scope": TEXT,
                "created_at": {"type": "integer", "description": "Seconds since 1970."},
                "refresh_token": TEXT,
                "owner_id": TEXT,
                "owner_type": TEXT,
            },
        },
        "Refusal": {
            "type": "object",
            "description": "`status` is a number here, unlike below /api.",
            "required": ["errors"],
            "properties": {"errors": {"type": "array", "items": {"type": "object"}}},
        },
    }
}
PATHS: dict[str, Any] = {
    "/oauth/token": {
        "post": {
            "operationId": "oauth.token",
            "tags": ["oauth"],
            "summary": "Get an access token.",
            "description": "RFC 6749, RFC 7523, RFC 7636.",
            "security": [],
            "requestBody": posted(
                ["grant_type", "client_id"],
                {
                    "grant_type": {"type": "string", "enum": GRANT_TYPES},
                    **CLIENT,
                    "assertion": TEXT,
                    **dict.fromkeys(ASKED, TEXT),
                },
            ),
            "responses": {
                "200": answered({"$ref": "#/components/schemas/Token"}),
                **refused(400, 401, 403, 413, 429),
            },
        }
    },
    "/oauth/revoke": {
        "post": {
            "operationId": "oauth.revoke",
            "tags": ["oauth"],
            "summary": "End a token before it expires.",
            "description": "RFC 7009.",
            "security": [],
            "requestBody": posted(["token", "client_id"], {"token": TEXT, **CLIENT}),
            "responses": {
                "200": answered({"type": "object"}),
                **refused(400, 401, 403, 413, 429),
            },
        }
    },
    "/oauth/tokeninfo": {
        "get": {
            "operationId": "oauth.tokeninfo",
            "tags": ["oauth"],
            "summary": "What the token stands for.",
            "security": [{"accessToken": []}],
            "responses": {"200": answered({"type": "object"}), **refused(401)},
        }
    },
    "/.well-known/jwks.json": {
        "get": {
            "operationId": "oauth.jwks",
            "tags": ["oauth"],
            "summary": "The keys that verify signatures (RFC 7517).",
            "security": [],
            "responses": {"200": answered({"type": "object", "required": ["keys"]})},
        }
    },
}
