"""Conditional requests (RFC 9110, 13): entity tags from the version of a row.

A tag is `"<version>-<digest>"`: the version of the row, which PostgreSQL changes with every
update, and a digest of the reply, which also tells included resources and sparse fields apart.
Reading compares all of it; a write asks for the version only.
"""

from __future__ import annotations

import re
from hashlib import sha256

from django.http import HttpResponse, HttpResponseNotModified

from jsonapi.errors import PreconditionFailed
from jsonapi.requests import Request

TAG = re.compile(r'(W/)?"([^"]*)"')
DIGITS = 16  # of the digest, which processors have instructions for


def tagged(request: Request, response: HttpResponse, version: str) -> HttpResponse:
    """Return the reply with its tag, or 304 if the client has it already."""
    tag = f'"{version}-{sha256(response.content).hexdigest()[:DIGITS]}"'
    known = request.META.get("HTTP_IF_NONE_MATCH")
    reading = request.method in ("GET", "HEAD")
    if reading and known is not None and (known.strip() == "*" or tag[1:-1] in _tags(known)):
        response = HttpResponseNotModified()
    response["ETag"] = tag
    return response


def any_of(request: Request) -> bool:
    """Tell whether the request has conditions."""
    return "HTTP_IF_MATCH" in request.META or "HTTP_IF_NONE_MATCH" in request.META


def check(request: Request, version: str) -> None:
    """Compare the version of a locked row. Raises PreconditionFailed."""
    wanted = request.META.get("HTTP_IF_MATCH")
    if wanted is not None and wanted.strip() != "*":
        versions = {tag.partition("-")[0] for tag in _tags(wanted, strong=True)}
        if version not in versions:
            raise PreconditionFailed(header="If-Match")
    unwanted = request.META.get("HTTP_IF_NONE_MATCH")
    if unwanted is not None:
        versions = {tag.partition("-")[0] for tag in _tags(unwanted)}
        if unwanted.strip() == "*" or version in versions:
            raise PreconditionFailed(header="If-None-Match")


def _tags(header: str, *, strong: bool = False) -> set[str]:
    """Return the tags of a header; weak ones prove nothing to who wants to write."""
    return {tag for weak, tag in TAG.findall(header) if not (weak and strong)}
