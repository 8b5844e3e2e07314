"""Tags, attachments, notifications and links on /api."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import ValidationError

from annotations.models import (
    Attached,
    Attachment,
    Link,
    Notification,
    Tag,
    is_link_active,
    link_status,
)
from anonymization.services import check_not_forgotten
from jsonapi import registry
from jsonapi.errors import Invalid
from jsonapi.registry import resource
from jsonapi.serializers import Computed, ResourceSerializer, StrictCharField
from jsonapi.views import ResourceViewSet
from organizations.models import Organization, TenantResource


class TagSerializer(ResourceSerializer):
    """A label, unique by name whatever its case."""

    class Meta:
        model = Tag
        fields = ("name",)

    def validate_name(self, name: str) -> str:
        organization = Organization.objects.get(uid=self.caller.organization_id)
        most = organization.tags_max_name_length
        if len(name) > most:
            raise ValidationError(f"is too long (maximum is {most} characters)", code="too_long")
        return name


@resource("tags")
class TagViewSet(ResourceViewSet):
    serializer_class = TagSerializer


class AttachedSerializer(ResourceSerializer):
    """What hangs on a resource: `Meta.generic` names the link, `Meta.place` its other end."""

    def create(self, validated_data: dict[str, Any]) -> Any:
        return super().create(self.placed(validated_data))

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        if instance.subject_uid is not None:
            _check(instance.environment_id, instance.subject_uid)
        return super().update(instance, self.placed(validated_data))

    def placed(self, data: dict[str, Any]) -> dict[str, Any]:
        """Replace the other end, which is no column, by the columns that stand for it."""
        target: TenantResource | None = data.pop(self.Meta.generic, None)
        if target is None:
            return data
        place = self.Meta.place
        if not hasattr(target, place):
            title = f"cannot have {place}"
            raise Invalid(self.Meta.generic, "invalid_type", title, relationship=True)
        columns = Attached.columns_for(target)
        if columns["subject_uid"] is not None:
            _check(target.environment_id, columns["subject_uid"])
        return data | columns


class AttachmentSerializer(AttachedSerializer):
    """A link to a document about a resource that has `attachments`."""

    class Meta:
        model = Attachment
        fields = ("name", "description", "url", "attachable")
        generic, place = "attachable", "attachments"


@resource("attachments")
class AttachmentViewSet(ResourceViewSet):
    serializer_class = AttachmentSerializer


class NotificationSerializer(AttachedSerializer):
    """What a storefront shows beside a resource that has `notifications`."""

    class Meta:
        model = Notification
        fields = ("name", "flash", "body", "notifiable")
        generic, place = "notifiable", "notifications"


@resource("notifications")
class NotificationViewSet(ResourceViewSet):
    serializer_class = NotificationSerializer


class LinkSerializer(AttachedSerializer):
    """A short address of a resource that has `links`."""

    active = Computed(is_link_active, "disabled_at", "starts_at", "expires_at")
    status = Computed(link_status, "disabled_at", "starts_at", "expires_at")
    item_type = StrictCharField(required=False)

    class Meta:
        model = Link
        fields = (
            "name",
            "client_id",
            "scope",
            "starts_at",
            "expires_at",
            "active",
            "status",
            "domain",
            "url",
            "item_type",
            "params",
            "disabled_at",
            "item",
            "events",
        )
        generic, place = "item", "links"
        create_only_fields = ("item_type",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("starts_at", "expires_at")
        stored = self.instance or Link()
        start, end = (attrs.get(name, getattr(stored, name)) for name in names)
        if start is not None and end is not None and end <= start:
            raise Invalid("expires_at", "invalid", "must be after starts_at")
        return attrs

    def placed(self, data: dict[str, Any]) -> dict[str, Any]:
        named = data.pop("item_type", None)
        columns = super().placed(data)
        if "content_type" not in columns:
            return columns
        item_type = registry.type_of(columns["content_type"].model_class())
        if named not in (None, item_type):
            raise Invalid("item_type", "invalid", f"is not {item_type}, the type of the item")
        return columns | {"item_type": item_type}


@resource("links")
class LinkViewSet(ResourceViewSet):
    serializer_class = LinkSerializer


def _check(environment_id: int, subject_uid: str) -> None:
    check_not_forgotten(environment_id=environment_id, subject_uid=subject_uid)
