"""POST /oauth/revoke (RFC 7009)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint as BaseEndpoint

from oauth import services
from oauth.errors import NotYourTokenError
from oauth.grants.base import ANY_METHOD
from oauth.models import Application
from oauth.verification import InvalidToken, Verified, verify_access, verify_refresh


class RevocationEndpoint(BaseEndpoint):  # type: ignore[misc]
    """Takes access and refresh tokens; a customer's access token takes its sign-in along."""

    CLIENT_AUTH_METHODS = ANY_METHOD

    def authenticate_token(self, request: Any, client: Application) -> Verified | None:
        """Return the token; None for one that is no good anyway. Raises NotYourTokenError."""
        raw = request.form.get("token")
        if raw is None:
            raise InvalidRequestError
        token = find(raw)
        if token is None:
            return None
        # Guests share a token, so one who only knows the client id may not end it for all.
        is_shared = token.owner == (None, None) and request.auth_method == "none"
        issued_to = (token.environment_id, token.claims["application"]["id"])
        if is_shared or issued_to != (client.environment_id, client.uid):
            raise NotYourTokenError
        return token

    def revoke_token(self, token: Verified, request: Any) -> None:
        services.revoke_claims(token.claims)


def find(raw: str) -> Verified | None:
    """Return a valid access or refresh token."""
    for verify in (verify_access, verify_refresh):
        try:
            return verify(raw)
        except InvalidToken:
            continue
    return None
