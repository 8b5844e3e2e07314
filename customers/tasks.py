"""Housekeeping of customers."""

from celery import shared_task

from customers import services


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def purge() -> None:
    """Delete what expired long ago. Safe to run twice at once."""
    services.purge_password_resets()
    services.purge_departures()
