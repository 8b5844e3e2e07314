"""What a job does, and who carries it out."""

from transfers.services.exporting import restart
from transfers.services.importing import add_inputs, check_queue
from transfers.services.queue import ring
from transfers.services.working import interrupt, purge, ring_due, run

__all__ = [
    "add_inputs",
    "check_queue",
    "interrupt",
    "purge",
    "restart",
    "ring",
    "ring_due",
    "run",
]
