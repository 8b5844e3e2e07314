"""What Authlib sees of a request: form or JSON, read once, with every value a clean text."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from oauth.errors import TooLargeError
from oauth.throttle import address_of
from oauth.tokens import issuer

LARGEST_BODY = 65_536  # bytes
MOST_FIELDS = 50


class TokenRequest(OAuth2Request):  # type: ignore[misc]
    """A request to /oauth/token or /oauth/revoke.

    Raises InvalidRequestError or TooLargeError for a body that cannot be read.
    """

    def __init__(self, request: HttpRequest) -> None:
        # Authlib refuses http. Whether TLS is used is up to the proxy in front of us, so it is
        # told the address that clients know.
        super().__init__(request.method, issuer() + request.path, headers=_headers(request))
        self.payload = BasicOAuth2Payload(read(request))
        self.address = address_of(request)

    @property
    def form(self) -> dict[str, str]:
        data: dict[str, str] = self.payload.data
        return data


class AuthorizeRequest(OAuth2Request):  # type: ignore[misc]
    """A request to /oauth/authorize: its parameters are in the address, also of a POST."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.method, issuer() + request.path)
        self.payload = BasicOAuth2Payload(_clean(request.GET.dict()))
        self.payload._datalist = dict(request.GET.lists())

    @property
    def args(self) -> dict[str, str]:
        data: dict[str, str] = self.payload.data
        return data


def read(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of a form or a JSON body."""
    try:
        body = request.read(LARGEST_BODY + 1)
    except UnreadablePostError as error:
        raise InvalidRequestError from error
    if len(body) > LARGEST_BODY:
        raise TooLargeError
    try:
        text = body.decode()
        data = _form(text) if _is_form(request) else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError from error
    if not isinstance(data, dict):
        raise InvalidRequestError
    return _clean(data)


def _is_form(request: HttpRequest) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"


def _form(text: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    if len(dict(pairs)) != len(pairs):
        raise InvalidRequestError  # RFC 6749 section 3.2: no parameter twice
    return dict(pairs)


def _clean(data: Mapping[str, Any]) -> dict[str, str]:
    """Leave out nulls; refuse what is not a text or what no database column can hold."""
    given = {name: value for name, value in data.items() if value is not None}
    for value in given.values():
        if not isinstance(value, str) or "\0" in value or not _encodable(value):
            raise InvalidRequestError
    if "callback_url" in given:  # as js-auth's documentation spells it
        given.setdefault("redirect_uri", given["callback_url"])
    return given


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _headers(request: HttpRequest) -> dict[str, str]:
    """Return the header that authenticates a client, unless it would trip the decoder."""
    header = request.headers.get("Authorization", "")
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidRequestError from None
    return {"Authorization": header}
