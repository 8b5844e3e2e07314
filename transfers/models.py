"""Imports, exports and cleanups: work on many resources, as rows that a worker carries out.

The row is the queue: its lock is the claim, `not_before` says when somebody may look at it
again, `position` how far it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from activity.models import Event
from jsonapi import registry
from jsonapi.access import Caller
from organizations.models import TenantQuerySet, TenantResource

MAX_ATTEMPTS = 10
LONGEST_BACK_OFF = timedelta(minutes=5)
FILES = "/files/exports/"
MOST_LOGGED = 1_000  # failures that are told one by one


class Status(models.TextChoices):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    INTERRUPTED = "interrupted"
    COMPLETED = "completed"
    FAILED = "failed"  # every attempt failed


OPEN = (Status.PENDING, Status.IN_PROGRESS)


class Format(models.TextChoices):
    JSON = "json"
    CSV = "csv"


class JobQuerySet(TenantQuerySet):
    """Jobs of one kind."""

    def open(self) -> Self:
        """Return what is neither finished nor given up."""
        return self.filter(status__in=OPEN)

    def due(self) -> Self:
        """Return the open jobs that somebody should work on, those that wait longest first."""
        return self.open().filter(not_before__lte=Now()).order_by("not_before", "pk")


class Job(TenantResource):
    """Work on many resources of one type, on behalf of whoever asked for it."""

    kind: ClassVar[str]  # the JSON:API type
    # What changes while it is worked on.
    PROGRESS: ClassVar[tuple[str, ...]] = (
        *("status", "started_at", "completed_at", "interrupted_at"),
        *("processed_count", "errors_count", "errors_log", "attempts", "position"),
    )

    resource_type = models.CharField(max_length=64)
    status = models.CharField(max_length=11, choices=Status, default=Status.PENDING, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    interrupted_at = models.DateTimeField(null=True, editable=False)
    processed_count = models.PositiveIntegerField(default=0, editable=False)
    errors_count = models.PositiveIntegerField(default=0, editable=False)
    errors_log = models.JSONField(default=dict, editable=False)
    # Who asked, in public ids: transfers.callers makes a Caller of it again.
    asked_by = models.JSONField(default=dict, editable=False)
    not_before = models.DateTimeField(db_default=Now(), editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # The last input, or the primary key of the last row, that was dealt with.
    position = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = JobQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        abstract = True
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="%(app_label)s_%(class)s_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.COMPLETED) | Q(completed_at__isnull=False),
                name="%(app_label)s_%(class)s_completed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.INTERRUPTED) | Q(interrupted_at__isnull=False),
                name="%(app_label)s_%(class)s_interrupted_has_a_time",
            ),
        ]
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(
                fields=["not_before", "id"],
                condition=Q(status__in=OPEN),
                name="%(app_label)s_%(class)s_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.uid} ({self.status})"

    @property
    def is_open(self) -> bool:
        """False once nothing will happen any more."""
        return self.status in OPEN

    @property
    def total(self) -> int | None:
        """How many resources or inputs there are to deal with; None while nobody knows."""
        raise NotImplementedError

    @property
    def back_off(self) -> timedelta:
        """How long to wait after the latest failed attempt: 2 s, 4 s, 8 s, ... at most 5 min."""
        return min(timedelta(seconds=2**self.attempts), LONGEST_BACK_OFF)

    def note(self, key: str, problems: dict[str, list[str]]) -> None:
        """Count a failure, and log it unless there are too many to be told one by one."""
        self.errors_count += 1
        if len(self.errors_log) < MOST_LOGGED:
            self.errors_log[key] = problems

    def end(self, status: Status) -> None:
        """Nothing more will happen; saved by the caller."""
        self.status = status
        if status == Status.COMPLETED:
            self.completed_at = timezone.now()
        elif status == Status.INTERRUPTED:
            self.interrupted_at = timezone.now()


class Import(Job):
    """Creates and updates resources, one for each input; perhaps deletes all others after that."""

    kind = "imports"
    PROGRESS = (
        *Job.PROGRESS,
        *("destroyed_count", "warnings_count", "warnings_log", "last_key", "swept"),
    )

    format = models.CharField(max_length=4, choices=Format, default=Format.JSON)
    parent_resource_id = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001
    skip_errors = models.BooleanField(default=False)
    cleanup_records = models.BooleanField(default=False)
    inputs_size = models.PositiveIntegerField(default=0, editable=False)
    warnings_count = models.PositiveIntegerField(default=0, editable=False)
    warnings_log = models.JSONField(default=dict, editable=False)
    destroyed_count = models.PositiveIntegerField(default=0, editable=False)
    # Of what it cleans up: the last row there was when it began, and how far it got.
    last_key = models.BigIntegerField(null=True, editable=False)
    swept = models.BigIntegerField(default=0, editable=False)

    events = GenericRelation(Event)

    class Meta(Job.Meta):
        pass

    @property
    def total(self) -> int:
        return self.inputs_size

    def warn(self, key: str, problem: str) -> None:
        """Count a warning, and log it unless there are too many to be told one by one."""
        self.warnings_count += 1
        if len(self.warnings_log) < MOST_LOGGED:
            self.warnings_log[key] = [problem]

    @property
    def has_too_many_errors(self) -> bool:
        """True when more than a tenth of the inputs failed and nobody said to go on."""
        return self.would_have_too_many_errors(0)

    def would_have_too_many_errors(self, more: int) -> bool:
        """Tell whether `more` errors would be too many."""
        return not self.skip_errors and (self.errors_count + more) * 10 > self.inputs_size


class ImportInput(models.Model):
    """What an import has yet to deal with: deleted in the transaction that does."""

    job = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint starts with it
    )
    position = models.PositiveIntegerField(help_text="Counts from 1.")
    content = models.TextField(help_text="One resource, as JSON.")
    # The ids and e-mail addresses in it: how erasing finds it.
    mentions = ArrayField(models.CharField(max_length=254))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "position"], name="transfers_one_input_at_a_position"
            )
        ]

    def __str__(self) -> str:
        return f"input {self.position}"


class ImportedRow(models.Model):
    """That an input was about a resource: it stays when the others are cleaned up."""

    job = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint starts with it
    )
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "object_id"], name="transfers_one_imported_row_of_a_resource"
            )
        ]

    def __str__(self) -> str:
        return f"row {self.object_id} of an import"


class ExportQuerySet(JobQuerySet):
    """Exports: whoever may not list a type does not get at files of it either."""

    def scope(self, caller: Caller) -> dict[str, Any] | None:
        return None if _hidden_from(caller) else super().scope(caller)

    def visible_to(self, caller: Caller) -> Self:
        rows = super().visible_to(caller)
        hidden = _hidden_from(caller)
        return rows.exclude(resource_type__in=hidden) if hidden else rows

    def expired(self) -> Self:
        """Return the exports whose file's time is over."""
        return self.filter(expires_at__lte=Now())


