"""The endpoints of the authorization server."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from authlib.oauth2 import OAuth2Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from oauth.errors import refusal, reply
from oauth.information import describe_token
from oauth.keys import ring
from oauth.revocation import RevocationEndpoint
from oauth.server import server
from oauth.throttle import seconds_to_wait
from oauth.verification import InvalidToken, bearer, verify_access

View = Callable[[HttpRequest], HttpResponse]
JWKS_MAX_AGE = 300  # seconds


def posted(view: View) -> View:
    """Let through POST requests that do not come too often; answer what cannot be read."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return refusal("method_not_allowed", headers={"Allow": "POST"})
        if wait := seconds_to_wait(request):
            return refusal("too_many_requests", headers={"Retry-After": str(wait)})
        try:
            return view(request)
        except OAuth2Error as error:
            return server.handle_error_response(request, error)

    return guarded


@posted
def token(request: HttpRequest) -> HttpResponse:
    """POST /oauth/token"""
    response: HttpResponse = server.create_token_response(request)
    return response


@posted
def revoke(request: HttpRequest) -> HttpResponse:
    """POST /oauth/revoke"""
    name = RevocationEndpoint.ENDPOINT_NAME
    response: HttpResponse = server.create_endpoint_response(name, request)
    return response


@require_safe
def tokeninfo(request: HttpRequest) -> HttpResponse:
    """GET /oauth/tokeninfo"""
    token = bearer(request.headers.get("Authorization", ""))
    try:
        if token is None:
            raise InvalidToken
        info: dict[str, Any] = describe_token(verify_access(token))
    except InvalidToken:
        return refusal("invalid_token", headers={"WWW-Authenticate": "Bearer"})
    return reply(info)


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """GET /.well-known/jwks.json"""
    caching = {"Cache-Control": f"public, max-age={JWKS_MAX_AGE}"}
    return JsonResponse({"keys": ring.published()}, headers=caching)
