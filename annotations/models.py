"""Tags, attachments, notifications and links: what may be put on resources of many types."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone

from activity.models import Event
from anonymization.owners import owner_of
from organizations.models import TenantResource
from organizations.switches import Switchable

TAG_LETTER = "[0-9A-Za-z_-]"
LINK_SCOPE = r"\A[a-z_]+:[^\s,]+(?:[ ,]+[a-z_]+:[^\s,]+)*\Z"
HOST = r"\A[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?\Z"
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


class Attached(TenantResource):
    """What hangs on one resource, of any type that has a place for it."""

    content_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, editable=False, related_name="+"
    )
    object_id = models.BigIntegerField(editable=False)
    # The customer whose resource it hangs on: how erasing finds it.
    subject_uid = models.CharField(  # noqa: DJ001
        max_length=40, null=True, editable=False, db_collation="C"
    )

    owner_path = "subject_uid"

    class Meta(TenantResource.Meta):
        abstract = True
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(fields=["content_type", "object_id", "id"]),
            models.Index(fields=["environment", "subject_uid"]),
        ]

    @staticmethod
    def columns_for(resource: TenantResource) -> dict[str, Any]:
        """Return the columns that hang a row on `resource` and on whom that belongs to."""
        return {
            "content_type": ContentType.objects.get_for_model(resource),
            "object_id": resource.pk,
            "subject_uid": owner_of(resource),
        }


class Attachment(Attached):
    """A link to a document about some resource. The document itself is kept elsewhere."""

    name = models.CharField(max_length=255)
    description = models.TextField(max_length=5000, null=True, blank=True)  # noqa: DJ001
    url = models.URLField(max_length=2000, null=True, blank=True)  # noqa: DJ001
    attachable = GenericForeignKey("content_type", "object_id")

    def __str__(self) -> str:
        return f"attachment {self.uid}"


class Notification(Attached):
    """Something that a storefront shows beside an order or a line item."""

    name = models.CharField(max_length=255)
    flash = models.BooleanField(default=False, help_text="Shown once.")
    body = models.JSONField(default=dict, blank=True)
    notifiable = GenericForeignKey("content_type", "object_id")

    def __str__(self) -> str:
        return f"notification {self.uid}"


def default_domain() -> str:
    """Return the host that links lead to unless they say otherwise."""
    return f"link.{settings.DOMAIN}"


def in_a_month() -> datetime:
    """Return the end of a link that names none: the same day and time of the next month."""
    now = timezone.now()
    year, month = now.year + now.month // 12, now.month % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))


class Link(Switchable, Attached):
    """A short address that opens an order, a SKU or a SKU list for a sales channel."""

    name = models.CharField(max_length=255)
    client_id = models.CharField(max_length=255)
    scope = models.CharField(
        max_length=2000,
        validators=[RegexValidator(LINK_SCOPE, "is invalid", "invalid")],
        help_text="What a visitor's token reaches: market:id:abc,market:code:eu.",
    )
    starts_at = models.DateTimeField(default=timezone.now, null=True, blank=True)
    expires_at = models.DateTimeField(default=in_a_month, null=True, blank=True)
    domain = models.CharField(
        max_length=255,
        default=default_domain,
        validators=[RegexValidator(HOST, "is invalid", "invalid")],
    )
    url = models.GeneratedField(
        expression=Concat(
            Value("https://"), "domain", Value("/"), "uid", output_field=models.CharField()
        ),
        output_field=models.CharField(max_length=500),
        db_persist=True,
    )
    item_type = models.CharField(max_length=64, editable=False)
    params = models.JSONField(default=dict, blank=True)
    item = GenericForeignKey("content_type", "object_id")
    events = GenericRelation(Event)

    class Meta(Attached.Meta):
        constraints = [
            *Attached.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("starts_at")),
                name="annotations_link_expires_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.uid}"


def link_status(
    disabled_at: datetime | None, starts_at: datetime | None, expires_at: datetime | None
) -> str:
    """Return whether a link leads anywhere at this moment, and if not, why."""
    now = timezone.now()
    if disabled_at is not None:
        return "disabled"
    if expires_at is not None and expires_at <= now:
        return "expired"
    return "pending" if starts_at is not None and starts_at > now else "active"


def is_link_active(*times: datetime | None) -> bool:
    """Tell whether a link leads anywhere at this moment."""
    return link_status(*times) == "active"
