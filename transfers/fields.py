"""Attributes of jobs that are no plain columns."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.fields import Field

from jsonapi.serializers import StrictCharField

MOST_INPUTS = 10_000
MOST_NAMES = 200


def no_file() -> None:
    """Return where the file is of what is not kept in one."""


class NamesField(serializers.ListField):
    """A list of names such as `email` or `customer_group.name`; null is none."""

    def __init__(self, **options: Any) -> None:
        child = StrictCharField(max_length=255)
        super().__init__(
            child=child, required=False, allow_null=True, max_length=MOST_NAMES, **options
        )

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, []) if data is None else super().validate_empty_values(data)


class InputsField(Field[Any, Any, Any, Any]):
    """The inputs of an import, at most 10,000: written once, and read as an empty list.

    They are deleted as they are dealt with. Larger ones are uploaded as a file.
    """

    default_error_messages = {
        "not_a_list": "is not a list",
        "too_many": f"are too many (maximum is {MOST_INPUTS})",
    }
    columns = ("inputs_size",)

    @staticmethod
    def function(_size: int) -> list[Any]:
        """Return what is read, whatever was written."""
        return []

    def get_attribute(self, instance: Any) -> Any:
        return instance

    def to_representation(self, value: Any) -> list[Any]:
        return []

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            return data
        if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
            self.fail("not_a_list")
        if len(data) > MOST_INPUTS:
            self.fail("too_many")
        return data
