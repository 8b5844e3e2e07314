"""Tells a worker that a row waits for it. Nothing depends on the message arriving."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def ring_on_commit(task: str, *ids: int) -> None:
    """Ask for `task` once the rows it is about are committed."""
    transaction.on_commit(partial(ring, task, *ids), robust=True)


def ring(task: str, *ids: Any) -> None:
    """Queue `task`, by name, with public or primary keys only; a dead broker is no error."""
    try:
        current_app.send_task(task, args=ids, retry=False, ignore_result=True)
    except Exception as error:  # whatever a broker raises, the sweeper will come
        logger.warning("no doorbell for %s: %s", task, type(error).__name__)
