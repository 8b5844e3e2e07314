"""Housekeeping of customers."""

from celery import shared_task

from customers import letters, pictures, services


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def purge() -> None:
    """Delete what expired long ago. Safe to run twice at once."""
    services.purge_password_resets()
    services.purge_departures()
    letters.purge_letters()


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def send(letter_id: int) -> None:
    """Send one letter that waits. Killed half-way, it is sent again; its first link is void."""
    letters.send(letter_id=letter_id)


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def send_due() -> None:
    """Send every letter that waits: the guarantee behind the messages."""
    letters.send_due()


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def sweep_pictures() -> None:
    """Delete the files of pictures that are nobody's any more. Safe to run twice at once."""
    pictures.sweep()
