"""Housekeeping of the catalog."""

from celery import shared_task

from catalog import lists


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def fill_lists() -> None:
    """Fill the automatic SKU lists. Safe to run twice at once."""
    lists.fill_all()
