"""Keeps card numbers and security codes out, at every door and however deep in a request.

They are refused before anything reads, stores or logs the request: wallets hold the tokens of
payment gateways.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config import doors
from jsonapi.cards import MESSAGE, CardRefused, has_card
from jsonapi.handlers import document
from oauth.errors import refusal


class RefuseCards:
    """Middleware. A request without anything like a card costs it some microseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_card(request.META["QUERY_STRING"].encode()) or has_card(_body(request)):
            return _refusal(request)
        return self.get_response(request)


def _body(request: HttpRequest) -> bytes:
    """Return a body that is text; whoever reads it next refuses one that is too long."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_short = length.isdecimal() and 0 < int(length) <= settings.MAX_BODY_BYTES
    is_upload = (request.content_type or "").startswith("multipart/")
    return request.body if is_short and not is_upload else b""


def _refusal(request: HttpRequest) -> HttpResponse:
    if plain := doors.failure(request, 400, MESSAGE):
        return plain
    if request.path.startswith("/oauth"):
        return refusal("invalid_request", detail=MESSAGE)
    if request.path.startswith(("/api", "/files")):
        return document(CardRefused())
    return HttpResponse(MESSAGE, status=400, content_type="text/plain")
