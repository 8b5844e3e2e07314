"""Housekeeping of the authorization server."""

from celery import shared_task

from oauth import services


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def purge() -> None:
    """Delete expired codes, refresh tokens and revocations. Safe to run twice at once."""
    services.purge()
