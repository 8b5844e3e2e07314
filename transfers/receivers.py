"""What an export has to know of the request that asked for it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from jsonapi import signals
from transfers.models import Export


@receiver(signals.resource_created, sender=Export)
def remember_address(*, instance: Export, request: Any, **facts: Any) -> None:
    """Keep what the address of the file will begin with."""
    base = request.origin
    Export.objects.filter(pk=instance.pk).update(base_url=base[:300])