class Export(Job):
    """Writes resources into a file, which is kept in parts and for a while."""

    kind = "exports"
    PROGRESS = (
        *Job.PROGRESS,
        *("records_count", "last_key", "attachment_url", "secret", "expires_at"),
    )

    format = models.CharField(max_length=4, choices=Format, default=Format.JSON)
    includes = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    fields = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    filters = models.JSONField(null=True, blank=True)
    dry_data = models.BooleanField(default=False)
    jwt_filters = models.BooleanField(default=False)
    records_count = models.PositiveIntegerField(null=True, editable=False)
    # Whoever knows it may download: unguessable, and gone with the file.
    attachment_url = models.CharField(max_length=500, null=True, editable=False)  # noqa: DJ001
    base_url = models.CharField(max_length=300, default="", editable=False)
    secret = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001
    last_key = models.BigIntegerField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    events = GenericRelation(Event)
    objects: ClassVar[Any] = ExportQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(fields=["secret"], name="transfers_unique_export_secret"),
        ]

    @property
    def total(self) -> int | None:
        return self.records_count

    @property
    def file_name(self) -> str:
        """What the file is called when it is downloaded."""
        return f"{self.resource_type}-{self.uid}.{self.format}"

    @property
    def path(self) -> str | None:
        """Where the file is on this server; None while there is none."""
        return f"{FILES}{self.secret}" if self.secret else None

    def restart(self) -> None:
        """Begin anew; saved by the caller, who deletes what was written before."""
        self.status = Status.PENDING
        self.position = self.processed_count = self.errors_count = self.attempts = 0
        self.errors_log = {}
        self.started_at = self.completed_at = self.interrupted_at = None
        self.records_count = self.last_key = None
        self.attachment_url = self.secret = self.expires_at = None
        self.not_before = Now()


class ExportPart(models.Model):
    """A piece of a file."""

    job = models.ForeignKey(
        Export,
        on_delete=models.CASCADE,
        related_name="parts",
        db_index=False,  # the constraint starts with it
    )
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="transfers_one_part_of_a_number")
        ]

    def __str__(self) -> str:
        return f"part {self.number}"


class ExportedRow(models.Model):
    """That a resource which can be somebody's is in a file: how erasing finds the file."""

    job = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="exported_rows")
    content_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    object_id = models.BigIntegerField()
    resource = GenericForeignKey("content_type", "object_id")
    # The customer it belonged to as of then.
    subject_uid = models.CharField(max_length=40, null=True, db_collation="C")  # noqa: DJ001

    class Meta:
        indexes = [
            models.Index(fields=["content_type", "object_id"]),
            models.Index(fields=["subject_uid"]),
        ]

    def __str__(self) -> str:
        return f"row {self.object_id} of an export"


class Cleanup(Job):
    """Deletes the resources that meet some filters, one by one."""

    kind = "cleanups"
    PROGRESS = (*Job.PROGRESS, "records_count", "last_key")

    filters = models.JSONField(null=True, blank=True)
    records_count = models.PositiveIntegerField(null=True, editable=False)
    last_key = models.BigIntegerField(null=True, editable=False)

    events = GenericRelation(Event)

    class Meta(Job.Meta):
        pass

    @property
    def total(self) -> int | None:
        return self.records_count


JOBS: tuple[type[Job], ...] = (Import, Export, Cleanup)
KINDS: dict[str, type[Job]] = {model.kind: model for model in JOBS}


def types() -> list[str]:
    """Return the types whose collections can be worked on: no singletons, no jobs."""
    return [
        name
        for name in registry.types()
        if name not in KINDS and (view := registry.view_of(name)) and not view.singleton
    ]


def _hidden_from(caller: Caller) -> list[str]:
    return [name for name in types() if not caller.may("list", name)]
