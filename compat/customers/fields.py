"""Serializer fields in the words of `/customers`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import EmailValidator
from rest_framework import serializers

from customers.normalizing import locale_name
from customers.states import CustomerType

MOST_PAIRS = 20
LONGEST_KEY = 40
LONGEST_VALUE = 500
LARGEST_INTEGER = 2**63
MEANINGS = {True: True, "true": True, "1": True, False: False, "false": False, "0": False}
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class TimeField(serializers.DateTimeField):
    """A time in UTC, to the second."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format=TIME_FORMAT, read_only=True, **options)

    def to_representation(self, value: datetime) -> str:
        return value.strftime(TIME_FORMAT)


class Text(serializers.CharField):
    """A text; numbers and booleans are none."""

    default_error_messages = {"invalid_format": "Not a text."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_format")
        return super().to_internal_value(data)


class EmailText(Text):
    """An e-mail address."""

    default_error_messages = {"email_invalid": "Not a valid e-mail address."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            EmailValidator()(text)
        except DjangoValidationError:
            self.fail("email_invalid")
        return text


class Flag(serializers.BooleanField):
    """true or false; 1 and 0 mean the same, also as texts."""

    default_error_messages = {"invalid_boolean": "Neither true nor false."}

    def to_internal_value(self, data: Any) -> bool:
        value = data.lower() if isinstance(data, str) else data
        if not isinstance(value, bool | int | str) or value not in MEANINGS:
            self.fail("invalid_boolean")
        return MEANINGS[value]


class Integer(serializers.IntegerField):
    """A whole number, also as a text; a boolean is none."""

    default_error_messages = {"invalid_integer": "Not an integer."}

    def to_internal_value(self, data: Any) -> int:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError:
            self.fail("invalid_integer")


class TypeField(serializers.ChoiceField):
    """individual or business, in letters of any case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=CustomerType.choices, **options)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.lower() if isinstance(data, str) else data)


class LocaleField(Text):
    """A locale such as en_US; en-US is understood."""

    def to_internal_value(self, data: Any) -> str:
        return locale_name(super().to_internal_value(data))


class MetadataField(serializers.Field[Any, Any, Any, Any]):
    """Up to 20 pairs of a short key and a text, a boolean or an integer."""

    default_error_messages = {
        "invalid_format": "Not an object.",
        "too_many_metadata_pairs": f"More than {MOST_PAIRS} pairs.",
        "invalid_metadata_key": f"A key has 1 to {LONGEST_KEY} characters.",
        "invalid_metadata_value": "A value is a text of at most 500 characters, a boolean or an"
        " integer.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        pairs = {} if data == [] else data  # how PHP writes an empty object
        if not isinstance(pairs, dict):
            self.fail("invalid_format")
        if len(pairs) > MOST_PAIRS:
            self.fail("too_many_metadata_pairs")
        if not all(0 < len(key) <= LONGEST_KEY for key in pairs):
            self.fail("invalid_metadata_key")
        if not all(self._is_plain(value) for value in pairs.values()):
            self.fail("invalid_metadata_value")
        return pairs

    def to_representation(self, value: Any) -> Any:
        return value

    @staticmethod
    def _is_plain(value: Any) -> bool:
        if isinstance(value, str):
            return len(value) <= LONGEST_VALUE
        return isinstance(value, bool | int) and abs(value) < LARGEST_INTEGER


class Sparse(serializers.Serializer[Any]):
    """Leaves out what is not set."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {name: value for name, value in shown.items() if value not in (None, {}, [])}


class Strict(Sparse):
    """Refuses members that it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            problem = serializers.ErrorDetail("Not an object.", code="invalid_format")
            raise serializers.ValidationError({"non_field_errors": [problem]})
        unknown = {
            str(name): serializers.ErrorDetail("Unknown parameter.", code="unknown_parameter")
            for name in data
            if name not in self.fields
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)
