"""The worker's door to the queue. Messages hold ids only and may come late, twice or never."""

from celery import shared_task

from transfers import services


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def run(kind: str, job_id: int) -> None:
    """Work on one job for a moment, if it is due. Safe to deliver twice or to kill."""
    services.run(kind=kind, job_id=job_id)


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Ring for every job that is due: what nobody rang for, was put off, or lost its worker."""
    services.ring_due()


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def purge() -> None:
    """Delete files whose time is over, and jobs that ended long ago."""
    services.purge()
