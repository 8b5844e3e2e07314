"""What kept an order from being placed by a worker."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from organizations.models import TenantResource


class ResourceError(TenantResource):
    """One attribute or relationship that breaks a rule, found when nobody waited for a reply."""

    name = models.CharField(max_length=255, editable=False)
    code = models.CharField(max_length=64, editable=False, help_text="The rule, e.g. BLANK.")
    message = models.CharField(max_length=255, editable=False)
    content_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, editable=False, related_name="+", db_index=False
    )
    object_id = models.BigIntegerField(editable=False)
    resource = GenericForeignKey("content_type", "object_id")
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
        return f"error {self.code} of {self.name}"
