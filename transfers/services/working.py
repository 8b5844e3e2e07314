"""Carrying out jobs, a slice at a time: other work of the same worker must not wait for long.

The lock of a job's row is the claim of whoever makes a step; a step's effect and how far the job
got are committed together, or not at all. `not_before` keeps others away while a slice lasts,
and brings them back if its worker dies.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from jsonapi.access import Caller
from jsonapi.errors import ApiError, Invalid
from transfers import callers, fence, refusals
from transfers.models import (
    JOBS,
    KINDS,
    MAX_ATTEMPTS,
    Cleanup,
    Export,
    Import,
    Job,
    Status,
)
from transfers.services import cleaning, exporting, importing
from transfers.services.queue import announce, ring

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
# Below PostgreSQL's deadlock_timeout of 1 s: if a step and a request of the API ever wait for each
# other, it is the step that gives up and comes back.
LOCK_TIMEOUT = "500ms"
KEPT_FOR = timedelta(days=30)

STEPS: Mapping[type[Job], Callable[[Any, Caller], Status]] = {
    Import: importing.step,
    Export: exporting.step,
    Cleanup: cleaning.step,
}


def ring_due() -> None:
    """Ring for every job whose time has come."""
    for model in JOBS:
        for job in model.objects.due().only("pk"):
            ring(job)


def run(*, kind: str, job_id: int) -> bool:
    """Work on a job for a moment; False if it is not due or somebody else has it."""
    model = KINDS[kind]
    if not _begin(model, job_id):
        return False
    until = monotonic() + settings.TRANSFER_SLICE.total_seconds()
    try:
        while _step(model, job_id) and monotonic() < until:
            pass
    except Exception as error:  # the next attempt may do better
        connection.close_if_unusable_or_obsolete()
        logger.error("%s: %s\n%s", kind, type(error).__name__, _where(error))
        _put_off(model, job_id, error)
    else:
        _hand_back(model, job_id)
    return True


@transaction.atomic
def interrupt(*, job: Job) -> None:
    """Stop a locked job for good; nothing if it is stopped already. Raises Invalid."""
    if job.status == Status.INTERRUPTED:
        return
    if not job.is_open:
        title = f"can't be interrupted once it is {job.status}"
        raise Invalid("_interrupt", "invalid_transition", title, value=job.status)
    _end(job, Status.INTERRUPTED)
    job.save()


def purge() -> None:
    """Delete files whose time is over, and jobs that ended a month ago."""
    for key in list(Export.objects.expired().values_list("pk", flat=True)):
        with transaction.atomic():
            job = Export.objects.select_for_update().filter(pk=key).first()
            if job is not None:
                exporting.discard(job)
                job.save()
    for model in JOBS:
        ended = model.objects.exclude(pk__in=model.objects.open().values("pk"))
        ended.filter(updated_at__lt=Now() - KEPT_FOR).delete()


@transaction.atomic
def _begin(model: type[Job], job_id: int) -> bool:
    """Take a due job for the length of a slice."""
    job = model.objects.due().filter(pk=job_id).select_for_update(skip_locked=True).first()
    if job is None:
        return False
    if job.attempts >= MAX_ATTEMPTS:  # its workers died rather than failed
        _give_up(job, "WorkerLost")
        return False
    job.attempts += 1
    job.not_before = Now() + LEASE
    if job.status == Status.PENDING:
        job.status = Status.IN_PROGRESS
        job.started_at = timezone.now()
        announce(job, "start")
    job.save()
    return True


@transaction.atomic
def _step(model: type[Job], job_id: int) -> bool:
    """Do a little; return whether there is more to do."""
    if model is Export:
        # Before the row: erasing takes them in this order too.
        for place in Export.objects.filter(pk=job_id).values_list("environment_id", flat=True):
            fence.share(place)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    rows = model.objects.filter(pk=job_id, status=Status.IN_PROGRESS)
    job = rows.select_for_update(skip_locked=True).first()
    if job is None:
        return False
    status = _work(job)
    job.attempts = 0
    if status != Status.IN_PROGRESS:
        _end(job, status)
    job.save(update_fields=[*model.PROGRESS, "updated_at"])
    return status == Status.IN_PROGRESS


def _work(job: Job) -> Status:
    caller = callers.restore(job.environment_id, job.asked_by)
    if caller is None:
        job.note(refusals.BASE, {refusals.BASE: ["whoever asked for it is gone"]})
        return Status.INTERRUPTED
    try:
        return STEPS[type(job)](job, caller)
    except ApiError as refusal:  # of the whole: a role that was narrowed, a filter without meaning
        job.note(refusals.BASE, refusals.told(refusal, job.resource_type))
        return Status.INTERRUPTED


def _end(job: Job, status: Status) -> None:
    job.end(status)
    if isinstance(job, Import):
        importing.discard(job)
    elif isinstance(job, Export) and status != Status.COMPLETED:
        exporting.discard(job)
    announce(job, "complete" if status == Status.COMPLETED else "interrupt")


@transaction.atomic
def _put_off(model: type[Job], job_id: int, error: Exception) -> None:
    """Try again later, or give up after too many attempts."""
    job = model.objects.open().filter(pk=job_id).select_for_update().first()
    if job is None:
        return
    if job.attempts >= MAX_ATTEMPTS:
        _give_up(job, type(error).__name__)
    else:
        job.not_before = Now() + job.back_off
        job.save(update_fields=["not_before", "updated_at"])


def _give_up(job: Job, error: str) -> None:
    """`error` is the class of the last exception: its text may name people."""
    job.note(error, {refusals.BASE: ["every attempt failed"]})
    _end(job, Status.FAILED if isinstance(job, Export) else Status.INTERRUPTED)
    job.save()


@transaction.atomic
def _hand_back(model: type[Job], job_id: int) -> None:
    """Let the next slice begin, behind what has been waiting meanwhile."""
    job = model.objects.open().filter(pk=job_id).select_for_update().first()
    if job is not None:
        job.not_before = Now()
        job.save(update_fields=["not_before"])
        ring(job)


def _where(error: Exception) -> str:
    """Return where it came from, without its text: that may hold personal data."""
    return "".join(traceback.format_tb(error.__traceback__))
