"""What all grants share: how clients authenticate, how tokens are issued."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from oauth import services
from oauth.models import Application, Owner
from oauth.scopes import Scope, resolve
from oauth.tokens import Grant

ANY_METHOD = ["client_secret_basic", "client_secret_post", "none"]
WITH_SECRET = ["client_secret_basic", "client_secret_post"]


class Issuing:
    """Issues our tokens where Authlib would ask a generator that knows too little."""

    TOKEN_ENDPOINT_AUTH_METHODS = ANY_METHOD
    # Set by Authlib's BaseGrant.
    request: Any

    def authenticate_token_endpoint_client(self) -> Application:
        """Return the client, which Authlib's own grants remember only some steps later."""
        self.request.client = super().authenticate_token_endpoint_client()  # type: ignore[misc]
        client: Application = self.request.client
        return client

    def scope_for(self, owner: Owner | None) -> Scope:
        """Return the requested scope. Raises InvalidScopeError."""
        text = self.request.payload.scope
        return resolve(text, application=self.request.client, owner=owner)

    def issue(
        self, scope: Scope, *, refreshable: bool, refresh_scope: str | None = None, **details: Any
    ) -> tuple[int, dict[str, Any], list[Any]]:
        """Return Authlib's triple: status, reply and headers."""
        grant = Grant(
            application=self.request.client,
            scope=scope,
            confidential=self.request.auth_method != "none",
            **details,
        )
        reply = services.issue(grant, refreshable=refreshable, refresh_scope=refresh_scope)
        return 200, reply, []


class OwnGrant(Issuing, BaseGrant, TokenEndpointMixin):  # type: ignore[misc]
    """A grant whose steps are not Authlib's."""

    def authenticate_client(self) -> Application:
        """Return the client. Raises InvalidClientError or UnauthorizedClientError."""
        client: Application = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError
        return client
