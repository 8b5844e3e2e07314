"""Tells a worker about a job, and tells everybody how it goes."""

from __future__ import annotations

from activity.services import publish, record
from anonymization.doorbell import doorbell
from transfers.models import Job

TASK = "transfers.tasks.run"


def ring(job: Job) -> None:
    """Ring for a worker once the job is committed."""
    doorbell.ring_on_commit(TASK, job.kind, job.pk)


def announce(job: Job, event: str) -> None:
    """Publish `<kind>.start`, `complete` or `interrupt`, and record what a worker did."""
    publish(instance=job, topic=f"{job.kind}.{event}")
    record(instance=job, event=event, worker=f"{type(job).__name__}Worker")
