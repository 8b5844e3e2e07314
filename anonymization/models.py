"""Requests to be forgotten: who asked, how far it is, what was erased."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Coalesce, Now

from anonymization import lookups  # noqa: F401 - registers `among`
from anonymization.people import Person
from jsonapi.models import UidField

if TYPE_CHECKING:
    from organizations.models import User

TIMES = ("requested_at", "started_at", "completed_at", "failed_at", "cancelled_at")
MAX_ATTEMPTS = 10
LONGEST_BACK_OFF = timedelta(minutes=5)


class Status(models.TextChoices):
    REQUESTED = "requested"  # waiting for the grace period to pass
    STARTED = "started"  # a worker has claimed it
    COMPLETED = "completed"
    FAILED = "failed"  # every attempt failed; it can be requested again
    CANCELLED = "cancelled"


FINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})
# Everything that is not final, so that nobody can forget a state added later.
OPEN = [status for status in Status if status not in FINAL]


# What a lease leaves behind.
RETURNED: dict[str, Any] = {"lease_until": None, "lease_token": None}


class AnonymizationRequestQuerySet(models.QuerySet["AnonymizationRequest"]):
    """Requests; time is always the database's, because workers' clocks differ."""

    def of(self, environment_id: int, subject_uid: str) -> Self:
        """Return the requests about one person, the latest first."""
        return self.filter(environment_id=environment_id, subject_uid=subject_uid).order_by("-pk")

    def open(self) -> Self:
        """Return the requests that are neither carried out nor given up."""
        return self.filter(status__in=OPEN)

    def due(self) -> Self:
        """Return the open requests whose time has come and that no living worker holds."""
        unheld = Q(lease_until=None) | Q(lease_until__lte=Now())
        return self.open().filter(unheld, not_before__lte=Now()).order_by("not_before", "pk")

    def lease(self, keys: Collection[int]) -> uuid.UUID:
        """Give locked requests to one worker, who gets settings.ANONYMIZATION_LEASE for them.

        Only who knows their `lease_token`, which is returned, may carry them out.
        """
        token = uuid.uuid4()
        self.filter(pk__among=keys).update(
            status=Status.STARTED,
            started_at=Coalesce("started_at", Now()),
            attempts=F("attempts") + 1,
            lease_until=Now() + settings.ANONYMIZATION_LEASE,
            lease_token=token,
        )
        return token

    def complete(self, reports: Mapping[int, Any]) -> None:
        """Everything is erased; the reports on locked requests say how many rows of each model."""
        self.filter(pk__among=reports).update(
            report=Func(
                Value(reports, models.JSONField()),
                Cast("pk", models.TextField()),
                template="(%(expressions)s)",
                arg_joiner=" -> ",
                output_field=models.JSONField(),
            ),
            status=Status.COMPLETED,
            completed_at=Now(),
            last_error="",
            **RETURNED,
        )


class AnonymizationRequest(models.Model):
    """One person's wish to be forgotten. It outlives the person's data and holds none of it."""

    uid = UidField()
    environment = models.ForeignKey(
        "organizations.Environment",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # others start with it
    )
    # The person's public id. No foreign key: this row outlives theirs.
    subject_uid = models.CharField(max_length=40, db_collation="C")
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED)
    not_before = models.DateTimeField(help_text="When the grace period or a back-off ends.")
    requested_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    cancellation_requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    report = models.JSONField(
        default=dict, help_text="Model label: how many rows were erased or deleted. No values."
    )
    last_error = models.CharField(
        max_length=100,
        blank=True,
        help_text="The class of the last exception; its text may name people.",
    )

    objects: ClassVar[Any] = AnonymizationRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="anonymization_unique_uid"),
            models.UniqueConstraint(
                fields=["environment", "subject_uid"],
                condition=Q(status__in=OPEN),
                name="anonymization_one_open_request",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="anonymization_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.COMPLETED) | Q(completed_at__isnull=False),
                name="anonymization_completed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.FAILED) | Q(failed_at__isnull=False),
                name="anonymization_failed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | Q(cancelled_at__isnull=False),
                name="anonymization_cancelled_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["environment", "subject_uid", "-id"]),
            models.Index(
                fields=["not_before", "id"],
                condition=Q(status__in=OPEN),
                name="anonymization_due",
            ),
            models.Index(
                fields=["cancellation_requester"],
                condition=Q(cancellation_requester__isnull=False),
                name="anonymization_cancelled_by",
            ),
        ]

    def __str__(self) -> str:
        return f"anonymization of {self.subject_uid} ({self.status})"

    @property
    def person(self) -> Person:
        """Whom it is about."""
        return self.environment_id, self.subject_uid

    @property
    def is_open(self) -> bool:
        """False once nothing will happen any more."""
        return self.status not in FINAL

    @property
    def is_exhausted(self) -> bool:
        """True when no attempt is left. A claim counts as one: dying workers must not loop."""
        return self.attempts >= MAX_ATTEMPTS

    @property
    def back_off(self) -> timedelta:
        """How long to wait after the latest failed attempt: 2 s, 4 s, 8 s, ... at most 5 min."""
        return min(timedelta(seconds=2**self.attempts), LONGEST_BACK_OFF)

    def cancel(self, requester: User | None) -> None:
        """The person stays."""
        self._close(Status.CANCELLED, cancelled_at=Now(), cancellation_requester=requester)

    def fail(self, error: str) -> None:
        """Give up after too many attempts; `error` is the class of the last exception."""
        self._close(Status.FAILED, failed_at=Now(), last_error=error)

    def put_off(self, error: str) -> None:
        """Return the lease and try again later."""
        self._write(not_before=Now() + self.back_off, last_error=error, **RETURNED)

    def _close(self, status: Status, **values: Any) -> None:
        self._write(status=status, **RETURNED, **values)

    def _write(self, **values: Any) -> None:
        # An UPDATE rather than save(): the times are the database's, so they are read back.
        type(self).objects.filter(pk=self.pk).update(**values)
        self.refresh_from_db()
