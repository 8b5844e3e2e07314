"""From one input of an import to the document of a POST or PATCH.

An input is a flat object: attributes by name, relationships as `<name>_id`, or `<name>_ids` where
there may be many. In CSV all values are texts, and an empty cell says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rest_framework import serializers

from jsonapi import registry, triggers
from jsonapi.documents import Document
from jsonapi.errors import Invalid
from jsonapi.filters import switch
from jsonapi.identifiers import RelationshipField, ToManyField
from jsonapi.models import UID
from jsonapi.nesting import within
from jsonapi.schema import Schema
from transfers.cells import unescape

# Type: the relationship that `parent_resource_id` stands for.
PARENTS = {
    "customer_addresses": "customer",
    "customer_payment_sources": "customer",
    "line_items": "order",
    "prices": "sku",
    "return_line_items": "return",
    "sku_list_items": "sku_list",
}
EMAIL = re.compile(r"[^\s<>()\[\],;:\"'@]+@[^\s<>()\[\],;:\"'@]+")
ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
LONGEST_MENTION = 254

SWITCH = serializers.BooleanField()
READERS: tuple[tuple[Any, Callable[[str], Any]], ...] = (
    (serializers.BooleanField, switch),
    (serializers.IntegerField, int),
    (serializers.FloatField, float),
    (serializers.JSONField | serializers.ListField, json.loads),
)

Input = Mapping[str, Any]


def document(resource_type: str, given: Input, *, is_csv: bool, parent: str | None) -> Document:
    """Return what an input says, as a document. Raises Invalid for what is no value at all."""
    schema = registry.schema_of(resource_type)
    attributes: dict[str, Any] = {}
    relationships: dict[str, Any] = {}
    for name, value in given.items():
        if name == "id" or (is_csv and value == ""):
            continue
        relation, many = _relationship(schema, name)
        if relation is not None:
            relationships[relation] = _linked(schema, relation, value, many=many)
        else:
            attributes[name] = _cell(schema, name, value) if is_csv else value
    if parent is not None and resource_type in PARENTS:
        name = PARENTS[resource_type]
        relationships.setdefault(name, _linked(schema, name, parent, many=False))
    return Document(_uid(given.get("id")), attributes, relationships)


def known_names(resource_type: str) -> set[str]:
    """Return the names that an input of a type may have."""
    schema = registry.schema_of(resource_type)
    names = {"id", *triggers.of(resource_type)}
    for name, field in schema.fields.items():
        if isinstance(field, ToManyField):
            names |= {name, f"{name}_ids"}
        elif isinstance(field, RelationshipField):
            names |= {name, f"{name}_id"}
        else:
            names.add(name)
    return names


def mentions(given: Input) -> list[str]:
    """Return every id and e-mail address in an input: erasing looks for people by them."""
    found = dict.fromkeys(_mentioned(given))
    return [one[:LONGEST_MENTION] for one in found]


def addresses(text: str) -> list[str]:
    """Return the e-mail addresses in a text, in lower case."""
    return [one.lower() for one in EMAIL.findall(text)]


def _mentioned(given: Any) -> Iterator[str]:
    for value, _ in within(given):
        if isinstance(value, str):
            yield from addresses(value)
            if ID.fullmatch(value):
                yield value


def _relationship(schema: Schema, name: str) -> tuple[str | None, bool]:
    """Return the relationship that a name of an input stands for, and whether it is to-many."""
    for stem in (name, name.removesuffix("_ids"), name.removesuffix("_id")):
        field = schema.fields.get(stem)
        if isinstance(field, RelationshipField):
            return stem, isinstance(field, ToManyField)
    return None, False


def _uid(value: Any) -> str | None:
    if value in (None, ""):
        return None
    if not (isinstance(value, str) and UID.match(value)):
        raise Invalid("id", "invalid", "is invalid")
    return value


def _linked(schema: Schema, name: str, value: Any, *, many: bool) -> Any:
    if many:
        uids = value.split(",") if isinstance(value, str) else value
        if not isinstance(uids, list):
            raise Invalid(name, "invalid", "is invalid", relationship=True)
        return [_identifier(schema, name, uid) for uid in uids]
    return _identifier(schema, name, value)


def _identifier(schema: Schema, name: str, value: Any) -> Any:
    """Return a resource identifier of an id; what is one already stays."""
    if not isinstance(value, str):
        return value
    model = getattr(schema.fields[name], "model", None)
    resource_type = registry.type_of(model) if model else None
    if resource_type is None:
        raise Invalid(name, "required", "must exist", relationship=True)
    return {"type": resource_type, "id": value}


def _cell(schema: Schema, name: str, value: Any) -> Any:
    """Return a cell of CSV as the kind of value that the attribute has."""
    if not isinstance(value, str):
        return value
    text = unescape(value)
    field = schema.fields.get(name)
    if name in triggers.of(schema.type):
        field = SWITCH
    read = next((read for kind, read in READERS if isinstance(field, kind)), str)
    try:
        return read(text)
    except (ValueError, LookupError, RecursionError):
        return text  # the serializer says what is wrong with it
