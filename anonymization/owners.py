"""Whose personal data a row holds."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from organizations.models import TenantResource


def owner_of(instance: Model) -> str | None:
    """Return the public id of the customer a row belongs to; None where nobody owns it."""
    path = getattr(instance, "owner_path", None)
    if path is None:
        return None
    found: Any = instance
    for name in path.split("__"):
        found = getattr(found, name, None)
        if not isinstance(found, Model):
            break
    if found is None or isinstance(found, str):
        return found
    return _looked_up(instance, path)


def _looked_up(instance: Model, path: str) -> str | None:
    """Follow a path that is not a chain of foreign keys, e.g. through a to-many relation."""
    rows = type(instance)._base_manager.filter(pk=instance.pk)
    return rows.values_list(path, flat=True).first()


def environment_of(instance: Model) -> int | None:
    """Return the environment's primary key; None for what belongs to all environments."""
    return instance.environment_id if isinstance(instance, TenantResource) else None
