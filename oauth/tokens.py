"""What is in access and refresh tokens, and how they are signed: JWTs with RS512."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend

from jsonapi.models import ALPHABET, CLOCK_DIGITS, RANDOM_DIGITS, digits
from oauth.keys import Key, ring
from oauth.models import REFRESH_LIFETIME, Application, Owner
from oauth.scopes import Scope

ACCESS = "JWT"  # the header's `typ`, which official clients expect of access tokens
REFRESH = "refresh+jwt"
REGION = "self-hosted"
# Of a token's id, that many more digits say when it was made, in so many parts of a millisecond.
FINE_DIGITS = 2
TICKS: int = len(ALPHABET) ** FINE_DIGITS


class EscapingEncoder(json.JSONEncoder):
    """Escapes what would become `-` or `_` in base64url.

    The official SDK decodes payloads with `atob`, which knows neither. Those two letters
    come only from these characters and from non-ASCII ones, which are escaped anyway.
    """

    ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in ">?~\x7f"}

    def encode(self, o: Any) -> str:
        return super().encode(o).translate(self.ESCAPES)


class KeyBackend(TokenBackend):
    """simplejwt's backend for one key of the ring: it names the key in the header."""

    def __init__(self, key: Key) -> None:
        super().__init__(
            "RS512", signing_key=key.private, verifying_key=key.public, json_encoder=EscapingEncoder
        )
        self.kid = key.kid

    def sign(self, payload: Mapping[str, Any], typ: str) -> str:
        """Return a token of the given type."""
        return jwt.encode(
            dict(payload),
            self.prepared_signing_key,
            algorithm=self.algorithm,
            headers={"kid": self.kid, "typ": typ},
            json_encoder=self.json_encoder,
        )

    def verify(self, token: str) -> dict[str, Any]:
        """Return the payload. Raises jwt.InvalidTokenError.

        `iat` is not compared: another server's clock may be a second ahead.
        """
        claims: dict[str, Any] = jwt.decode(
            token,
            self.prepared_verifying_key,
            algorithms=[self.algorithm],
            issuer=issuer(),
            options={"require": ["exp", "jti", "iss"], "verify_iat": False, "verify_aud": False},
        )
        return claims


@lru_cache(maxsize=16)
def backend(key: Key) -> KeyBackend:
    """Return the backend of a key, with its numbers parsed once."""
    return KeyBackend(key)


def issuer() -> str:
    """Return who signs: https://auth.<DOMAIN>; official clients derive all hosts from it."""
    return f"https://auth.{settings.DOMAIN}"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What tokens are about to be issued for."""

    application: Application
    scope: Scope
    confidential: bool
    owner: Owner | None = None
    custom_claim: Mapping[str, Any] | None = None
    family: str | None = None

    @property
    def owner_claim(self) -> dict[str, str] | None:
        """The owner as tokens name it: {"id": ..., "type": "Customer" or "User"}."""
        if self.owner is None:
            return None
        return {"id": self.owner.uid, "type": type(self.owner).__name__}


def sign_access(grant: Grant) -> tuple[str, dict[str, Any]]:
    """Return an access token and its claims."""
    application = grant.application
    environment = application.environment
    organization = environment.organization
    claims: dict[str, Any] = {
        "organization": {
            "id": organization.uid,
            "slug": organization.slug,
            "enterprise": True,
            "region": REGION,
        },
        "application": {
            "id": application.uid,
            "client_id": application.client_id,
            "kind": application.kind,
            "public": application.public,
            "confidential": grant.confidential,
        },
        **grant.scope.claims(),
        "owner": grant.owner_claim,
        "custom_claim": grant.custom_claim,
        "scope": grant.scope.text,
        "test": environment.mode == "test",
        "rand": secrets.randbelow(10**15) / 10**15,
        "family": grant.family,
    }
    return _sign({k: v for k, v in claims.items() if v is not None}, ACCESS, application.lifetime)


def sign_refresh(grant: Grant) -> tuple[str, dict[str, Any]]:
    """Return a refresh token, good for two weeks, and its claims.

    It is a JWT because official clients can only revoke what they can decode.
    """
    application = grant.application
    claims = {
        "organization": {"id": application.environment.organization.uid},
        "application": {"id": application.uid},
        "owner": grant.owner_claim,
        "test": application.environment.mode == "test",
        "family": grant.family,
    }
    return _sign({k: v for k, v in claims.items() if v is not None}, REFRESH, REFRESH_LIFETIME)


def _sign(claims: dict[str, Any], typ: str, lifetime: timedelta) -> tuple[str, dict[str, Any]]:
    jti = _new_id()
    now = int(issued_at(jti))
    claims |= {
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
        "iss": issuer(),
        "jti": jti,
    }
    return backend(ring.signing).sign(claims, typ), claims


def issued_at(jti: str) -> float:
    """Return when a token was issued, in seconds since 1970 and exact to the microsecond.

    `iat` knows only the second: too little to tell which tokens a new password ends.
    """
    ticks = 0
    for digit in jti[: CLOCK_DIGITS + FINE_DIGITS]:
        ticks = ticks * len(ALPHABET) + ALPHABET.index(digit)
    return ticks / TICKS / 1000


def _new_id() -> str:
    """Return a random id that begins with the time, like those of resources, but more exactly."""
    ticks = time.time_ns() * TICKS // 1_000_000
    rest = RANDOM_DIGITS - FINE_DIGITS
    random = secrets.randbelow(len(ALPHABET) ** rest)
    return digits(ticks, CLOCK_DIGITS + FINE_DIGITS) + digits(random, rest)
