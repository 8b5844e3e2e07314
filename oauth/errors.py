"""How the authorization server refuses: one shape, whatever went wrong."""

from __future__ import annotations

from collections.abc import Mapping

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from django.http import JsonResponse

# Codes of RFC 6749 and our own: status, and what the client's developer should know. What a
# client sent is never echoed.
REFUSALS: dict[str, tuple[int, str]] = {
    "access_denied": (403, "The resource owner or authorization server denied the request."),
    "invalid_assertion": (400, "The provided assertion is invalid."),
    "invalid_client": (
        401,
        "Client authentication failed due to unknown client, no client authentication included,"
        " or unsupported authentication method.",
    ),
    "invalid_grant": (
        400,
        "The credentials, code or refresh token are wrong, expired, used, revoked, or were"
        " issued to another client or for another redirect URI.",
    ),
    "invalid_request": (400, "A parameter is missing, malformed or given twice."),
    "invalid_scope": (
        400,
        "The scope is malformed, names something unknown or is not open to this client or owner.",
    ),
    "invalid_token": (401, "The access token you provided is invalid."),
    "method_not_allowed": (405, "Send a POST request."),
    "server_error": (500, "Something went wrong on our side. The incident was logged."),
    "request_too_large": (413, "The request is too large."),
    "too_many_requests": (429, "Too many requests. Retry-After says when to try again."),
    "unauthorized_client": (403, "The client is not authorized to use this grant type."),
    "unsupported_grant_type": (400, "The grant type is unknown."),
    "unsupported_response_type": (400, "The response type must be code."),
}
CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_SERVER_ERROR",
}


class InvalidAssertionError(OAuth2Error):  # type: ignore[misc]
    """The jwt-bearer assertion is malformed or names nobody the client may act for."""

    error = "invalid_assertion"


class TooLargeError(OAuth2Error):  # type: ignore[misc]
    """The body is larger than any honest request."""

    error = "request_too_large"


class TooManyAttemptsError(OAuth2Error):  # type: ignore[misc]
    """Somebody failed too often to sign in; `wait` is how many seconds to wait."""

    error = "too_many_requests"

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


class NotYourTokenError(UnauthorizedClientError):  # type: ignore[misc]
    """The token to revoke was issued to somebody else."""

    description = "You are not authorized to revoke this token"


def explain(error: str) -> tuple[int, str]:
    """Return the status and the text of an error code."""
    return REFUSALS.get(error, REFUSALS["invalid_request"])


def refusal(
    error: str, *, detail: str = "", headers: Mapping[str, str] | None = None
) -> JsonResponse:
    """Return the reply for an error code; `status` in it is a number, unlike below /api."""
    status, default = explain(error)
    body = {
        "title": error,
        "detail": detail or default,
        "code": "INVALID_TOKEN" if error == "invalid_token" else CODES[status],
        "status": status,
        "meta": {},
    }
    return reply({"errors": [body]}, status=status, headers=headers)


def reply(
    body: Mapping[str, object], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> JsonResponse:
    """Return a reply that nothing on the way may store."""
    uncached = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return JsonResponse(body, status=status, headers=uncached | dict(headers or {}))
