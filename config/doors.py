"""The doors that speak plain JSON, where they are installed: deleting `compat` closes them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest, HttpResponse

_doors: Any = import_module("compat.urls") if find_spec("compat") else None
urlpatterns: list[Any] = _doors.urlpatterns if _doors else []


def failure(request: HttpRequest, status: int, message: str = "") -> HttpResponse | None:
    """Answer what went wrong outside of every view; None if it was at none of these doors.

    `message` says it better than the status does.
    """
    answers = _doors.FAILURES if _doors else {}
    for start, answer in answers.items():
        if request.path == start or request.path.startswith(f"{start}/"):
            reply: HttpResponse = answer(request, status, message)
            return reply
    return None
