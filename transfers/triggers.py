"""What `_start` and `_interrupt` do."""

from __future__ import annotations

from jsonapi.access import Caller
from jsonapi.triggers import trigger
from transfers import services
from transfers.models import KINDS, Export, Job


@trigger("exports", "_start", trusted=True)
def start(job: Export, caller: Caller) -> None:
    """Write the file anew, on behalf of whoever asks now."""
    services.restart(job=job, caller=caller)


for _kind in KINDS:

    @trigger(_kind, "_interrupt", trusted=True)
    def interrupt(job: Job, caller: Caller) -> None:
        """Stop for good."""
        services.interrupt(job=job)
