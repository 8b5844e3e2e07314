"""Tells a worker that a row waits for it. Nothing depends on the message arriving."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class Doorbell:
    """Queues tasks by name, with ids only. A dead broker is no error: the sweeper comes anyway."""

    # Seconds without another attempt after one failed: requests must not wait for a dead broker.
    REST = 10.0

    def __init__(self) -> None:
        self.missed = 0  # rings that no broker took since the process started
        self._silent_until = 0.0

    def ring_on_commit(self, task: str, *ids: Any) -> None:
        """Ring once the rows that `ids` name are committed."""
        transaction.on_commit(partial(self.ring, task, *ids), robust=True)

    def ring(self, task: str, *ids: Any) -> None:
        """Ring now, unless the broker was found dead a moment ago."""
        if time.monotonic() < self._silent_until:
            self.missed += 1
            return
        try:
            app = import_string(settings.CELERY_APP)
            app.send_task(task, args=ids, retry=False, ignore_result=True)
        except Exception as error:  # whatever brokers and their clients raise
            self.missed += 1
            self._silent_until = time.monotonic() + self.REST
            logger.warning("no broker took %s: %s", task, type(error).__name__)


doorbell = Doorbell()
