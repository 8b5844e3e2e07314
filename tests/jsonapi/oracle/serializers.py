"""Stock DJA serializers, made out of the declarations."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models
from rest_framework import serializers
from rest_framework_json_api import serializers as dja
from rest_framework_json_api.relations import HyperlinkedRelatedField, ResourceRelatedField

from jsonapi import registry
from jsonapi.relationships import Match, Together

Paths = tuple[str, ...]  # of an `include`, sorted


class Timestamp(serializers.DateTimeField):
    """A point in time in UTC with milliseconds, which strftime has no letter for."""

    def to_representation(self, value):
        return value and value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Linkage(ResourceRelatedField):
    """A relationship with `data`, by public id."""

    def use_pk_only_optimization(self):
        return False  # the key is not the id

    def get_resource_id(self, value):
        return value.uid


class OracleSerializer(dja.ModelSerializer):
    """The base of all: a public id, a self link, and the caller's meta."""

    serializer_field_mapping = {
        **dja.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Timestamp,
    }

    mode = serializers.SerializerMethodField()
    organization_id = serializers.SerializerMethodField()

    @property
    def _readable_fields(self):
        """Keep the meta, which DJA drops when there is a sparse fieldset."""
        readable = {field.field_name: field for field in super()._readable_fields}
        meta = {name: self.fields[name] for name in self.Meta.meta_fields if name in self.fields}
        return list({**readable, **meta}.values())

    def get_mode(self, row):
        return self.context["request"].auth.mode

    def get_organization_id(self, row):
        return self.context["request"].auth.organization_id


def names_of(resource_type: str) -> list[str]:
    """Return the readable names of a type."""
    declared = registry.view_of(resource_type).serializer_class.prototypes()
    return [name for name, field in declared.items() if not field.write_only]


def model_field(resource_type: str, name: str) -> Any:
    """Return the field of the model that has this name; None when it is computed."""
    model = registry.view_of(resource_type).model
    declared = registry.view_of(resource_type).serializer_class.prototypes()[name]
    *way, name = path_of(resource_type, name).split("__")
    for key in way:
        model = model._meta.get_field(key).related_model
    fields = {field.name: field for field in model._meta.get_fields()}
    return None if hasattr(declared, "columns") else fields.get(name)


def path_of(resource_type: str, name: str) -> str:
    """Return the lookup that `name` stands for."""
    path: str = getattr(registry.view_of(resource_type).model, "detours", {}).get(name, name)
    return path


def way_of(resource_type: str, path: str) -> str:
    """Return the fields along an include path."""
    name, _, rest = path.partition(".")
    own = path_of(resource_type, name).replace("__", ".")
    return f"{own}.{way_of(target_of(resource_type, name), rest)}" if rest else own


def match_of(resource_type: str, name: str) -> Match | None:
    """Return the rule that finds what `name` leads to; None where a field does."""
    found = getattr(registry.view_of(resource_type).model, name, None)
    return found if isinstance(found, Match) else None


def mixed_of(resource_type: str, name: str) -> Together | None:
    """Return what relationships `name` puts together; None where it is one of its own."""
    found = getattr(registry.view_of(resource_type).model, name, None)
    return found if isinstance(found, Together) else None


def is_relationship(resource_type: str, name: str) -> bool:
    is_field = getattr(model_field(resource_type, name), "is_relation", False)
    return is_field or bool(match_of(resource_type, name) or mixed_of(resource_type, name))


def is_to_many(resource_type: str, name: str) -> bool:
    if match_of(resource_type, name) or mixed_of(resource_type, name):
        return True
    field = model_field(resource_type, name)
    return bool(field.one_to_many or field.many_to_many)


def relationships_of(resource_type: str) -> list[str]:
    """Return the relationships that lead to one type each, or any: DJA knows no others."""
    return [
        name
        for name in names_of(resource_type)
        if is_relationship(resource_type, name) and not mixed_of(resource_type, name)
    ]


def columns_of(resource_type: str) -> list[str]:
    """Return the attributes that are plain columns: those that can be sorted and filtered."""
    return [
        name
        for name in names_of(resource_type)
        if model_field(resource_type, name) and not is_relationship(resource_type, name)
    ]


def target_of(resource_type: str, name: str) -> str | None:
    """Return the type at the other end; None where there are many."""
    if match := match_of(resource_type, name):
        return registry.type_of(match.model)
    field = model_field(resource_type, name)
    if isinstance(field, GenericForeignKey):
        return None
    return registry.type_of(field.related_model)


def way_back(resource_type: str, name: str) -> str | None:
    """Return what leads back from the one row at the other end, if that belongs to no other."""
    field = model_field(resource_type, name)
    return field.remote_field.name if getattr(field, "one_to_one", False) else None


def reached(resource_type: str, path: str) -> str | None:
    """Return the type at the end of a lookup."""
    model: Any = registry.view_of(resource_type).model
    for key in path.split("__"):
        model = model._meta.get_field(key).related_model
    return registry.type_of(model)


def below(paths: Paths, name: str) -> Paths:
    """Return what remains of the include paths that begin with `name`."""
    return tuple(path.partition(".")[2] for path in paths if path.startswith(f"{name}."))


def heads(paths: Paths) -> list[str]:
    return list(dict.fromkeys(path.partition(".")[0] for path in paths))


@cache
def serializer_for(resource_type: str, paths: Paths = ()) -> type[OracleSerializer]:
    """Return the serializer of a type of which `paths` are included: only those have `data`."""
    view = registry.view_of(resource_type)
    included = heads(paths)
    names = names_of(resource_type)
    members: dict[str, Any] = {
        "id": serializers.CharField(source="uid", read_only=True),
        "self": serializers.HyperlinkedIdentityField(
            view_name=f"{resource_type}-detail", lookup_field="uid"
        ),
        "included_serializers": {
            name: serializer_for(target_of(resource_type, name), below(paths, name))
            for name in included
        },
    }
    for name in names:
        if is_relationship(resource_type, name):
            members[name] = _relationship(resource_type, name, name in included)
        elif name in view.serializer_class._declared_fields:
            members[name] = view.serializer_class._declared_fields[name]
        elif model_field(resource_type, name) is None:
            members[name] = serializers.ReadOnlyField()  # annotated by the queryset
    meta = {
        "model": view.model,
        "resource_name": resource_type,
        "fields": ["id", "self", *names],
        "meta_fields": ("mode", "organization_id"),
    }
    members["Meta"] = type("Meta", (), meta)
    return type(OracleSerializer)(f"Oracle_{resource_type}", (OracleSerializer,), members)


def _relationship(resource_type: str, name: str, with_data: bool) -> Any:
    kind = Linkage if with_data else HyperlinkedRelatedField
    mixed = mixed_of(resource_type, name)
    # Where there are links only, any of what is mixed will do.
    source = mixed.names[0] if mixed else path_of(resource_type, name).replace("__", ".")
    behind = {"source": source, "allow_null": True} if source != name else {}
    if behind and not mixed:  # DJA looks for the model at the end of a foreign key only
        kind = type("Behind", (kind,), {"model": model_field(resource_type, name).related_model})
    return kind(
        **behind,
        many=is_to_many(resource_type, name),
        read_only=True,
        self_link_view_name=f"{resource_type}-relationships",
        related_link_view_name=f"{resource_type}-related",
        related_link_lookup_field="uid",
        related_link_url_kwarg="pk",  # DJA's word for "the same arguments as the self link"
    )
