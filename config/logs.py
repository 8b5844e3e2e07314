"""What may be written to a log: what happened and where, never what somebody sent."""

from __future__ import annotations

import logging
import traceback
from typing import Any

API = "/api/"


class WithoutValues(logging.Filter):
    """Turns paths into routes, and exceptions into their classes and frames.

    A path may hold an e-mail address, and the text of a database error quotes values.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without values."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            route = route_of(request)
            record.args = tuple(route if arg == request.path else arg for arg in record.args)
        if record.exc_info and record.exc_info[0]:
            self._forget(record, *record.exc_info)
        return True

    def _forget(self, record: logging.LogRecord, kind: Any, error: Any, frames: Any) -> None:
        # Formatters take this text instead of making one of their own.
        record.exc_text = f"{''.join(traceback.format_tb(frames))}{kind.__name__}"
        if isinstance(record.args, dict) and "exc" in record.args:  # Celery's
            record.args = {**record.args, "exc": kind.__name__, "traceback": ""}
        elif str(error):
            record.msg, record.args = record.getMessage().replace(str(error), kind.__name__), ()


def route_of(request: Any) -> str:
    """Return the pattern of the request's address, `(none)` if there is no such address.

    Resources are found without patterns: `/api/` stands for them.
    """
    match = getattr(request, "resolver_match", None)
    if match is None:
        return API if request.path.startswith(API) else "(none)"
    return f"/{match.route}"
