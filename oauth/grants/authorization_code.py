"""A member of the organization lets a webapp act for them (RFC 6749 section 4.1, RFC 7636)."""

from __future__ import annotations

import secrets
from typing import Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
)
from authlib.oauth2.rfc7636 import CodeChallenge
from django.db import transaction
from django.utils import timezone

from oauth import services
from oauth.grants.base import Issuing
from oauth.models import CODE_LIFETIME, Application, AuthorizationCode, digest
from oauth.owners import is_member
from oauth.scopes import resolve


class ProofKey(CodeChallenge):  # type: ignore[misc]
    """PKCE with S256 only, and required of clients without a secret."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    CODE_CHALLENGE_METHODS = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        challenge, method = data.get("code_challenge"), data.get("code_challenge_method")
        if grant.request.client.public and not challenge:
            raise InvalidRequestError
        if challenge and method != "S256":  # RFC 7636 reads a missing method as "plain"
            raise InvalidRequestError
        super().validate_code_challenge(grant, redirect_uri)


class AuthorizationCodeGrant(Issuing, grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """Codes live 10 minutes and work once; a second use takes back what the first one gave."""

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Application) -> str:
        """Return where to send the browser, byte for byte as registered."""
        uri: str | None = request.payload.redirect_uri or client.get_default_redirect_uri()
        if not uri or not client.check_redirect_uri(uri):
            raise InvalidRequestError
        return uri

    def validate_requested_scope(self) -> None:
        user = self.request.user
        if user is None or not is_member(user, self.request.client):
            raise AccessDeniedError
        self.scope_for(user)

    def generate_authorization_code(self) -> str:
        return secrets.token_urlsafe(32)

    def save_authorization_code(self, code: str, request: Any) -> None:
        payload = request.payload
        AuthorizationCode.objects.create(
            code_hash=digest(code),
            application=request.client,
            user=request.user,
            redirect_uri=payload.redirect_uri or "",
            scope=payload.scope or "",
            code_challenge=payload.data.get("code_challenge", ""),
            expires_at=timezone.now() + CODE_LIFETIME,
        )

    def query_authorization_code(self, code: str, client: Application) -> AuthorizationCode | None:
        rows = AuthorizationCode.objects.select_related("user").filter(application=client)
        found: AuthorizationCode | None = rows.filter(code_hash=digest(code)).first()
        if found is not None and found.used_at is not None:
            services.revoke_families([found.family])
        return found if found is not None and found.is_good else None

    def create_token_response(self) -> tuple[int, dict[str, Any], list[Any]]:
        code = self.request.authorization_code
        with transaction.atomic():
            if code.claim():
                return self._exchange(code)
        services.revoke_families([code.family])
        raise InvalidGrantError

    def _exchange(self, code: AuthorizationCode) -> tuple[int, dict[str, Any], list[Any]]:
        application, user = self.request.client, code.user
        granted = resolve(code.scope, application=application, owner=user)
        scope = self.scope_for(user) if self.request.payload.scope else granted
        if not scope.within(granted):
            raise InvalidScopeError
        return self.issue(
            scope, refreshable=True, refresh_scope=granted.text, owner=user, family=code.family
        )
