"""Rules of tagging that hold however tags are written: by name, as a relationship, by hand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed
from django.dispatch import receiver

from activity.services import publish
from annotations.models import Tag, Taggable
from anonymization.errors import BeingForgotten
from anonymization.owners import owner_of
from anonymization.services import is_forgotten
from jsonapi import registry, signals
from jsonapi.errors import Invalid
from jsonapi.parts import NOTHING, within
from organizations.models import TenantResource


@receiver(m2m_changed)
def on_tags_changing(
    *, instance: Any, action: str, model: type[Model], pk_set: Collection[int] | None, **facts: Any
) -> None:
    """Allow some tags only, and none on somebody forgotten."""
    if model is not Tag or not isinstance(instance, Taggable):
        return
    if action == "pre_add" and pk_set:
        _lock(instance)
    if action == "post_add":
        _check_number(instance)


@receiver(signals.resource_created)
@receiver(signals.resource_updated)
@within(lambda writing: NOTHING)  # tags are no attributes
def on_tagged(*, instance: Any, changes: dict[str, Any] | None = None, **facts: Any) -> None:
    """Publish `<type>.tagged` once, whatever one write did to the tags."""
    if "tags" in (changes or {}) and isinstance(instance, TenantResource):
        publish(instance=instance, topic=f"{registry.type_of(type(instance))}.tagged")


def _lock(resource: Any) -> None:
    """Lock the row, so that two requests cannot both add the last tag that fits."""
    rows = type(resource)._base_manager.filter(pk=resource.pk)
    rows.select_for_update().values_list("pk").first()
    owner = owner_of(resource)
    if owner and is_forgotten(environment_id=resource.environment_id, subject_uid=owner):
        raise BeingForgotten


def _check_number(resource: Any) -> None:
    most = resource.environment.organization.tags_max_allowed_number
    if resource.tags.count() > most:
        title = f"cannot be more than {most}"
        raise Invalid("tags", "too_many", title, relationship=True, count=most)
