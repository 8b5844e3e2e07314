"""Plain JSON in and out, whatever the headers of the request call it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import NotAcceptable, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from jsonapi.errors import TooLarge
from jsonapi.nesting import is_storable, within

MEDIA_TYPE = "application/json"
DEEPEST = 32
RANGES = {MEDIA_TYPE, "application/*", "*/*", "text/json", "text/*"}


class Renderer(BaseRenderer):
    """Writes JSON; nothing for no data."""

    media_type = MEDIA_TYPE
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class Parser(BaseParser):
    """Reads one JSON value; an empty body is an empty object. Raises ParseError, TooLarge."""

    media_type = "*/*"

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
            data = orjson.loads(body) if body.strip() else {}
        except orjson.JSONDecodeError:
            raise ParseError from None
        if not all(depth <= DEEPEST and is_storable(one) for one, depth in within(data)):
            raise ParseError
        return data


class Negotiation(BaseContentNegotiation):
    """The first parser reads whatever comes; the reply is JSON, or 406 for who wants none."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        wanted = request.headers.get("Accept") or "*/*"
        ranges = {one.partition(";")[0].strip().lower() for one in wanted.split(",")}
        if not ranges & RANGES:
            raise NotAcceptable
        return renderers[0], MEDIA_TYPE
