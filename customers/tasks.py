"""Housekeeping of customers."""

from celery import shared_task

from customers import services


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def purge() -> None:
    """Delete password resets that expired long ago. Safe to run twice at once."""
    services.purge_password_resets()
