"""The declaration of a resource: one serializer names what the API shows of a model."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import Any

import orjson
from django.db import models
from rest_framework import serializers
from rest_framework.fields import Field, empty
from rest_framework_json_api import serializers as dja

from jsonapi import registry, storing
from jsonapi.access import Caller
from jsonapi.identifiers import RelationshipField, ToManyField
from jsonapi.nesting import is_storable, within
from jsonapi.relationships import (
    ManyToMany,
    Polymorphic,
    ReverseOne,
    inverses,
    relationship,
)
from jsonapi.schema import Schema
from jsonapi.sql import Row

COMMON = ("created_at", "updated_at", "reference", "reference_origin", "metadata")
LARGEST_METADATA = 16_384  # bytes of JSON
DEEPEST_METADATA = 32


class Computed(serializers.ReadOnlyField):
    """A read-only attribute: `function` of the values of some columns.

    It can neither be filtered nor sorted; a GeneratedField of the model can. `remembered`
    keeps the latest answers in memory: right for prices, wrong for anything about people.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *columns: str,
        remembered: bool = False,
        **options: Any,
    ) -> None:
        self.function = function
        self.columns = columns
        self.remembered = remembered
        super().__init__(source="*", **options)

    def to_representation(self, value: Any) -> Any:
        getters = (attrgetter(column.replace("__", ".")) for column in self.columns)
        return self.function(*(get(value) for get in getters))


