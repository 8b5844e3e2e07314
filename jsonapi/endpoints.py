"""What every path below /api has in common, whatever it serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from jsonapi import access, handlers
from jsonapi.attempts import undisturbed
from jsonapi.errors import Denied, MethodNotSupported, NotAcceptable
from jsonapi.negotiation import Negotiation
from jsonapi.requests import Request

Serve = Callable[..., HttpResponse]
OPTIONS = "tell_methods"
VARY = "Accept, origin"  # origin, because what CORS says depends on it


class Endpoint:
    """Serves one request, which is `request`, by the `action` that its HTTP method stands for.

    Subclasses have a method for each action. What is refused is an ApiError, or an exception
    that `handlers` knows.
    """

    actions: ClassVar[Mapping[str, str]] = {}  # HTTP methods, and what is done for them
    negotiation: ClassVar[Negotiation] = Negotiation()
    largest_body: ClassVar[int | None] = None  # bytes, where it is not settings.MAX_BODY_BYTES
    # False where the body is read as it comes in: what was read is gone.
    repeatable: ClassVar[bool] = True

    request: Request
    action: str | None = None

    @classmethod
    def as_view(cls, actions: Mapping[str, str] | None = None) -> Serve:
        """Return what a route leads to. `actions` are those of the path, if it has its own."""
        known = cls.actions if actions is None else actions
        methods = {method.upper(): action for method, action in known.items()}
        if "GET" in methods:
            methods["HEAD"] = methods["GET"]
        methods["OPTIONS"] = OPTIONS

        def serve(http: HttpRequest, **arguments: Any) -> HttpResponse:
            return cls().answer(http, methods, arguments)

        serve.csrf_exempt = True  # type: ignore[attr-defined] # tokens travel in a header
        serve.endpoint = cls  # type: ignore[attr-defined]
        return serve

    def answer(
        self, http: HttpRequest, methods: Mapping[str, str], arguments: Mapping[str, Any]
    ) -> HttpResponse:
        """Answer a request, or say why not. Raises DisallowedHost."""
        request = self.request = Request(http, self.negotiation, self.largest_body)
        self.action = methods.get(request.method)
        try:
            self._admit(request, methods)
            if self.action == OPTIONS:
                response = HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
            else:
                act = partial(getattr(self, str(self.action)), request, **arguments)
                response = undisturbed(act) if self.repeatable else act()
        except Exception as error:
            response = handlers.refused(error, self)
        response["Vary"] = VARY
        return response

    def check_permissions(self, request: Request) -> None:
        """Refuse what the permission table does not grant; rows are left to `visible_to`."""
        action, resource_type = self.required_permission()
        if not access.caller_of(request).may(action, resource_type):
            raise Denied

    def required_permission(self) -> tuple[str, str]:
        """Return the action and type that the permission table has to grant."""
        raise NotImplementedError

    def _admit(self, request: Request, methods: Mapping[str, str]) -> None:
        """Find out how to reply, who is calling, and whether they may. Raises ApiError."""
        renderer = self.negotiation.renderer(request.META.get("HTTP_ACCEPT") or "*/*")
        if renderer is None:
            raise NotAcceptable
        request.renderer = renderer
        request.auth = access.identify(request.META.get("HTTP_AUTHORIZATION", ""))
        if self.action is None:
            raise MethodNotSupported(headers={"Allow": ", ".join(methods)})
        if self.action != OPTIONS:
            self.check_permissions(request)
