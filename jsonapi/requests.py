"""A request of the API: what was sent, read when it is asked for, and who sent it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict

from jsonapi.access import Caller
from jsonapi.errors import TooLarge, UnsupportedMediaType
from jsonapi.negotiation import PLAIN, Negotiation, Renderer, read
from jsonapi.origins import origin

NOTHING_ASKED = QueryDict()


class Request:
    """Django's request, which is `http`, as an endpoint sees it.

    `largest` bytes are read of a body, settings.MAX_BODY_BYTES if not said. The endpoint sets
    `renderer`, which writes the reply, and `auth`, who is calling.
    """

    def __init__(
        self, http: HttpRequest, negotiation: Negotiation, largest: int | None = None
    ) -> None:
        self.http = http
        self.META: dict[str, Any] = http.META
        self.method = http.method or ""
        self.path = http.path
        self.renderer: Renderer = PLAIN
        self.auth: Caller | None = None
        self.origin = origin(http)
        self._negotiation = negotiation
        self._largest = largest

    @property
    def query_params(self) -> QueryDict:
        """The query string; of a name that is repeated, the last value counts."""
        return self.http.GET if self.META.get("QUERY_STRING") else NOTHING_ASKED

    @property
    def content_type(self) -> str:
        """The media type of the body with its parameters, as it was sent."""
        sent: str = self.META.get("CONTENT_TYPE", "")
        return sent

    @cached_property
    def data(self) -> Any:
        """The document that was sent, {} without a body. Raises ApiError."""
        length = self.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) == 0:
            return {}
        if not self._negotiation.reads(self.content_type):
            raise UnsupportedMediaType
        return read(self._body(self._largest or settings.MAX_BODY_BYTES))

    def _body(self, most: int) -> bytes:
        """Return the body, also where a middleware has read it. Raises TooLarge."""
        http: Any = self.http
        body: bytes = http.body if http._read_started else http.read(most + 1)
        if len(body) > most:
            raise TooLarge
        return body
