"""The one place that turns an exception into a reply."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions

from jsonapi import errors, messages
from jsonapi.negotiation import PLAIN, Renderer

if TYPE_CHECKING:
    from jsonapi.endpoints import Endpoint

logger = logging.getLogger(__name__)


class Misplaced(errors.BadRequest):
    """400: a value that no column can hold, e.g. a number out of range."""

    def __init__(self) -> None:
        super().__init__(
            "INVALID_DATA_FORMAT", "Invalid data format", "A value has no place in the database."
        )


REFUSALS: dict[type[Exception], Callable[[], errors.ApiError]] = {
    Http404: errors.NotFound,
    exceptions.NotFound: errors.NotFound,
    exceptions.NotAuthenticated: errors.InvalidToken,
    exceptions.AuthenticationFailed: errors.InvalidToken,
    exceptions.PermissionDenied: errors.Denied,
    exceptions.NotAcceptable: errors.NotAcceptable,
    exceptions.UnsupportedMediaType: errors.UnsupportedMediaType,
    RequestDataTooBig: errors.TooLarge,
    DataError: Misplaced,
    ProtectedError: errors.Locked,
    RestrictedError: errors.Locked,
}


def refused(error: Exception, endpoint: Endpoint) -> HttpResponse:
    """Answer any exception of an endpoint with a JSON:API error document."""
    refusal = refusal_for(error, endpoint)
    response = document(refusal, endpoint.request.renderer)
    if refusal.status_code == errors.InvalidToken.status_code:
        response["WWW-Authenticate"] = "Bearer"
    return response


def refusal_for(error: Exception, view: Any) -> errors.ApiError:
    """Return the refusal that an exception of `view` amounts to."""
    match error:
        case errors.ApiError():
            return error
        case exceptions.MethodNotAllowed():
            allowed = ", ".join(view.allowed_methods)
            return errors.MethodNotSupported(headers={"Allow": allowed})
        case exceptions.Throttled():
            return errors.Throttled(
                headers={"Retry-After": str(int(getattr(error, "wait", None) or 1))}
            )
        case IntegrityError() if not isinstance(error, ProtectedError | RestrictedError):
            return messages.broken_constraint(error, view.model)
    known = (refusal() for kind, refusal in REFUSALS.items() if isinstance(error, kind))
    return next(known, None) or internal_error(error)


def internal_error(error: Exception) -> errors.InternalError:
    """Log where `error` came from, without its text: that may hold personal data."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("unhandled %s\n%s", type(error).__name__, frames)
    return errors.InternalError()


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a path below /api that leads nowhere."""
    return document(errors.NotFound())


def document(refusal: errors.ApiError, renderer: Renderer = PLAIN) -> HttpResponse:
    """Return the reply that a refusal is."""
    body = renderer.render({"errors": refusal.errors})
    headers = {"Vary": "Accept", "Content-Type": renderer.media_type, **refusal.headers}
    return HttpResponse(body, status=refusal.status_code, headers=headers)
