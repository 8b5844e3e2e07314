"""Tags and attachments: what may be put on resources of many types."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from anonymization.owners import owner_of
from organizations.models import TenantResource

TAG_LETTER = "[0-9A-Za-z_-]"
TAG_NAME = f"{TAG_LETTER}{{1,25}}"


class Tag(TenantResource):
    """A label; deleting it takes it off everything."""

    name = models.CharField(
        max_length=25,
        validators=[RegexValidator(rf"\A{TAG_LETTER}+\Z", "is invalid", "invalid")],
    )

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                "environment",
                Lower("name"),
                name="annotations_unique_tag_name",
                violation_error_code="taken",
            ),
            models.CheckConstraint(
                condition=models.Q(name__regex=rf"^{TAG_NAME}$"),
                name="annotations_tag_name_is_valid",
            ),
        ]

    def __str__(self) -> str:
        return f"tag {self.uid}"


class Taggable(models.Model):
    """Mixin for what can be tagged; `annotations.services` says how many times."""

    tags = models.ManyToManyField(Tag, related_name="+", blank=True)

    class Meta:
        abstract = True


class Attachment(TenantResource):
    """A link to a document about some resource. The document itself is kept elsewhere."""

    name = models.CharField(max_length=255)
    description = models.TextField(max_length=5000, null=True, blank=True)  # noqa: DJ001
    url = models.URLField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    content_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, editable=False, related_name="+"
    )
    object_id = models.BigIntegerField(editable=False)
    attachable = GenericForeignKey("content_type", "object_id")
    # The customer whose resource it is about: how erasing finds it.
    subject_uid = models.CharField(  # noqa: DJ001
        max_length=40, null=True, editable=False, db_collation="C"
    )

    owner_path = "subject_uid"

    class Meta(TenantResource.Meta):
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(fields=["content_type", "object_id", "id"]),
            models.Index(fields=["environment", "subject_uid"]),
        ]

    def __str__(self) -> str:
        return f"attachment {self.uid}"

    @staticmethod
    def columns_for(resource: TenantResource) -> dict[str, Any]:
        """Return the columns that hang a row on `resource` and on whom that belongs to."""
        return {
            "content_type": ContentType.objects.get_for_model(resource),
            "object_id": resource.pk,
            "subject_uid": owner_of(resource),
        }
