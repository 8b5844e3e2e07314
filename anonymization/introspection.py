"""What a model's declaration says about erasing its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db.models import (
    BinaryField,
    F,
    Field,
    FileField,
    ForeignKey,
    GeneratedField,
    JSONField,
    ManyToManyField,
    ManyToManyRel,
    Model,
)
from django.db.models.expressions import Col, Expression
from django.db.models.sql import Query


class Unerasable(Exception):
    """A field has neither null nor blank nor a default to be erased to."""


def children(model: type[Model], among: Collection[type[Model]]) -> list[type[Model]]:
    """Return the models of `among` that have a foreign key to `model`."""
    return sorted(
        (child for child in among if child is not model and points_at(child, model)),
        key=lambda child: child._meta.label,
    )


def points_at(child: type[Model], parent: type[Model]) -> bool:
    """Return whether `child` has a foreign key, one-to-one links included, to `parent`."""
    return any(
        isinstance(field, ForeignKey) and field.related_model is parent
        for field in child._meta.concrete_fields
    )


def is_pointed_at(model: type[Model]) -> bool:
    """Return whether any model has a foreign key to `model`."""
    return any(
        relation.auto_created and not relation.concrete and not relation.many_to_many
        for relation in model._meta.get_fields(include_hidden=True)
    )


def hangers_on(model: type[Model]) -> Iterator[tuple[type[Model], str, str]]:
    """Yield what is deleted with rows of `model` because it hangs on them, and its columns."""
    for field in model._meta.private_fields:
        if isinstance(field, GenericRelation):
            yield field.related_model, field.content_type_field_name, field.object_id_field_name


def has_field(model: type[Model], name: str) -> bool:
    """Return whether `model` has a column of that name."""
    return any(field.name == name for field in model._meta.concrete_fields)


def blank(field: Field[Any, Any]) -> Any:
    """Return what an erased `field` holds; a function of the row where each needs its own.

    Raises Unerasable when the model leaves no choice.
    """
    if field.null:
        return None
    if isinstance(field, JSONField):
        return [] if field.default is list else {}
    if isinstance(field, FileField):
        raise Unerasable  # the file itself has to go too
    if field.blank and isinstance(field, BinaryField):
        return b""
    if field.blank and field.empty_strings_allowed:
        return ""
    if not field.has_default():
        raise Unerasable
    if callable(field.default):
        return lambda row: field.get_default()
    return field.default


def links(model: type[Model], keep: Collection[str]) -> Iterator[tuple[type[Model], str]]:
    """Yield the automatic link tables of `model` and the column in each that points at it."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToManyField) and relation.name not in keep:
            through, column = relation.remote_field.through, relation.m2m_field_name()
        elif isinstance(relation, ManyToManyRel) and relation.name not in keep:
            through, column = relation.through, relation.field.m2m_reverse_field_name()
        else:
            continue
        if through is not None and through._meta.auto_created:
            yield through, column


def keeping_pace(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` for an UPDATE of many rows, with what lets it prepare only once.

    PostgreSQL (18 at least) works out which generated columns to compute for each row anew as
    long as the answer is none: that takes longer than the rest of the UPDATE. So one column
    that a generated one depends on is set to itself, unless one changes anyway.
    """
    sources = [name for field in model._meta.concrete_fields for name in _sources(field)]
    if not sources or values.keys() & set(sources):
        return {**values}
    return {**values, sources[-1]: F(sources[-1])}


def _sources(field: Field[Any, Any]) -> list[str]:
    if not isinstance(field, GeneratedField):
        return []
    expression: Expression = field.expression  # type: ignore[attr-defined]
    query = Query(field.model, alias_cols=False)
    return [*_columns(expression.resolve_expression(query, allow_joins=False))]


def _columns(expression: Any) -> Iterator[str]:
    if isinstance(expression, Col):
        yield expression.target.name
    for part in filter(None, expression.get_source_expressions()):
        yield from _columns(part)
