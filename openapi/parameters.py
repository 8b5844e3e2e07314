"""What may stand in the query string of a request for resources."""

from __future__ import annotations

from django.db import models

from jsonapi import registry
from jsonapi.query import LARGEST_SIZE, sortable
from jsonapi.relationships import Mixed
from jsonapi.schema import Attribute, Schema
from openapi.schemas import ID, readable
from openapi.values import Json

UID_PARAMETER: Json = {"name": "id", "in": "path", "required": True, "schema": ID}
PAGES: Json = {
    "page.number": {
        "name": "page[number]",
        "in": "query",
        "description": "From 1; not together with a cursor.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "page.size": {
        "name": "page[size]",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": 10},
    },
    "page.after": {
        "name": "page[after]",
        "in": "query",
        "description": "The cursor that `links.next` of an earlier page holds; empty: the start.",
        "schema": {"type": "string"},
    },
    "page.before": {
        "name": "page[before]",
        "in": "query",
        "description": "The cursor that `links.prev` of an earlier page holds; empty: the end.",
        "schema": {"type": "string"},
    },
}
FILTERS = (
    "Any attribute, also of relationships (`customer_email_cont`), joined with `_or_` or `_and_`,"
    " followed by a predicate: `eq`, `not_eq`, `in`, `cont`, `i_cont`, `start`, `end`, `lt`,"
    " `lteq`, `gt`, `gteq`, `null`, `present`, `true`, `jcont` and more, see docs/api.md."
)


HEADERS: Json = {
    "If-None-Match": "An `ETag`: 304 instead of what is still the same; in a write, 412.",
    "If-Match": "An `ETag`: 412 if somebody else has changed it since.",
    "Idempotency-Key": "Sent again with the same body, the first reply again and nothing more.",
}


def components() -> Json:
    """Return the parameters of all types, by the names under which paths refer to them."""
    return {**PAGES, **_headers(), **_fieldsets(), **_of_types()}


def headers(*names: str) -> list[Json]:
    """Return references to some headers."""
    return [_ref(name) for name in names]


def _headers() -> Json:
    return {
        name: {
            "name": name,
            "in": "header",
            "description": text,
            "schema": {"type": "string", "pattern": "^[ -~]+$", "maxLength": 255},
        }
        for name, text in HEADERS.items()
    }


def reading(schema: Schema) -> list[Json]:
    """Return references to the parameters of whatever shows resources of one type."""
    names = [f"fields.{schema.type}"]
    return [
        _ref(name) for name in ([f"{schema.type}.include"] if _includable(schema) else []) + names
    ]


def listing(schema: Schema) -> list[Json]:
    """Return references to the parameters of a collection; filters are `filtering`'s."""
    return [*reading(schema), _ref(f"{schema.type}.sort"), *map(_ref, PAGES)]


def filtering(schema: Schema) -> list[Json]:
    """Return one filter for each attribute that can be filtered, by its commonest predicate."""
    return [
        {
            "name": f"filter[q][{name}_{predicate}]",
            "in": "query",
            "description": FILTERS,
            "schema": {key: value for key, value in kind.items() if key != "maxLength"},
        }
        for name, attribute in schema.attributes.items()
        for predicate, kind in _commonest(attribute)
    ]


def _commonest(attribute: Attribute) -> list[tuple[str, Json]]:
    field = attribute.field
    if field is None or isinstance(field, models.JSONField):
        return []
    kind = _not_null(readable(attribute))
    if isinstance(field, models.DateTimeField):
        return [("gteq", kind), ("lteq", kind)]
    return [("eq", kind)]


def _not_null(schema: Json) -> Json:
    plain = dict(schema)
    if isinstance(plain.get("type"), list):
        plain["type"] = plain["type"][0]
    if "enum" in plain:
        plain["enum"] = [value for value in plain["enum"] if value is not None]
    return plain


def _fieldsets() -> Json:
    return {
        f"fields.{name}": {
            "name": f"fields[{name}]",
            **_commas(registry.schema_of(name).names),
        }
        for name in registry.types()
    }


def _of_types() -> Json:
    found: Json = {}
    for name in registry.types():
        schema = registry.schema_of(name)
        if paths := _includable(schema):
            found[f"{name}.include"] = {
                "name": "include",
                "description": "Paths of relationships; dots lead further.",
                **_commas(paths),
            }
        columns = [column for column in ("id", *schema.attributes) if sortable(schema, column)]
        both = [*columns, *(f"-{column}" for column in columns)]
        found[f"{name}.sort"] = {"name": "sort", **_commas(both)}
    return found


def _includable(schema: Schema) -> list[str]:
    return [
        name
        for name, one in schema.relationships.items()
        if isinstance(one, Mixed) or schema.target(name) is not None
    ]


def _commas(words: list[str]) -> Json:
    return {
        "in": "query",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": {"enum": words}},
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}
