"""What a request of the API meets before its endpoint; pages for people need more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.cache import patch_vary_headers

from config.cards import RefuseCards
from jsonapi import routing
from jsonapi.endpoints import VARY

START = "/api/"
Answer = Callable[[HttpRequest], Any]
WITHOUT_CONTENT = (204, 304)  # which tell no length (RFC 9110, 8.6)
# What Django's SecurityMiddleware says about pages, too.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class ShortWay:
    """Middleware, the first of all: requests below /api, which have no cookies, pass the others by.

    Hosts are checked, cards refused, and other origins answered as CORS has it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.others = get_response
        serve: Any = convert_exception_to_response(RefuseCards(_serve))
        self.answer, self.answer_browser = serve, CorsMiddleware(serve)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(START):
            page: HttpResponse = self.others(request)
            return page
        response = self.go(request)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    def go(self, request: HttpRequest) -> HttpResponse:
        """Answer a request below /api. HEADERS are still to be added."""
        answer: Any = self.answer_browser if "HTTP_ORIGIN" in request.META else self.answer
        response: HttpResponse = answer(request)
        if response.get("Vary") != VARY:
            patch_vary_headers(response, ("origin",))
        if not response.streaming and response.status_code not in WITHOUT_CONTENT:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def _serve(request: HttpRequest) -> HttpResponse:
    found = routing.find(request.path_info[len(START) :])
    if found is not None:
        serve, arguments = found
        return serve(request, **arguments)
    request.get_host()  # raises DisallowedHost
    match = request.resolver_match = resolve(request.path_info)
    response: Any = match.func(request, *match.args, **match.kwargs)
    rendered: HttpResponse = response.render() if hasattr(response, "render") else response
    return rendered
