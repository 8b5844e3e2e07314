"""Validation failures of serializer fields and constraints, in the words of the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import IntegrityError
from django.db.models import CheckConstraint, F, Model, UniqueConstraint
from django.db.models.expressions import Func
from rest_framework.fields import Field
from rest_framework.serializers import Serializer

from jsonapi.errors import ApiError, BadRequest, Conflict, Invalid
from jsonapi.relationships import relationship

# DRF's code -> (meta.error, title); {} takes the field's bound.
WORDS: Mapping[str, tuple[str, str]] = {
    "required": ("blank", "can't be blank"),
    "null": ("blank", "can't be blank"),
    "blank": ("blank", "can't be blank"),
    "empty": ("blank", "can't be blank"),
    "unique": ("taken", "has already been taken"),
    "taken": ("taken", "has already been taken"),
    "max_length": ("too_long", "is too long (maximum is {} characters)"),
    "min_length": ("too_short", "is too short (minimum is {} characters)"),
    "max_value": ("less_than_or_equal_to", "must be less than or equal to {}"),
    "min_value": ("greater_than_or_equal_to", "must be greater than or equal to {}"),
    "max_string_length": ("not_a_number", "is not a number"),
    "overflow": ("not_a_number", "is not a number"),
    "invalid_choice": ("inclusion", "is not included in the list"),
    "does_not_exist": ("required", "must exist"),
    "null_characters_not_allowed": ("invalid", "is invalid"),
    "not_a_list": ("invalid", "is invalid"),
    "date": ("invalid", "is invalid"),
    "datetime": ("invalid", "is invalid"),
}
BOUNDS = {
    "max_length": "max_length",
    "min_length": "min_length",
    "max_value": "max_value",
    "min_value": "min_value",
}
# Never echoed, whatever rule they break.
SECRET = ("password", "token", "secret")


def refusal(serializer: Serializer[Any]) -> ApiError:
    """Return the 422 that lists every failure of `serializer`, which is not valid."""
    return Invalid.many(list(_failures(serializer)))


def _failures(serializer: Serializer[Any]) -> Iterator[Invalid]:
    for name, details in serializer.errors.items():
        field = serializer.fields.get(name)
        value = serializer.initial_data.get(name)
        texts = {str(getattr(one, "code", "invalid")): str(one) for one in _flat(details)}
        # Several validators may find the same fault; it is told once.
        found = {
            failure.errors[0]["meta"]["error"]: failure
            for failure in (
                _failure(name, field, code, text, value) for code, text in texts.items()
            )
        }
        yield from found.values()


def _flat(details: Any) -> Iterator[Any]:
    if isinstance(details, Mapping):
        for inner in details.values():
            yield from _flat(inner)
    elif isinstance(details, list | tuple):
        for inner in details:
            yield from _flat(inner)
    else:
        yield details


def _failure(
    name: str, field: Field[Any, Any, Any, Any] | None, code: str, text: str, value: Any
) -> Invalid:
    error, title = WORDS.get(code, (code, text))
    if code == "invalid":
        title = "is invalid"
    details: dict[str, Any] = {}
    if bound := BOUNDS.get(code):
        details["count"] = getattr(field, bound, None) or _bound_of_validators(field, code)
        title = title.format(details["count"])
    if not any(word in name for word in SECRET):
        details["value"] = value
    return Invalid(name, error, title, relationship=_is_relationship(field), **details)


def _bound_of_validators(field: Any, code: str) -> Any:
    for validator in getattr(field, "validators", []):
        if getattr(validator, "code", None) == code:
            return validator.limit_value
    return None


def _is_relationship(field: Any) -> bool:
    return getattr(field, "is_relationship", False)


def broken_constraint(error: IntegrityError, model: type[Model]) -> ApiError:
    """Return the refusal for a constraint of `model` that the database enforced."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    for constraint in model._meta.constraints:
        if constraint.name == name and isinstance(constraint, UniqueConstraint):
            subject = _subject(constraint)
            if subject == "uid":
                return Conflict("The id is taken.", pointer="/data/id")
            is_link = relationship(model, subject) is not None
            return Invalid(subject, "taken", "has already been taken", relationship=is_link)
        if constraint.name == name and isinstance(constraint, CheckConstraint):
            field = constraint.violation_error_code or "base"
            return Invalid(field, "invalid", "is invalid")
    return BadRequest("SAVE_FAILED", "Save failed", "The change breaks a rule of the database.")


def _subject(constraint: UniqueConstraint) -> str:
    """Return the column that gives a unique constraint its meaning: the last one it names."""
    if constraint.fields:
        return constraint.fields[-1]
    names: list[str] = [
        str(source.name)  # type: ignore[attr-defined]
        for expression in constraint.expressions
        for source in (
            expression.get_source_expressions() if isinstance(expression, Func) else [expression]
        )
        if isinstance(source, F)
    ]
    return names[-1]
