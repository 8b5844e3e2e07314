"""What a defect looks like from outside: the error format of the door it happened behind."""

from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error as html

from jsonapi.errors import InternalError
from jsonapi.handlers import document
from oauth.errors import refusal


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unhandled exception; its log entry was written by whoever caught it."""
    if request.path.startswith("/api"):
        return document(InternalError())
    if request.path.startswith("/oauth"):
        return refusal("server_error")
    return html(request)
