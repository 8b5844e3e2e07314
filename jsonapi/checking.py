"""Checks of attributes, compiled: most texts are seen to be good at a glance."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from typing import Any

from django.core.validators import (
    EmailValidator,
    MaxLengthValidator,
    MinLengthValidator,
    ProhibitNullCharactersValidator,
)
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from jsonapi.schema import Schema
from jsonapi.serializers import StrictCharField, StrictEmailField

Check = Callable[[Any], Any]

TEXTS = (StrictCharField, StrictEmailField, serializers.CharField, serializers.EmailField)
PATTERNS = ("user_regex", "domain_regex", "literal_regex")
# What a printable text of ASCII cannot break.
SEEN = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)


@cache
def checks_of(schema: Schema) -> Mapping[str, Check]:
    """Return what each writable attribute goes through. They raise ValidationError."""
    return {name: _check(field) for name, field in schema.serializer.writable().items()}


def _check(field: Any) -> Check:
    if type(field) not in TEXTS or any(map(_asks_more, field.validators)):
        whole: Check = field.run_validation
        return whole
    least, most = field.min_length or 1, field.max_length or 0
    lengths = {MinLengthValidator: field.min_length, MaxLengthValidator: field.max_length}
    rest = [
        _loaded(one)
        for one in field.validators
        if not isinstance(one, SEEN) and not _is(one, lengths)
    ]

    def check(value: Any) -> Any:
        if type(value) is not str or not (value.isascii() and value.isprintable()):
            return field.run_validation(value)
        text = value.strip() if field.trim_whitespace else value
        if not least <= len(text) <= (most or len(text)):
            return field.run_validation(value)
        for validator in rest:
            validator(text)
        return text

    return check


def _loaded(validator: Any) -> Any:
    """Return a validator without Django's detour to patterns that are compiled when needed."""
    if not isinstance(validator, EmailValidator):
        return validator
    loaded = copy(validator)
    for name in PATTERNS:
        lazy: Any = getattr(validator, name)
        setattr(loaded, name, re.compile(lazy.pattern, lazy.flags))
    return loaded


def _asks_more(validator: Any) -> bool:
    """Tell whether a validator wants to know the field, too."""
    return bool(getattr(validator, "requires_context", False))


def _is(validator: Any, lengths: Mapping[Any, Any]) -> bool:
    """Tell whether a validator is about one of the field's own lengths."""
    return type(validator) in lengths and lengths[type(validator)] == validator.limit_value
