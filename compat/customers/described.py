"""`/customers` and `/sources`, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from compat.customers.errors import TYPES
from compat.customers.queries import COMPARISONS, DEFAULT_LIMIT, LARGEST_LIMIT, TIMES
from compat.customers.serializers import (
    CustomerSerializer,
    CustomerUpdateBody,
    NewCustomerBody,
    NewSourceSerializer,
    SourceSerializer,
)
from openapi.values import Json, of_serializer

TAG = "plain /customers"
TEXT: Json = {"type": "string"}
ALWAYS = (400, 401, 403, 404, 406, 413, 429)
FAULT: Json = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": TEXT, "parameter": TEXT, "message": TEXT},
}
COMPONENTS: Json = {
    "schemas": {
        "plain.customer": of_serializer(CustomerSerializer(), reading=True),
        "plain.source": of_serializer(SourceSerializer(), reading=True),
        "plain.refusal": {
            "type": "object",
            "required": ["type", "errors"],
            "properties": {
                "type": {"enum": sorted(TYPES.values())},
                "errors": {"type": "array", "items": FAULT},
            },
        },
    }
}


def media(schema: Json) -> Json:
    """Return a body in plain JSON."""
    return {"application/json": {"schema": schema}}


def ref(name: str) -> Json:
    """Return a reference to a schema of this door."""
    return {"$ref": f"#/components/schemas/plain.{name}"}


def operation(name: str, summary: str, found: Json | None = None, **more: Any) -> Json:
    """Return one operation; without `found` it answers 204."""
    status = more.pop("status", "200" if found else "204")
    reply: Json = {"description": "Done."} | ({"content": media(found)} if found else {})
    refused = {
        str(code): {"description": TYPES[code], "content": media(ref("refusal"))}
        for code in (*ALWAYS, *more.pop("refused", ()))
    }
    return {
        "operationId": f"plain.{name}",
        "tags": [TAG],
        "summary": summary,
        "security": [{"secretKey": []}],
        "responses": {status: reply, **refused},
        **more,
    }


def body(serializer: Any) -> Json:
    """Return what a serializer takes; an empty body will do where nothing is required."""
    return {"content": media(of_serializer(serializer, reading=False))}


def parameter(name: str, description: str = "", where: str = "query", **schema: Any) -> Json:
    """Return a parameter, required in a path only."""
    required = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, "description": description, "schema": schema, **required}


UID = parameter("id", where="path", type="string", minLength=1)
SOURCE = parameter("sourceId", where="path", type="string", minLength=1)
LISTING = [
    parameter("limit", type="integer", minimum=1, maximum=LARGEST_LIMIT, default=DEFAULT_LIMIT),
    parameter("startingAfter", "An id: what is older.", type="string"),
    parameter("endingBefore", "An id: what is newer.", type="string"),
    parameter("email", type="string"),
    parameter("ids", "Separated by commas.", type="string"),
    parameter("requestToBeForgotten", type="string", enum=["true", "false", "1", "0"]),
    *(
        parameter(f"{name}[{comparison}]", type="string", format="date-time")
        for name in TIMES
        for comparison in COMPARISONS
    ),
]
PAGE: Json = {
    "type": "object",
    "required": ["hasMore", "data"],
    "properties": {
        "hasMore": {"type": "boolean"},
        "data": {"type": "array", "items": ref("customer")},
    },
}
PATHS: Json = {
    "/customers": {
        "get": operation("list", "The newest first.", PAGE, parameters=LISTING),
        "post": operation(
            "create",
            "Make a customer, under an id of your choice.",
            ref("customer"),
            status="201",
            refused=(409,),
            requestBody=body(NewCustomerBody()),
        ),
    },
    "/customers/{id}": {
        "parameters": [UID],
        "get": operation("retrieve", "Read one.", ref("customer")),
        "post": operation(
            "update",
            "Change what is named.",
            ref("customer"),
            refused=(409,),
            requestBody=body(CustomerUpdateBody()),
        ),
        "delete": operation("delete", "Delete one who has no orders.", refused=(409,)),
    },
    "/customers/{id}/sources/{sourceId}": {
        "parameters": [UID, SOURCE],
        "post": operation("attach", "Attach a source.", ref("source"), refused=(409,)),
        "delete": operation("detach", "Detach a source.", refused=(409,)),
    },
    "/sources": {
        "post": operation(
            "source",
            "Make a source, to be attached to a customer.",
            ref("source"),
            status="201",
            requestBody=body(NewSourceSerializer(data={})),
        )
    },
    "/sources/{id}": {
        "parameters": [UID],
        "get": operation("source.retrieve", "Read one.", ref("source")),
    },
}