class ObjectField(serializers.JSONField):
    """A JSON object, as attributes like `metadata` hold it; at most 16 KiB, 32 levels deep."""

    default_error_messages = {
        "not_an_object": "is not an object",
        "too_large": "is too large",
        "too_deep": "is nested too deeply",
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        for value, depth in within(data):
            if depth > DEEPEST_METADATA:
                self.fail("too_deep")
            if not is_storable(value):
                self.fail("invalid")
        if len(orjson.dumps(data)) > LARGEST_METADATA:
            self.fail("too_large")
        return super().to_internal_value(data)


class StrictCharField(serializers.CharField):
    """A text. Numbers and booleans are refused: JSON has types of its own."""

    def run_validation(self, data: Any = empty) -> Any:
        # First of all: to look for blanks, DRF writes out what it is given, however deep it nests.
        if data is not empty and not isinstance(data, str | NoneType):
            self.fail("invalid")
        return super().run_validation(data)


class StrictEmailField(StrictCharField, serializers.EmailField):
    """A text that is an e-mail address."""


class StrictURLField(StrictCharField, serializers.URLField):
    """A text that is the address of something."""


class StrictBooleanField(serializers.BooleanField):
    """JSON's true or false, nothing that merely looks like them."""

    TRUE_VALUES = {True}
    FALSE_VALUES = {False}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictChoiceField(serializers.ChoiceField):
    """One of some texts. DRF would write out whatever else it is given, however deep it nests."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)


class ResourceSerializer(dja.ModelSerializer):  # type: ignore[misc]
    """Reads and describes one resource. `Meta.fields` are its names on the wire.

    Besides DRF's options Meta takes `create_only_fields` (read-only afterwards),
    `trusted_fields` (refused to sales channels and shoppers), `optional_fields`
    (relationships that a create may leave to the server), `written_inverses` (to-one
    relationships that another resource's key gives), `secret_fields` (left out of the
    audit trail), `claimed` (see `jsonapi.claims`) and `filter_names` (further names to filter
    by, and the paths they stand for). Common attributes and the
    relationships that other resources' foreign keys give are added by themselves.
    """

    serializer_field_mapping = {
        **dja.ModelSerializer.serializer_field_mapping,
        models.CharField: StrictCharField,
        models.TextField: StrictCharField,
        models.EmailField: StrictEmailField,
        models.URLField: StrictURLField,
        models.BooleanField: StrictBooleanField,
        models.JSONField: ObjectField,
        models.IntegerField: StrictIntegerField,
        models.BigIntegerField: StrictIntegerField,
        models.PositiveIntegerField: StrictIntegerField,
        models.PositiveSmallIntegerField: StrictIntegerField,
        models.SmallIntegerField: StrictIntegerField,
    }
    serializer_choice_field = StrictChoiceField

    # What was stored, as the API shows it; None where it has to be read.
    row: Row | None = None

    @property
    def caller(self) -> Caller:
        """Who is writing."""
        caller: Caller = self.context["caller"]
        return caller

    def get_fields(self) -> dict[str, Field[Any, Any, Any, Any]]:
        """Return copies of the declared fields; to write, only those a document concerns."""
        kept = type(self).prototypes()
        data = getattr(self, "initial_data", None)
        if data is None:
            return copy.deepcopy(kept)
        return {
            name: copy.deepcopy(field)
            for name, field in kept.items()
            if name in data or (field.required and not self.partial)
        }

    @classmethod
    @cache
    def schema(cls) -> Schema:
        """Return the compiled declaration of the type that this serializer is registered for."""
        return registry.schema_of(registry.type_of(cls.Meta.model) or "")

    @classmethod
    @cache
    def prototypes(cls) -> dict[str, Field[Any, Any, Any, Any]]:
        """Return the fields as declared and derived, made once."""
        return cls()._derive_fields()

    def _derive_fields(self) -> dict[str, Field[Any, Any, Any, Any]]:
        meta = self.Meta
        model = meta.model
        derived = inverses(model, registry.models())
        names = dict.fromkeys((*meta.fields, *derived, *getattr(meta, "common", COMMON)))
        fields = {}
        declared = copy.deepcopy(self._declared_fields)
        for name in names:
            relation = relationship(model, name)
            if name in declared:
                fields[name] = declared[name]
            elif relation:
                fields[name] = self._relationship_field(relation)
            else:
                fields[name] = self._attribute_field(name)
        return fields

    def _attribute_field(self, name: str) -> Field[Any, Any, Any, Any]:
        field = self._model_field(name)
        if field is None or field.generated or not field.editable or name in self._read_only():
            return serializers.ReadOnlyField()
        kind, options = self.build_standard_field(name, field)
        standard: Field[Any, Any, Any, Any] = kind(**options)
        return standard

    def _model_field(self, name: str) -> Any:
        return {field.name: field for field in self.Meta.model._meta.concrete_fields}.get(name)

    def _relationship_field(self, relation: Any) -> Field[Any, Any, Any, Any]:
        name = relation.name
        if name in getattr(self.Meta, "written_inverses", ()) and isinstance(relation, ReverseOne):
            return RelationshipField(model=relation.model, required=False, allow_null=True)
        if name in self._read_only() or relation.derived:
            return RelationshipField(read_only=True)
        if isinstance(relation, ManyToMany):
            return ToManyField(model=relation.model, required=False)
        if isinstance(relation, Polymorphic):
            return RelationshipField(required=True)
        field = relation.field
        return RelationshipField(
            model=relation.model,
            required=not (field.null or name in getattr(self.Meta, "optional_fields", ())),
            allow_null=field.null,
        )

    def _read_only(self) -> tuple[str, ...]:
        return ("created_at", "updated_at", *getattr(self.Meta, "read_only_fields", ()))

    @classmethod
    @cache
    def writable(cls) -> dict[str, Field[Any, Any, Any, Any]]:
        """Return the fields that can be written, made once and shared by all requests."""
        return {name: field for name, field in cls().fields.items() if not field.read_only}

    @property
    def _writable_fields(self) -> Iterator[Field[Any, Any, Any, Any]]:
        """Yield what a document concerns; relationships as copies, which know who is writing."""
        data = self.initial_data
        for name, field in type(self).writable().items():
            if name in data or (field.required and not self.partial):
                yield self.fields[name] if isinstance(field, RelationshipField) else field

    def run_validators(self, value: Any) -> None:
        """Leave uniqueness to the database: its constraints decide, without a race."""

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Insert a row; to-many relationships are set afterwards."""
        model, sets = self.Meta.model, self._take_sets(validated_data)
        if storing.is_plain(model):
            instance, row = storing.create(self.schema(), validated_data)
            self._keep(row, "create")
        else:
            instance = model._default_manager.create(**validated_data)
        self._set_all(instance, sets)
        return instance

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Write the named columns only."""
        sets = self._take_sets(validated_data)
        if storing.is_plain(self.Meta.model):
            self._keep(storing.change(self.schema(), instance, validated_data), "update")
        else:
            for name, value in validated_data.items():
                setattr(instance, name, value)
            instance.save(update_fields=[*validated_data, "updated_at"])
        self._set_all(instance, sets)
        return instance

    def _keep(self, row: Row, action: str) -> None:
        """Keep the stored row, unless a subclass may do more than to store it."""
        if self.only_stores(action):
            self.row = row

    @classmethod
    def only_stores(cls, action: str) -> bool:
        """Tell whether `create` or `update` does no more here than to store a row."""
        return getattr(cls, action) is getattr(ResourceSerializer, action)

    def _take_sets(self, data: dict[str, Any]) -> Mapping[str, Any]:
        fields = type(self).writable()
        names = [name for name in data if isinstance(fields.get(name), ToManyField)]
        return {name: data.pop(name) for name in names}

    @staticmethod
    def _set_all(instance: Any, sets: Mapping[str, Any]) -> None:
        for name, rows in sets.items():
            getattr(instance, name).set(rows)
