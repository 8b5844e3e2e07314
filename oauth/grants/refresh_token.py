"""A new access token for an old sign-in (RFC 6749 section 6, RFC 9700 section 4.14)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, InvalidScopeError
from django.db import transaction

from oauth import services
from oauth.grants.base import OwnGrant
from oauth.models import RefreshToken
from oauth.owners import lock_owner
from oauth.scopes import resolve
from oauth.verification import InvalidToken, verify_refresh


class RefreshTokenGrant(OwnGrant):
    """Each refresh token works once. A second use means that two have it: both are signed out."""

    GRANT_TYPE = "refresh_token"

    def validate_token_request(self) -> None:
        self.authenticate_client()
        raw = self.request.form.get("refresh_token")
        if raw is None:
            raise InvalidRequestError
        self.request.refresh_token = self._find(raw)

    def create_token_response(self) -> tuple[int, dict[str, Any], list[Any]]:
        token = self.request.refresh_token
        with transaction.atomic():
            if token.owner is not None:  # before the token's row: erasing locks in this order
                lock_owner(self.request.client, token.owner)
            if token.claim():
                return self._renew(token)
        services.revoke_families([token.family])
        raise InvalidGrantError

    def _find(self, raw: str) -> RefreshToken:
        try:
            jti = verify_refresh(raw).claims["jti"]
        except InvalidToken as error:
            raise InvalidGrantError from error
        rows = RefreshToken.objects.live().select_related("customer", "user")
        token: RefreshToken | None = rows.filter(jti=jti).first()
        if token is None or not token.check_client(self.request.client):
            raise InvalidGrantError
        return token

    def _renew(self, token: RefreshToken) -> tuple[int, dict[str, Any], list[Any]]:
        application, owner = self.request.client, token.owner
        granted = resolve(token.scope, application=application, owner=owner)
        scope = self.scope_for(owner) if self.request.payload.scope else granted
        if not scope.within(granted):
            raise InvalidScopeError
        return self.issue(
            scope,
            refreshable=True,
            refresh_scope=token.scope,
            owner=owner,
            custom_claim=token.custom_claim,
            family=token.family,
        )
