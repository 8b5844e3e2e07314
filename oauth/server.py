"""The authorization server: Authlib's, with our requests, clients and replies."""

from __future__ import annotations

import re
from typing import Any

from authlib.oauth2 import AuthorizationServer, OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from django.http import HttpResponse

from oauth.errors import NotYourTokenError, TooManyAttemptsError, refusal, reply
from oauth.grants.authorization_code import AuthorizationCodeGrant, ProofKey
from oauth.grants.client_credentials import ClientCredentialsGrant
from oauth.grants.jwt_bearer import JwtBearerGrant
from oauth.grants.password import PasswordGrant
from oauth.grants.refresh_token import RefreshTokenGrant
from oauth.models import Application
from oauth.requests import AuthorizeRequest, TokenRequest
from oauth.revocation import RevocationEndpoint

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Server(AuthorizationServer):  # type: ignore[misc]
    """Answers /oauth/token, /oauth/revoke and /oauth/authorize."""

    def query_client(self, client_id: str) -> Application | None:
        if not CLIENT_ID.fullmatch(client_id):
            return None
        clients = Application.objects.select_related("environment__organization")
        client: Application | None = clients.filter(client_id=client_id).first()
        return client

    def authenticate_client(
        self, request: TokenRequest, methods: list[str], endpoint: str = "token"
    ) -> Application:
        if "Authorization" in request.headers:  # wrong credentials do not become no credentials
            methods = [method for method in methods if method == "client_secret_basic"]
        client: Application = super().authenticate_client(request, methods, endpoint)
        return client

    def get_authorization_grant(self, request: AuthorizeRequest) -> Any:
        if request.payload.response_type != "code":
            raise InvalidRequestError  # Authlib's own error trips over non-ASCII types
        return super().get_authorization_grant(request)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> TokenRequest | AuthorizeRequest:
        if isinstance(request, TokenRequest | AuthorizeRequest):
            return request
        is_authorize = request.path.endswith("/authorize")
        return AuthorizeRequest(request) if is_authorize else TokenRequest(request)

    def handle_response(self, status: int, payload: Any, headers: Any) -> HttpResponse:
        if isinstance(payload, dict):
            return reply(payload, status=status)
        return HttpResponse(payload, status=status, headers=dict(headers))

    def handle_error_response(self, request: Any, error: OAuth2Error) -> HttpResponse:
        if error.redirect_uri:
            return self.handle_response(*error())
        detail = error.description if isinstance(error, NotYourTokenError) else ""
        headers = {}
        if isinstance(error, InvalidClientError):
            headers = {"WWW-Authenticate": "Basic"}
        elif isinstance(error, TooManyAttemptsError):
            headers = {"Retry-After": str(error.wait)}
        return refusal(error.error, detail=detail, headers=headers)


server = Server()
for grant in (ClientCredentialsGrant, PasswordGrant, RefreshTokenGrant, JwtBearerGrant):
    server.register_grant(grant)
server.register_grant(AuthorizationCodeGrant, [ProofKey(required=True)])
server.register_endpoint(RevocationEndpoint)
