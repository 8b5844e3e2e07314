"""What customers learn from the apps below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from anonymization.lookups import array
from anonymization.models import AnonymizationRequest, Status
from anonymization.people import People
from anonymization.signals import anonymization_changed
from jsonapi import sql
from jsonapi.sql import Fragment

# With what `anonymization.introspection.keeping_pace` says of a change of many rows.
COPY = (
    "UPDATE customers_customer"
    " SET anonymization_status = %s, total_orders_count = total_orders_count"
    " WHERE id = ANY(%s) AND anonymization_status IS DISTINCT FROM %s"
)


@receiver(anonymization_changed, sender=AnonymizationRequest)
def copy_status(*, status: Status, people: People, **facts: Any) -> None:
    """Keep the status on the customer's own row: it is filtered and sorted there."""
    # Erasing has written the last one already.
    sql.send(Fragment(COPY, (status.value, array(people.by_key), status.value)))
