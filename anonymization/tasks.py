"""The worker's door to the queue. Messages hold ids only and may come late, twice or never."""

from celery import shared_task

from anonymization import services


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Carry out every due request: new ones, put off ones, and those of dead workers."""
    services.process_due()


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def process(request_id: int) -> None:
    """Carry out one request if it is due. Safe to deliver twice or to kill."""
    services.process(request_id=request_id)
