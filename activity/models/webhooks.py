"""Who is told of events, what is still to be told, and how telling went."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from organizations.models import TenantResource
from organizations.switches import Switchable

MOST_FAILURES = 30  # consecutive ones; then the circuit opens
MOST_ATTEMPTS = 11  # the first, and ten retries
FIRST_BACK_OFF = timedelta(seconds=5)
LONGEST_BACK_OFF = timedelta(hours=1)


def new_secret() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


class CircuitState(models.TextChoices):
    CLOSED = "closed"  # callbacks are made
    OPEN = "open"  # callbacks wait: too many in a row failed


class Webhook(Switchable, TenantResource):
    """An address that is told whenever `topic` happens to a resource.

    While it is disabled, nothing that happens is noted for it, and what was noted waits.
    """

    name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    topic = models.CharField(max_length=128, help_text="E.g. orders.place.")
    callback_url = models.CharField(max_length=2000)
    include_resources = models.JSONField(
        default=list, blank=True, help_text='Relationships to send along: ["customer"].'
    )
    circuit_state = models.CharField(
        max_length=6, choices=CircuitState, default=CircuitState.CLOSED, editable=False
    )
    circuit_failure_count = models.PositiveIntegerField(default=0, editable=False)
    shared_secret = models.CharField(max_length=32, default=new_secret, editable=False)

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(circuit_state__in=CircuitState.values),
                name="activity_circuit_state_is_known",
            ),
        ]
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(fields=["environment", "topic"], name="activity_webhooks_to_tell"),
        ]

    def save(self, *args: Any, **options: Any) -> None:
        """Save, named after its id if it has no name."""
        self.name = self.name or f"Webhook {self.uid}"
        super().save(*args, **options)

    def regenerate_shared_secret(self) -> None:
        """Sign with another secret, also what waits. The caller saves."""
        self.shared_secret = new_secret()

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete the webhook with its log and what waits; events that are being written wait."""
        with transaction.atomic():
            type(self).objects.select_for_update().filter(pk=self.pk).first()
            return super().delete(*args, **options)

    def close_circuit(self) -> None:
        """Make callbacks again, whatever failed before. The row is written here."""
        self.circuit_state = CircuitState.CLOSED
        self.circuit_failure_count = 0
        self.save(update_fields=["circuit_state", "circuit_failure_count", "updated_at"])

    def count(self, outcomes: list[bool]) -> None:
        """Count callbacks, in the order in which they ended; open the circuit if need be.

        The row has to be locked, and is written here.
        """
        for succeeded in outcomes:
            self.circuit_failure_count = 0 if succeeded else self.circuit_failure_count + 1
            if self.circuit_failure_count >= MOST_FAILURES:
                self.circuit_state = CircuitState.OPEN
        type(self).objects.filter(pk=self.pk).update(
            circuit_failure_count=self.circuit_failure_count, circuit_state=self.circuit_state
        )


class EventWebhook(models.Model):
    """Which webhooks are about an event: a view of the database, not a table."""

    id = models.TextField(primary_key=True)
    event = models.ForeignKey("activity.Event", on_delete=models.DO_NOTHING, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "activity_event_webhook"

    def __str__(self) -> str:
        return self.id


class Delivery(models.Model):
    """An event that a webhook is still to be told of; told, or given up, it is deleted.

    Rows are made by the database itself, in the transaction of the event.
    """

    message_id = models.UUIDField(db_default=RandomUUID(), help_text="The same in every attempt.")
    webhook = models.ForeignKey(
        Webhook,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # others start with it
    )
    # Events go with their resource, without waiting for whom they are still to be told to.
    event = models.ForeignKey(
        "activity.Event",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    topic = models.CharField(max_length=128)
    object_id = models.BigIntegerField(null=True, help_text="Null once the resource is gone.")
    # What is about one resource is told in order to each address: only the oldest may go.
    resource_uid = models.CharField(max_length=40, db_collation="C")
    created_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now(), help_text="When a back-off ends.")
    attempts = models.PositiveSmallIntegerField(db_default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["webhook", "id"], name="activity_next_delivery"),
            models.Index(fields=["resource_uid", "id"], name="activity_in_order"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"

    @property
    def is_exhausted(self) -> bool:
        """True when no attempt is left. A claim counts as one: dying workers must not loop."""
        return self.attempts >= MOST_ATTEMPTS

    @property
    def back_off(self) -> timedelta:
        """How long to wait after the latest failed attempt: 5 s, 10 s, 20 s, ... at most 1 h."""
        doubled: timedelta = FIRST_BACK_OFF * 2 ** (self.attempts - 1)
        return min(doubled, LONGEST_BACK_OFF)

    def put_off(self) -> None:
        """Return the lease and try again later."""
        type(self).objects.filter(pk=self.pk).update(
            not_before=Now() + self.back_off, lease_until=None, lease_token=None
        )


class EventCallback(TenantResource):
    """One attempt to tell a webhook of an event, and what came of it.

    Of what was sent it keeps only which resource it was about, of the answer only the status:
    nobody's data outlives its resource here.
    """

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="last_event_callbacks", editable=False
    )
    # Its event goes with the resource; that somebody was told does not.
    event = models.ForeignKey(
        "activity.Event",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="last_event_callbacks",
        editable=False,
    )
    callback_url = models.CharField(max_length=2000, editable=False)
    payload = models.JSONField(null=True, editable=False)
    response_code = models.CharField(max_length=3, null=True, editable=False)  # noqa: DJ001
    response_message = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001

    class Meta(TenantResource.Meta):
        indexes = [*TenantResource.Meta.indexes, models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"callback {self.uid}"
