"""The worker's door to what webhooks wait for. Messages may come late, twice or never."""

from celery import shared_task

from activity import backlog, deliveries


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def deliver() -> None:
    """Tell webhooks what they wait for. Safe to run twice, at once, or to kill."""
    deliveries.deliver_due()


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def prune() -> None:
    """Delete what has been kept for long enough."""
    backlog.prune()
