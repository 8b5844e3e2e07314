"""GET and POST /oauth/authorize: a member of the organization lets a webapp in, or not."""

from __future__ import annotations

from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from oauth.errors import explain
from oauth.server import server
from oauth.tokens import issuer


@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the signed-in user; send the browser back with a code, or with the reason why not."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    try:
        grant = server.get_consent_grant(request, end_user=request.user)
    except OAuth2Error as error:
        return _refuse(request, error)
    if request.method == "GET":
        return _ask(request, grant)
    user = request.user if "allow" in request.POST else None
    return _with_issuer(
        server.create_authorization_response(grant.request, grant_user=user, grant=grant)
    )


def _ask(request: HttpRequest, grant: Any) -> HttpResponse:
    client = grant.request.client
    return render(
        request,
        "oauth/authorize.html",
        {
            "application": client,
            "environment": client.environment,
            "redirect_uri": grant.redirect_uri,
            "scope": grant.request.payload.scope or client.scopes,
        },
    )


def _refuse(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """Send the browser back only to an address that is known to be the client's."""
    if error.redirect_uri:
        return _with_issuer(server.handle_error_response(request, error))
    _, detail = explain(error.error)
    return render(request, "oauth/refused.html", {"detail": detail}, status=400)


def _with_issuer(response: HttpResponse) -> HttpResponse:
    """Say who answers, so that a client of several servers cannot be mixed up (RFC 9207)."""
    if "Location" in response:
        response["Location"] = add_params_to_uri(response["Location"], {"iss": issuer()}.items())
    return response
