"""What customers learn from the apps below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from anonymization.models import AnonymizationRequest
from anonymization.signals import anonymization_changed
from customers.models import Customer


@receiver(anonymization_changed, sender=AnonymizationRequest)
def copy_status(sender: Any, request: AnonymizationRequest, **facts: Any) -> None:
    """Keep the status on the customer's own row: it is filtered and sorted there."""
    rows = Customer.objects.filter(environment_id=request.environment_id, uid=request.subject_uid)
    rows.update(anonymization_status=request.status)
