"""What customers learn from the apps below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from anonymization.introspection import keeping_pace
from anonymization.models import AnonymizationRequest
from anonymization.people import People
from anonymization.signals import anonymization_changed
from customers.models import Customer


@receiver(anonymization_changed, sender=AnonymizationRequest)
def copy_status(*, requests: Sequence[AnonymizationRequest], people: People, **facts: Any) -> None:
    """Keep the status on the customer's own row: it is filtered and sorted there."""
    status = requests[0].status
    customers = Customer.objects.filter(pk__among=people.by_key)
    # Erasing has written the last one already.
    change = keeping_pace(Customer, {"anonymization_status": status})
    customers.filter(anonymization_status__differs=status).update(**change)
