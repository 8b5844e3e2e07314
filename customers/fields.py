"""Serializer fields of customer-side input."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from rest_framework import serializers

from jsonapi.serializers import StrictCharField

LONGEST_PASSWORD = 128
SHORTEST_PASSWORD = 6


class PasswordField(StrictCharField):
    """A password of 6 to 128 characters, spaces included; it leaves this field hashed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            write_only=True,
            required=False,
            trim_whitespace=False,
            min_length=SHORTEST_PASSWORD,
            max_length=LONGEST_PASSWORD,
            **options,
        )

    def run_validation(self, data: Any = ...) -> Any:
        return make_password(super().run_validation(data))


def never() -> None:
    """Return what has no value here: a secret that was shown once, a map that nobody drew."""


class CustomerEmailField(serializers.EmailField):
    """The customer's e-mail on a resource of theirs: written once, to say who that is."""

    columns = ("customer__email",)

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=254, **options)

    def get_attribute(self, instance: Any) -> Any:
        return instance.customer and instance.customer.email
