"""What an attribute may hold, as JSON Schema 2020-12, from the declaration of its column."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.contrib.postgres.fields import ArrayField
from django.db import models
from rest_framework import serializers

Json = dict[str, Any]

ANYTHING: Json = {}
OBJECT: Json = {"type": "object"}
INTEGERS: dict[type, tuple[int, int]] = {
    models.PositiveSmallIntegerField: (0, 2**15 - 1),
    models.SmallIntegerField: (-(2**15), 2**15 - 1),
    models.PositiveIntegerField: (0, 2**31 - 1),
    models.IntegerField: (-(2**31), 2**31 - 1),
    models.BigIntegerField: (-(2**63), 2**63 - 1),
}
FORMATS: dict[type, str] = {
    models.DateTimeField: "date-time",  # before the date, which it is too
    models.DateField: "date",
    models.URLField: "uri",
    models.UUIDField: "uuid",
}
PYTHON: dict[Any, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dict: OBJECT,
    list: {"type": "array"},
    type(None): {"type": "null"},
}
INPUTS: tuple[tuple[type, Json], ...] = (
    (serializers.BooleanField, {"type": "boolean"}),
    (serializers.IntegerField, {"type": "integer"}),
    (serializers.FloatField, {"type": "number"}),
    (serializers.DecimalField, {"type": "number"}),
    (serializers.DateTimeField, {"type": "string", "format": "date-time"}),
    (serializers.JSONField, OBJECT),
    (serializers.DictField, OBJECT),
    (serializers.ListField, {"type": "array"}),
    (serializers.ChoiceField, {"type": "string"}),
    (serializers.CharField, {"type": "string"}),
)


def of_column(field: models.Field[Any, Any]) -> Json:
    """Return what a column gives to a reader."""
    if isinstance(field, models.GeneratedField):
        made: Any = field.output_field
        return nullable(of_column(made))
    schema = _of_kind(field)
    if field.choices and "type" in schema:
        schema = {**schema, "enum": [value for value, _ in field.flatchoices]}
        schema.pop("maxLength", None)
    return nullable(schema) if field.null else schema


def of_function(function: Callable[..., Any]) -> Json:
    """Return what a function gives, by its annotation; anything where it has none."""
    try:
        return of_hint(get_type_hints(function).get("return", Any))
    except (NameError, TypeError):
        return ANYTHING


def of_hint(hint: Any) -> Json:
    """Return the schema of a type annotation; anything for what JSON has no word for."""
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [of_hint(one).get("type") for one in get_args(hint)]
        return {"type": kinds} if all(isinstance(kind, str) for kind in kinds) else ANYTHING
    return PYTHON.get(get_origin(hint) or hint, ANYTHING)


def of_input(field: serializers.Field[Any, Any, Any, Any]) -> Json:
    """Return what a serializer's field takes."""
    schema = dict(next((known for kind, known in INPUTS if isinstance(field, kind)), ANYTHING))
    if isinstance(field, serializers.ChoiceField):
        schema["enum"] = [*field.choices]
    bounds = {
        "minLength": "min_length",
        "maxLength": "max_length",
        "minimum": "min_value",
        "maximum": "max_value",
    }
    limits = {word: getattr(field, name, None) for word, name in bounds.items()}
    schema |= {word: limit for word, limit in limits.items() if limit is not None}
    if isinstance(field, serializers.CharField) and not field.allow_blank:
        schema.setdefault("minLength", 1)
    return nullable(schema) if field.allow_null else schema


def of_serializer(serializer: serializers.BaseSerializer[Any], *, reading: bool) -> Json:
    """Return the object that a plain serializer shows, or else takes."""
    if isinstance(serializer, serializers.ListSerializer):
        child: Any = serializer.child
        return {"type": "array", "items": of_serializer(child, reading=reading)}
    assert isinstance(serializer, serializers.Serializer)  # noqa: S101
    members: Json = {}
    needed: list[str] = []
    for name, field in serializer.fields.items():
        if not (field.write_only if reading else field.read_only):
            members[name] = _of_member(field, reading=reading)
            needed += [name] if field.required and not reading else []
    return {"type": "object", "properties": members, **({"required": needed} if needed else {})}


def _of_member(field: serializers.Field[Any, Any, Any, Any], *, reading: bool) -> Json:
    if isinstance(field, serializers.BaseSerializer):
        schema = of_serializer(field, reading=reading)
        return nullable(schema) if reading or field.allow_null else schema
    if not reading:
        return of_input(field)
    return {"type": ["string", "null"]} if isinstance(field, serializers.CharField) else ANYTHING


def nullable(schema: Json) -> Json:
    """Return a schema that also allows null."""
    kinds = schema.get("type")
    if kinds is None:
        return schema
    kinds = kinds if isinstance(kinds, list) else [kinds]
    wider = {**schema, "type": [*kinds, *({"null"} - set(kinds))]}
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    return wider


def _of_kind(field: models.Field[Any, Any]) -> Json:
    if isinstance(field, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, ArrayField):
        return {"type": "array", "items": of_column(field.base_field)}
    if isinstance(field, models.JSONField):
        return {"type": "array"} if field.default is list else OBJECT
    if isinstance(field, models.DecimalField | models.FloatField):
        return {"type": "number"}
    for kind, (low, high) in INTEGERS.items():
        if isinstance(field, kind):
            return {"type": "integer", "minimum": low, "maximum": high}
    schema: Json = {"type": "string"}
    if field.max_length:
        schema["maxLength"] = field.max_length
    word = next((word for kind, word in FORMATS.items() if isinstance(field, kind)), None)
    # An empty text, which some columns may hold, has no format.
    empty = isinstance(field, models.CharField) and field.blank and not field.null
    return {**schema, "format": word} if word and not empty else schema
