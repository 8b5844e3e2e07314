"""The JSON:API media type: what is read, what is written, in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from jsonapi.errors import BadRequest, NotAcceptable, TooLarge, UnsupportedMediaType

MEDIA_TYPE = "application/vnd.api+json"
ACCEPTED = {MEDIA_TYPE, "application/*", "*/*"}


def dumps(document: Any) -> bytes:
    """Return `document` as JSON; timestamps have to be texts already."""
    return orjson.dumps(document)


def media_type(header: str) -> tuple[str, list[str]]:
    """Split `type/subtype; a=b; q=1` into the type and its parameters' names."""
    name, *parameters = (part.strip() for part in header.split(";"))
    return name.lower(), [parameter.split("=")[0].strip().lower() for parameter in parameters]


class Renderer(BaseRenderer):
    """Writes documents: bytes as they are, everything else through orjson."""

    media_type = MEDIA_TYPE
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return data if isinstance(data, bytes) else dumps(data)


class Parser(BaseParser):
    """Reads one JSON document of at most settings.MAX_BODY_BYTES."""

    media_type = MEDIA_TYPE

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            raise TooLarge
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(
                "INVALID_DATA_FORMAT", "Invalid data format", f"The body is not JSON: {error.msg}."
            ) from None


class Negotiation(BaseContentNegotiation):
    """JSON:API 1.1 content negotiation: the media type, or a range that holds it."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        name, parameters = media_type(request.content_type or "")
        if name != MEDIA_TYPE or set(parameters) - {"ext", "profile"} or "ext" in parameters:
            raise UnsupportedMediaType
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        ranges = request.headers.get("Accept") or "*/*"
        for one in ranges.split(","):
            name, parameters = media_type(one)
            if name in ACCEPTED and not set(parameters) - {"q", "profile"}:
                return renderers[0], MEDIA_TYPE
        raise NotAcceptable
