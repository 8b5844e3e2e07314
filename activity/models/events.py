"""Events for the outside world, and the audit trail."""

from __future__ import annotations

import secrets
import time
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from jsonapi.access import Caller
from organizations.models import Environment, TenantResource


def new_entry_id() -> str:
    """Return `<milliseconds>-<sequence>`: numbers that sort by time and are never drawn twice."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    return f"{milliseconds}-{nanoseconds * 1000 + secrets.randbelow(1000)}"


class EventStoreQuerySet(models.QuerySet["EventStore"]):
    """Entries of the audit trail."""

    def visible_to(self, caller: Caller) -> Self:
        """Return the entries of the caller's environment; public clients see none."""
        if not caller.is_trusted:
            return self.none()
        return self.filter(environment_id=caller.environment_id)

    def about(self, resource_type: str, resource_uid: str) -> Self:
        """Return one resource's history; it outlives the resource."""
        return self.filter(resource_type=resource_type, resource_uid=resource_uid)


class EventStore(models.Model):
    """One entry of the audit trail: who changed what, from which value to which.

    Entries are only ever added. Their one change is that an erased person's values go.
    """

    environment = models.ForeignKey(
        Environment,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # others start with it
    )
    uid = models.CharField(max_length=40, default=new_entry_id, db_collation="C")
    # Names instead of a foreign key: the entry outlives the resource.
    resource_type = models.CharField(max_length=64, db_collation="C")
    resource_uid = models.CharField(max_length=40, db_collation="C")
    event = models.CharField(max_length=64)
    payload = models.JSONField(default=dict, help_text="{attribute: [from, to]}")
    who = models.JSONField(null=True, help_text="Public ids of application, owner and worker.")
    # The customer whose data the payload holds, as of then: how erasing finds it.
    subject_uid = models.CharField(max_length=40, null=True, db_collation="C")  # noqa: DJ001
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = EventStoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "uid"], name="activity_event_store_unique_uid"
            ),
        ]
        indexes = [
            models.Index(fields=["environment", "resource_type", "resource_uid", "-id"]),
            models.Index(fields=["environment", "subject_uid"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.resource_type} {self.resource_uid}"

    def save(self, *args: Any, **options: Any) -> None:
        """Insert the entry. Raises TypeError for one that was saved before."""
        if not self._state.adding:
            raise TypeError("the audit trail is append-only")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Raise TypeError: the audit trail is append-only."""
        raise TypeError("the audit trail is append-only")


class Event(TenantResource):
    """Something happened to a resource: `name` is the topic, e.g. customers.create."""

    # What happened to a row of the same environment, in the same transaction: the reference of
    # that row is checked. This one, and that to the type, would take a seventeenth of
    # PostgreSQL's time for a create.
    environment = models.ForeignKey(
        Environment,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # others start with it
        db_constraint=False,
    )
    name = models.CharField(max_length=128, editable=False)
    # Both null once the resource is gone; its public id stays.
    content_type = models.ForeignKey(
        ContentType,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,  # another starts with it
        db_constraint=False,
    )
    object_id = models.BigIntegerField(null=True, editable=False)
    resource = GenericForeignKey("content_type", "object_id")
    resource_uid = models.CharField(max_length=40, editable=False, db_collation="C")
    # The customer it happened to, as of then: how erasing finds what was attached to it.
    subject_uid = models.CharField(  # noqa: DJ001
        max_length=40, null=True, editable=False, db_collation="C"
    )

    webhooks = models.ManyToManyField(
        "activity.Webhook", through="activity.EventWebhook", related_name="+"
    )

    owner_path = "subject_uid"

    class Meta(TenantResource.Meta):
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(fields=["content_type", "object_id", "id"]),
            models.Index(fields=["environment", "subject_uid"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.resource_uid}"
