"""Whether a token is one of ours and still good."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from time import time
from typing import Any

import jwt

from jsonapi.access import Caller
from oauth import subjects
from oauth.environments import environment_id
from oauth.keys import ring
from oauth.revocations import revocations
from oauth.standing import Asker
from oauth.tokens import ACCESS, REFRESH, backend, issued_at

LONGEST_TOKEN = 32_768  # characters
REMEMBERED_TOKENS = 4096


class InvalidToken(Exception):
    """The token is malformed, forged, expired, revoked or of another kind."""


class RevokedToken(InvalidToken):
    """The token was good once."""


@dataclass(eq=False)
class Verified:
    """A token whose signature was checked. Claims are our own: their form is as we signed it.

    `caller` is whom it was last taken for.
    """

    kid: str
    claims: Mapping[str, Any]
    environment_id: int
    caller: Caller | None = None

    @property
    def owner(self) -> tuple[str | None, str | None]:
        """The type, Customer or User, and the public id; (None, None) if nobody owns it."""
        owner = self.claims.get("owner", {})
        return owner.get("type"), owner.get("id")

    @cached_property
    def asker(self) -> Asker:
        """Whose permissions the token has."""
        return Asker(self.environment_id, self.claims["application"]["id"], *self.owner)

    @cached_property
    def issued_at(self) -> float:
        """In seconds since 1970, exact to the microsecond."""
        return issued_at(self.claims["jti"])

    @cached_property
    def subjects(self) -> tuple[subjects.Subject, ...]:
        """By what a revocation may name this token."""
        claims = self.claims
        about = [
            subjects.token(claims["jti"]),
            subjects.application(self.environment_id, claims["application"]["id"]),
        ]
        if "family" in claims:
            about.append(subjects.family(claims["family"]))
        if "owner" in claims:
            owner = claims["owner"]
            about.append(subjects.owner(self.environment_id, owner["type"], owner["id"]))
        return tuple(about)

    def check(self) -> None:
        """Raises InvalidToken once the token has expired, was revoked or its key retired."""
        if time() >= self.claims["exp"] or self.kid not in ring.current():
            raise InvalidToken
        if revocations.cover(self.subjects, self.issued_at):
            raise RevokedToken


class Remembered:
    """The last few thousand tokens that were verified: a signature is checked once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, Verified] = OrderedDict()

    def get(self, digest: bytes) -> Verified | None:
        with self._lock:
            verified = self._entries.get(digest)
            if verified is not None:
                self._entries.move_to_end(digest)
            return verified

    def put(self, digest: bytes, verified: Verified) -> None:
        with self._lock:
            self._entries[digest] = verified
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)


access_tokens = Remembered(REMEMBERED_TOKENS)


def bearer(authorization: str) -> str | None:
    """Return the token of an `Authorization` header (RFC 6750, 2.1); None of another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def verify_access(token: str) -> Verified:
    """Return what an access token says. Raises InvalidToken."""
    if len(token) > LONGEST_TOKEN:
        raise InvalidToken
    digest = hashlib.sha256(token.encode()).digest()
    verified = access_tokens.get(digest)
    if verified is None:
        verified = _verify(token, ACCESS)
        access_tokens.put(digest, verified)
    verified.check()
    return verified


def verify_refresh(token: str) -> Verified:
    """Return what a refresh token says. Raises InvalidToken."""
    if len(token) > LONGEST_TOKEN:
        raise InvalidToken
    verified = _verify(token, REFRESH)
    verified.check()
    return verified


def _verify(token: str, typ: str) -> Verified:
    try:
        header = jwt.get_unverified_header(token)
        key = ring.get(str(header.get("kid")))
        if key is None or header.get("typ") != typ:
            raise InvalidToken
        claims = backend(key).verify(token)
    except (jwt.PyJWTError, ValueError) as error:
        raise InvalidToken from error
    tenant = environment_id(claims["organization"]["id"], test=claims["test"])
    if tenant is None:
        raise InvalidToken
    return Verified(kid=key.kid, claims=claims, environment_id=tenant)
