"""The JSON:API media type: what is read, what is written, in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from jsonapi import media
from jsonapi.errors import BadRequest, NotAcceptable, TooLarge, UnsupportedMediaType
from jsonapi.media import ATOMIC_EXTENSION, CURSOR_PROFILE, JSON_API

MEDIA_TYPE = JSON_API
EVERYTHING = frozenset({"application/*", "*/*"})
VERSION = {"version": "1.1"}


def dumps(document: Any) -> bytes:
    """Return `document` as JSON; timestamps have to be texts already."""
    return orjson.dumps(document)


class Renderer(BaseRenderer):
    """Writes documents: bytes as they are, everything else through orjson.

    `applied` are the extension or profile of the reply, as members of its `jsonapi` object.
    """

    media_type = MEDIA_TYPE
    format = "json"
    charset = None

    def __init__(self, **applied: str) -> None:
        parameters = "".join(f';{name}="{uri}"' for name, uri in applied.items())
        self.media_type = f"{MEDIA_TYPE}{parameters}"
        self.jsonapi = VERSION | {name: [uri] for name, uri in applied.items()}
        self.member = f'"jsonapi":{orjson.dumps(self.jsonapi).decode()}'

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return data if isinstance(data, bytes) else dumps({**data, "jsonapi": self.jsonapi})


PLAIN = Renderer()
CURSORS = Renderer(profile=CURSOR_PROFILE)
ATOMIC = Renderer(ext=ATOMIC_EXTENSION)


def renderer_of(request: Request) -> Renderer:
    """Return what writes the reply to a request, which has been negotiated."""
    renderer: Any = request.accepted_renderer
    assert isinstance(renderer, Renderer)  # noqa: S101
    return renderer


class Parser(BaseParser):
    """Reads one JSON document of at most `largest` bytes, settings.MAX_BODY_BYTES if not said."""

    media_type = MEDIA_TYPE
    largest: int | None = None

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        largest = self.largest or settings.MAX_BODY_BYTES
        body = stream.read(largest + 1)
        if len(body) > largest:
            raise TooLarge
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(
                "INVALID_DATA_FORMAT", "Invalid data format", f"The body is not JSON: {error.msg}."
            ) from None


class Negotiation(BaseContentNegotiation):
    """JSON:API 1.1 content negotiation, of base documents.

    Unknown profiles are ignored; an unknown extension, or a parameter that the media type does
    not have, is refused.
    """

    extensions: frozenset[str] = frozenset()

    def select_parser(self, request: Request, parsers: Any) -> Any:
        sent = media.parse(request.content_type or "")
        if (
            sent.name != MEDIA_TYPE
            or sent.has_foreign_parameters
            or sent.uris("ext") != self.extensions
        ):
            raise UnsupportedMediaType
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        renderer = self.renderer(request.META.get("HTTP_ACCEPT") or "*/*")
        if renderer is None:
            raise NotAcceptable
        return renderer, renderer.media_type

    @staticmethod
    @lru_cache(maxsize=512)
    def renderer(accept: str) -> Renderer | None:
        """Return what writes a base document that the client takes; None if nothing does."""
        found: Renderer | None = None
        for one in media.ranges(accept):
            if one.is_refused:
                continue
            if one.name == MEDIA_TYPE and not one.has_foreign_parameters and not one.uris("ext"):
                if CURSOR_PROFILE in one.uris("profile"):
                    return CURSORS
                found = PLAIN
            elif one.name in EVERYTHING:
                found = found or PLAIN
        return found
