"""A back end acts for somebody it names in an assertion.

This is not RFC 7523: the assertion's signature proves nothing (official clients sign with a
published constant) and is not checked. What counts is that the client showed its secret, and
that the owner belongs to its organization and environment.
"""

from __future__ import annotations

import json
from typing import Any

import jwt
from authlib.oauth2.rfc6749.errors import InvalidRequestError

from oauth.errors import InvalidAssertionError
from oauth.grants.base import WITH_SECRET, OwnGrant
from oauth.models import JWT_BEARER, Owner
from oauth.owners import OWNER_TYPES, find_owner

CLAIMS = "https://commercelayer.io/claims"  # as the official client writes it, whatever our domain
LONGEST_ASSERTION = 4096  # characters


class JwtBearerGrant(OwnGrant):
    """Issues tokens for an owner, a custom claim, or both."""

    GRANT_TYPE = JWT_BEARER
    TOKEN_ENDPOINT_AUTH_METHODS = WITH_SECRET

    def validate_token_request(self) -> None:
        self.authenticate_client()
        assertion = self.request.form.get("assertion")
        if assertion is None:
            raise InvalidRequestError
        claims = read_claims(assertion)
        self.request.user = self._owner(claims.get("owner"))
        self.request.credential = _custom_claim(claims.get("custom_claim"))
        if self.request.user is None and self.request.credential is None:
            raise InvalidAssertionError

    def create_token_response(self) -> tuple[int, dict[str, Any], list[Any]]:
        owner = self.request.user
        return self.issue(
            self.scope_for(owner),
            refreshable=True,
            owner=owner,
            custom_claim=self.request.credential,
        )

    def _owner(self, claim: Any) -> Owner | None:
        if claim is None:
            return None
        if not isinstance(claim, dict):
            raise InvalidAssertionError
        owner_type, owner_id = claim.get("type"), claim.get("id")
        if owner_type not in OWNER_TYPES or not storable(owner_id):
            raise InvalidAssertionError
        owner = find_owner(self.request.client, owner_type, str(owner_id))
        if owner is None:
            raise InvalidAssertionError
        return owner


def read_claims(assertion: str) -> dict[str, Any]:
    """Return what an assertion claims, unverified. Raises InvalidAssertionError."""
    if len(assertion) > LONGEST_ASSERTION:
        raise InvalidAssertionError
    try:
        payload = jwt.decode(assertion, options={"verify_signature": False, "verify_exp": True})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise InvalidAssertionError from error
    claims = payload.get(CLAIMS)
    if not isinstance(claims, dict):
        raise InvalidAssertionError
    return claims


def storable(value: Any) -> bool:
    """Tell whether PostgreSQL can hold `value` as JSON: no NUL, half character or infinity."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text


def _custom_claim(claim: Any) -> dict[str, Any] | None:
    if claim is None or claim == {}:
        return None
    if not isinstance(claim, dict) or not storable(claim):
        raise InvalidAssertionError
    return claim
