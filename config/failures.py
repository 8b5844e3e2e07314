"""What goes wrong outside of every view, in the error format of the door it happened behind."""

from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request as bad_request_page
from django.views.defaults import server_error as html

from config import doors
from jsonapi.errors import ApiError, InternalError
from jsonapi.handlers import document
from oauth.errors import refusal


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unhandled exception; its log entry was written by whoever caught it."""
    if plain := doors.failure(request, 500):
        return plain
    if request.path.startswith("/api"):
        return document(InternalError())
    if request.path.startswith("/oauth"):
        return refusal("server_error")
    return html(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django calls suspicious, such as a Host header that is no host name."""
    if plain := doors.failure(request, 400):
        return plain
    if request.path.startswith("/api"):
        return document(ApiError())
    if request.path.startswith("/oauth"):
        return refusal("invalid_request")
    return bad_request_page(request, exception)
