"""The JSON:API media type: what is read, what is written, in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from jsonapi import media
from jsonapi.errors import BadRequest
from jsonapi.media import ATOMIC_EXTENSION, CURSOR_PROFILE, JSON_API

MEDIA_TYPE = JSON_API
EVERYTHING = frozenset({"application/*", "*/*"})
VERSION = {"version": "1.1"}


def dumps(document: Any) -> bytes:
    """Return `document` as JSON; timestamps have to be texts already."""
    return orjson.dumps(document)


class Renderer:
    """Writes documents; timestamps have to be texts already.

    `applied` are the extension or profile of the reply, as members of its `jsonapi` object.
    """

    def __init__(self, **applied: str) -> None:
        parameters = "".join(f';{name}="{uri}"' for name, uri in applied.items())
        self.media_type = f"{MEDIA_TYPE}{parameters}"
        self.jsonapi = VERSION | {name: [uri] for name, uri in applied.items()}
        self.member = f'"jsonapi":{orjson.dumps(self.jsonapi).decode()}'

    def render(self, document: Mapping[str, Any]) -> bytes:
        """Return a document with its `jsonapi` object, as JSON."""
        return dumps({**document, "jsonapi": self.jsonapi})


PLAIN = Renderer()
CURSORS = Renderer(profile=CURSOR_PROFILE)
ATOMIC = Renderer(ext=ATOMIC_EXTENSION)


def read(body: bytes) -> Any:
    """Return the JSON document of a body. Raises BadRequest for what is no JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            "INVALID_DATA_FORMAT", "Invalid data format", f"The body is not JSON: {error.msg}."
        ) from None


class Negotiation:
    """JSON:API 1.1 content negotiation, of base documents.

    Unknown profiles are ignored; an unknown extension, or a parameter that the media type does
    not have, is refused.
    """

    extensions: frozenset[str] = frozenset()

    def reads(self, content_type: str) -> bool:
        """Tell whether a body of this media type is understood."""
        sent = media.parse(content_type)
        return (
            sent.name == MEDIA_TYPE
            and not sent.has_foreign_parameters
            and sent.uris("ext") == self.extensions
        )

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
