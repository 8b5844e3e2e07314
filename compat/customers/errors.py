"""How `/customers` refuses: a type for the status, a code for each fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from customers.wallets import InUse, NotChargeable, NotReusable, SourceNotFound
from jsonapi.errors import ApiError, Denied
from jsonapi.handlers import refusal_for
from jsonapi.models import new_uid

TYPES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_timeout",
    409: "conflict",
    413: "request_too_large",
    429: "too_many_requests",
    500: "internal_server_error",
    502: "bad_gateway",
    503: "service_unavailable",
    504: "gateway_timeout",
}
# Where the code says no more than the status.
CODES = {
    400: "invalid_format",
    401: "unauthorized",
    409: "restricted_update",
    500: "unknown_error",
}
# What DRF calls a fault; everything else that is not a code of this door is invalid_parameter.
FAULTS = {
    "required": "missing_parameter",
    "null": "invalid_empty",
    "blank": "invalid_string_empty",
    "unknown_parameter": "unknown_parameter",
    "invalid_format": "invalid_format",
    "invalid_boolean": "invalid_boolean",
    "invalid_integer": "invalid_integer",
    "email_invalid": "email_invalid",
    "source_not_found": "source_not_found",
    "too_many_metadata_pairs": "too_many_metadata_pairs",
    "invalid_metadata_key": "invalid_metadata_key",
    "invalid_metadata_value": "invalid_metadata_value",
}
# Refusals of the services: code and parameter.
REFUSALS: Mapping[type[ApiError], tuple[str, str | None]] = {
    NotReusable: ("nonreusable_source", None),
    NotChargeable: ("source_not_chargeable", "sourceId"),
    InUse: ("source_in_use", "sourceId"),
    SourceNotFound: ("source_not_found", "sourceId"),
}
# Statuses that this door does not have.
STATUSES = {422: 400, 423: 409}
Fault = dict[str, str]


class Refused(Exception):
    """A refusal with one fault."""

    def __init__(self, status: int, code: str, message: str, parameter: str | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.fault = fault(code, message, parameter)


def fault(code: str, message: str, parameter: str | None = None) -> Fault:
    named = {"parameter": parameter} if parameter else {}
    return {"code": code, **named, "message": message}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a view (DRF's hook)."""
    match error:
        case Refused():
            return reply(error.status, [error.fault])
        case exceptions.ValidationError():
            return reply(400, list(faults(error.detail)))
        case exceptions.Throttled():
            wait = {"Retry-After": str(int(getattr(error, "wait", None) or 1))}
            return reply(429, [fault("too_many_requests", "Too many requests.")], wait)
        case exceptions.ParseError():
            return reply(400, [fault("invalid_format", "The body is not a JSON object.")])
    refusal = refusal_for(error, context["view"])
    return reply(status_of(refusal), [translated(refusal)], refusal.headers)


def status_of(refusal: ApiError) -> int:
    """Return the status that this door has for a refusal of ours."""
    if is_taken(refusal):
        return 409
    if isinstance(refusal, Denied):
        return 403
    return STATUSES.get(refusal.status_code, refusal.status_code)


def is_taken(refusal: ApiError) -> bool:
    """Tell whether somebody else has the value."""
    found: bool = refusal.errors[0].get("meta", {}).get("error") == "taken"
    return found or refusal.errors[0].get("source", {}).get("pointer") == "/data/id"


def translated(refusal: ApiError) -> Fault:
    """Return a refusal of ours in this door's words."""
    problem = refusal.errors[0]
    for kind, (code, parameter) in REFUSALS.items():
        if isinstance(refusal, kind):
            return fault(code, problem["detail"], parameter)
    name = problem.get("source", {}).get("pointer", "").rpartition("/")[2] or None
    if is_taken(refusal):
        return fault("already_exists", f"A customer with this {name} already exists.", name)
    status = status_of(refusal)
    if status == 404:
        return fault("not_found", "The customer was not found.", "id")
    default = "invalid_parameter" if refusal.status_code == 422 else TYPES.get(status, "")
    return fault(CODES.get(status, default), problem["detail"], name)


def faults(detail: Any, path: str = "") -> Iterator[Fault]:
    """Yield the faults of nested data; their parameters are paths like shipping.phone."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else name
            yield from faults(inner, ".".join(filter(None, (path, str(own)))))
    elif isinstance(detail, list):
        for inner in detail:
            yield from faults(inner, path)
    else:
        code = FAULTS.get(getattr(detail, "code", ""), "invalid_parameter")
        yield fault(code, str(detail), path or None)


def reply(status: int, problems: list[Fault], headers: Mapping[str, str] | None = None) -> Response:
    """Return the reply for a refusal."""
    more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    body = {"type": TYPES.get(status, "bad_request"), "errors": problems}
    return Response(body, status=status, headers={**more, **dict(headers or {})})


def failure(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """Answer what went wrong outside of every view."""
    words = {
        400: ("invalid_format", "The request cannot be read."),
        404: ("not_found", "No such path."),
    }
    code, message = words.get(status, ("unknown_error", "Something went wrong on our side."))
    body = {"type": TYPES[status], "errors": [fault(code, text or message)]}
    return JsonResponse(body, status=status, headers={"x-dr-requestid": new_uid()})


def not_found(request: HttpRequest, **path: str) -> HttpResponse:
    """Answer a path below this door that leads nowhere."""
    return failure(request, 404)
