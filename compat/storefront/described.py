"""`/api/v1/sdk`, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import Serializer

from compat.storefront import bodies
from compat.storefront.offers import OffersView
from compat.storefront.pictures import PART
from compat.storefront.serializers import CustomerSerializer
from compat.storefront.urls import ENDPOINTS
from compat.storefront.words import WORDS
from openapi.values import Json, of_serializer

ROOT = "/api/v1/sdk"
TAG = "plain /api/v1/sdk"
TEXT: Json = {"type": "string"}
REFUSED = {
    "400": "The faults of fields, or one sentence.",
    "401": "No token, or a bad one.",
    "403": "A revoked token.",
    "404": "Unknown, or nothing there.",
    "413": "Too large.",
    "429": "Too often: `Retry-After` says when to come back.",
}
BODIES: dict[tuple[str, str], type[Serializer[object]]] = {
    ("auth/register", "post"): bodies.RegisterBody,
    ("auth/login", "post"): bodies.LoginBody,
    ("password/forgot", "post"): bodies.ForgotBody,
    ("password/reset", "post"): bodies.ResetBody,
    ("password/update", "post"): bodies.NewPasswordBody,
    ("customer", "put"): bodies.ProfileBody,
    ("customer/email/verify", "post"): bodies.VerifyBody,
}
PICTURE: Json = {"type": "object", "required": [PART], "properties": {PART: {"format": "binary"}}}
FAULTS: Json = {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}
SENTENCE: Json = {
    "type": "object",
    "required": ["status", "message"],
    "properties": {"status": {"type": "integer"}, "message": TEXT},
}
PARAMETERS = [
    {
        "name": "site_id",
        "in": "query",
        "description": "Which site; it may stand in the body instead.",
        "schema": {"type": "integer", "minimum": 1},
    },
    {"name": "language", "in": "query", "schema": {"type": "string", "enum": sorted(WORDS)}},
]


def one(name: str, schema: Json) -> Json:
    """Return an object with one member."""
    return {"type": "object", "required": [name], "properties": {name: schema}}


COMPONENTS: Json = {
    "schemas": {
        "sdk.customer": one("data", of_serializer(CustomerSerializer(), reading=True)),
        "sdk.refusal": {"oneOf": [one("errors", FAULTS), one("error", SENTENCE)]},
    }
}


def media(schema: Json, *, forms: bool = False) -> Json:
    """Return a body in plain JSON, or as a form."""
    names = ("application/json", *(("application/x-www-form-urlencoded",) if forms else ()))
    return {name: {"schema": schema} for name in names}


def ref(name: str) -> Json:
    """Return a reference to a schema of this door."""
    return {"$ref": f"#/components/schemas/sdk.{name}"}


def operation(path: str, method: str) -> Json:
    """Return what one endpoint takes and gives."""
    view: Any = ENDPOINTS[path]
    shown = ref("customer")
    if issubclass(view, OffersView):
        items = of_serializer(view.serializer_class(), reading=True)
        shown = one("data", {"type": "array", "items": items})
    elif path == "password/forgot":
        shown = one("data", one("message", TEXT))
    public = method.upper() in view.public
    found: Json = {
        "operationId": f"sdk.{path.replace('/', '.')}.{method}",
        "tags": [TAG],
        "summary": (view.__doc__ or "").strip().splitlines()[0],
        "security": [] if public else [{"accessToken": []}],
        "parameters": PARAMETERS,
        "responses": {
            "200": {"description": "Done.", "content": media(shown)},
            **{
                status: {"description": text, "content": media(ref("refusal"))}
                for status, text in REFUSED.items()
            },
        },
    }
    if path == "customer/picture" and method == "post":
        found["requestBody"] = {"content": {"multipart/form-data": {"schema": PICTURE}}}
    elif body := BODIES.get((path, method)):
        schema = of_serializer(body(), reading=False)
        found["requestBody"] = {"content": media(schema, forms=True)}
    return found


PATHS: Json = {
    f"{ROOT}/{path}": {
        method: operation(path, method)
        for method in view.http_method_names
        if method not in ("options", "head")
    }
    for path, view in ENDPOINTS.items()
}
