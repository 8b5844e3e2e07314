"""Tags and attachments on /api."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import ValidationError

from annotations.models import Attachment, Tag
from anonymization.services import check_not_forgotten
from jsonapi.registry import resource
from jsonapi.serializers import ResourceSerializer
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


class AttachmentSerializer(ResourceSerializer):
    """A link to a document about a resource that has `attachments`."""

    class Meta:
        model = Attachment
        fields = ("name", "description", "url", "attachable")

    def validate_attachable(self, attachable: Any) -> Any:
        if not hasattr(attachable, "attachments"):
            raise ValidationError("cannot have attachments", code="invalid_type")
        return attachable

    def create(self, validated_data: dict[str, Any]) -> Any:
        return super().create(self._placed(validated_data))

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        if instance.subject_uid is not None:
            _check(instance.environment_id, instance.subject_uid)
        return super().update(instance, self._placed(validated_data))

    @staticmethod
    def _placed(data: dict[str, Any]) -> dict[str, Any]:
        """Replace the attachable, which is no column, by the columns that stand for it."""
        attachable: TenantResource | None = data.pop("attachable", None)
        if attachable is None:
            return data
        columns = Attachment.columns_for(attachable)
        if columns["subject_uid"] is not None:
            _check(attachable.environment_id, columns["subject_uid"])
        return data | columns


@resource("attachments")
class AttachmentViewSet(ResourceViewSet):
    serializer_class = AttachmentSerializer


def _check(environment_id: int, subject_uid: str) -> None:
    check_not_forgotten(environment_id=environment_id, subject_uid=subject_uid)
