"""The form of a row: nothing in it may lead to another environment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import JSONField, Model, QuerySet
from django.forms.models import InlineForeignKeyField

from jsonapi.errors import ApiError
from organizations.models import TenantResource

NUL = "\\u0000"


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]
    """Checks what forms of Django do not: environments, JSON objects, rules of the API."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        nullable = {column.name for column in self._meta.model._meta.concrete_fields if column.null}
        for name in nullable & set(self.fields):
            # Django does so for CharField, but takes an untouched TextField for "".
            field = self.fields[name]
            if isinstance(field, forms.CharField):
                field.empty_value = None

    def check(self, data: dict[str, Any]) -> None:
        """Raise ApiError where a rule of the API is broken; for subclasses."""

    def clean(self) -> dict[str, Any]:
        """Return the data with `{}` for JSON that was left empty."""
        data = super().clean() or self.cleaned_data
        self._take_over_environment()
        for name in [name for name in data if self._is_json(name)]:
            data[name] = self._object(name, data[name])
        for name, value in list(data.items()):
            if any(self._is_foreign(row) for row in rows_in(value)):
                self.add_error(name, "Belongs to another environment.")
        if not self.errors:
            self._check(data)
        return data

    def _take_over_environment(self) -> None:
        """Put a row that is added on another row's page where that row is."""
        for field in self.fields.values():
            parent = field.parent_instance if isinstance(field, InlineForeignKeyField) else None
            if isinstance(parent, TenantResource) and isinstance(self.instance, TenantResource):
                self.instance.environment_id = parent.environment_id

    def _check(self, data: dict[str, Any]) -> None:
        try:
            self.check(data)
        except ApiError as refusal:
            for error in refusal.errors:
                name = error.get("source", {}).get("pointer", "").rpartition("/")[2]
                self.add_error(name if name in self.fields else None, error["title"])

    def _is_json(self, name: str) -> bool:
        fields = {field.name: field for field in self._meta.model._meta.concrete_fields}
        return isinstance(fields.get(name), JSONField)

    def _object(self, name: str, value: Any) -> Any:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.add_error(name, "Must be an object: { ... }.")
        elif NUL in json.dumps(value):
            self.add_error(name, "Must not contain NUL.")
        return value

    def _is_foreign(self, row: Model) -> bool:
        return isinstance(row, TenantResource) and row.environment_id != self._environment_id()

    def _environment_id(self) -> int | None:
        chosen = self.cleaned_data.get("environment")
        if chosen is not None:
            return int(chosen.pk)
        return getattr(self.instance, "environment_id", None)

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        # Fixed on the page of a row, yet part of what is unique.
        if getattr(self.instance, "environment_id", None) is not None:
            excluded.discard("environment")
        return excluded


def rows_in(value: Any) -> Iterable[Model]:
    """Return the rows that a cleaned value points at."""
    if isinstance(value, Model):
        return [value]
    return value if isinstance(value, QuerySet) else []
