"""Scheme and host of requests, e.g. http://127.0.0.1:8000: what links in replies start with."""

from __future__ import annotations

from typing import Any

from django.core.signals import setting_changed
from django.http import HttpRequest

MOST_REMEMBERED = 256
# All that Django makes an origin from, behind a proxy or not.
SAID = (
    "HTTP_HOST",
    "wsgi.url_scheme",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PORT",
    "SERVER_NAME",
    "SERVER_PORT",
)

_known: dict[tuple[Any, ...], str] = {}


def origin(http: HttpRequest) -> str:
    """Return what a client took to get here. Raises DisallowedHost.

    Nearly all requests come by the same few names, each of which is checked once.
    """
    said = tuple(map(http.META.get, SAID))
    found = _known.get(said)
    if found is None:
        found = f"{http.scheme}://{http.get_host()}"
        if len(_known) >= MOST_REMEMBERED:
            _known.clear()
        _known[said] = found
    return found


def _forget(**_: Any) -> None:
    """Ask Django again: a test has changed which hosts there are."""
    _known.clear()


setting_changed.connect(_forget)
