"""What can be disabled and enabled again."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from jsonapi.access import Caller
from jsonapi.triggers import trigger


class Switchable(models.Model):
    """Mixin for resources with `disabled_at`; `register_switches` gives a type the triggers."""

    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def disable(self) -> None:
        """Disable, now unless that was done before. The caller saves."""
        self.disabled_at = self.disabled_at or timezone.now()

    def enable(self) -> None:
        """Enable again. The caller saves."""
        self.disabled_at = None


def register_switches(resource_type: str) -> None:
    """Give a type `_disable` and `_enable`, also on create."""
    for name, act in {"_disable": disable, "_enable": enable}.items():
        trigger(resource_type, name, trusted=True, on_create=True)(act)


def disable(row: Any, caller: Caller) -> None:
    """Disable a row."""
    row.disable()
    row.save(update_fields=["disabled_at", "updated_at"])


def enable(row: Any, caller: Caller) -> None:
    """Enable a row again."""
    row.enable()
    row.save(update_fields=["disabled_at", "updated_at"])
