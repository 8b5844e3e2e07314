"""What customers send to `/api/v1/sdk`. Members that nobody knows are ignored."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.validators import EmailValidator
from rest_framework import serializers

from customers.fields import LONGEST_PASSWORD, SHORTEST_PASSWORD
from customers.models import Customer
from customers.normalizing import phone_number, user_name
from customers.states import Language
from jsonapi.serializers import ObjectField, StrictCharField


class Body(serializers.Serializer[Any]):
    """A body; its refusal remembers which fields it has."""

    def run(self) -> dict[str, Any]:
        """Return what was sent, checked. Raises ValidationError."""
        try:
            self.is_valid(raise_exception=True)
        except serializers.ValidationError as error:
            error.serializer = self  # type: ignore[attr-defined]
            raise
        checked: dict[str, Any] = self.validated_data
        return checked


class OptionalText(StrictCharField):
    """A text that null and an empty one clear."""

    def __init__(self, *, max_length: int = 255, **options: Any) -> None:
        super().__init__(
            required=False, allow_null=True, allow_blank=True, max_length=max_length, **options
        )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        checked = super().run_validation(data)
        return checked or None


class Username(OptionalText):
    """Letters, digits, dashes and underscores."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        return user_name(text) if text else text


class Phone(OptionalText):
    """5 to 20 digits, whatever is between them."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(str(data) if isinstance(data, int) else data)
        return phone_number(text) if text else text


class EmailText(serializers.EmailField):
    """An e-mail address."""

    default_error_messages = {"email": "Not an e-mail address."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)
        for validator in self.validators:
            if isinstance(validator, EmailValidator):
                validator.code = "email"

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("email")
        return super().to_internal_value(data)


class Password(StrictCharField):
    """6 to 128 characters, spaces included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            trim_whitespace=False,
            min_length=SHORTEST_PASSWORD,
            max_length=LONGEST_PASSWORD,
            **options,
        )


class ProfileBody(Body):
    """What customers may say about themselves; what is left out stays as it is."""

    email = EmailText(required=False)
    username = Username()
    display_name = OptionalText(max_length=100)
    first_name = OptionalText()
    last_name = OptionalText()
    phone = Phone(max_length=64)
    organization = OptionalText(source="company")
    title = OptionalText()
    salutation = OptionalText()
    tin = OptionalText()
    metadata = ObjectField(required=False, allow_null=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False)

    def columns(self, customer: Customer | None = None) -> dict[str, Any]:
        """Return the columns to write. Metadata is merged: null removes what it names."""
        columns = self.run()
        if "metadata" in columns:
            merged = (customer.metadata if customer else {}) | (columns["metadata"] or {})
            columns["metadata"] = {
                name: value for name, value in merged.items() if value is not None
            }
        return columns


class RegisterBody(ProfileBody):
    """A new customer."""

    email = EmailText()
    password = Password()

    def columns(self, customer: Customer | None = None) -> dict[str, Any]:
        columns = super().columns()
        return columns | {"password": make_password(columns["password"])}


class LoginBody(Body):
    """E-mail or user name, and the password."""

    email = StrictCharField(required=False, max_length=1024)
    username = StrictCharField(required=False, max_length=1024)
    password = StrictCharField(trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.keys() & {"email", "username"}:
            missing = serializers.ErrorDetail("Which account?", code="required")
            raise serializers.ValidationError({"email": [missing]})
        return attrs


class ForgotBody(Body):
    """Whose password was forgotten."""

    email = EmailText()


class ResetBody(Body):
    """A token of a mail, and the new password twice."""

    email = StrictCharField(max_length=1024)
    token = StrictCharField(max_length=1024)
    password = Password()
    password_confirmation = StrictCharField(trim_whitespace=False)


class VerifyBody(Body):
    """A token of a mail."""

    email_verify_token = StrictCharField(max_length=1024)


class NewPasswordBody(Body):
    """The old password, and the new one twice."""

    old_password = StrictCharField(trim_whitespace=False)
    new_password = Password()
    confirm_new_password = StrictCharField(trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["new_password"] != attrs["confirm_new_password"]:
            problem = serializers.ErrorDetail("Not the same.", code="confirmed")
            raise serializers.ValidationError({"new_password": [problem]})
        if attrs["new_password"] == attrs["old_password"]:
            problem = serializers.ErrorDetail("The same.", code="different")
            raise serializers.ValidationError({"new_password": [problem]})
        return attrs
