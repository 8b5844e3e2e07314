"""How the storefront's door refuses: the faults of fields, or one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from compat.storefront.words import EN, known, say
from jsonapi.errors import ApiError, Invalid
from jsonapi.handlers import refusal_for

# DRF's and the services' names of faults where they differ from the keys of the words.
FAULTS = {"null": "required", "blank": "required"}
SENTENCES = {
    400: "unreadable",
    401: "token_invalid",
    403: "token_revoked",
    404: "not_found",
    405: "method",
    409: "token_invalid",  # somebody who is being forgotten is nobody here
    413: "too_large",
    429: "too_many",
}
# There is neither a 409 nor a 422 here.
STATUSES = {409: 401, 422: 400, 406: 400, 415: 400, 423: 400}


class Refused(Exception):
    """One sentence: a key of the words."""

    def __init__(self, status: int, key: str, *, wait: int | None = None) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.headers = {} if wait is None else {"Retry-After": str(wait)}


class Faulty(Exception):
    """A fault of one field: a key of the words, and what is left open in it."""

    def __init__(self, field: str, key: str, **facts: Any) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.facts = facts


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a view (DRF's hook)."""
    language = known(getattr(context["view"], "language", None))
    match error:
        case Refused():
            return _sentence(error.status, error.key, language, error.headers)
        case Faulty():
            return _faults({error.field: [_text(error.field, error.key, language, error.facts)]})
        case exceptions.ValidationError():
            detail: Any = error.detail
            serializer = getattr(error, "serializer", None)
            return _faults(dict(_told(detail, serializer, language)))
    refusal = refusal_for(error, context["view"])
    if isinstance(refusal, Invalid):
        return _faults(dict(_translated(refusal, language)))
    status = STATUSES.get(refusal.status_code, refusal.status_code)
    if isinstance(error, exceptions.ParseError):
        status = 400
    return _sentence(status, SENTENCES.get(status, "failure"), language, refusal.headers)


def _told(detail: Any, serializer: Any, language: str) -> Iterator[tuple[str, list[str]]]:
    for name, problems in detail.items():
        field = serializer.fields.get(name) if serializer is not None else None
        keys = dict.fromkeys(FAULTS.get(one, one) for one in _codes(problems))
        yield name, [_text(name, key, language, _facts(field, key)) for key in keys]


def _codes(problems: Any) -> Iterator[str]:
    if isinstance(problems, Mapping):
        problems = list(problems.values())
    for one in problems:
        if isinstance(one, list | Mapping):
            yield from _codes(one)
        else:
            yield str(getattr(one, "code", "invalid"))


def _facts(field: Any, key: str) -> dict[str, Any]:
    return {"count": getattr(field, key, None)} if key in ("max_length", "min_length") else {}


def _translated(refusal: ApiError, language: str) -> Iterator[tuple[str, list[str]]]:
    for problem in refusal.errors:
        name = problem.get("source", {}).get("pointer", "").rpartition("/")[2]
        key = f"{name}_taken" if problem["meta"]["error"] == "taken" else "invalid"
        yield name, [_text(name, key, language, {})]


def _text(name: str, key: str, language: str, facts: Mapping[str, Any]) -> str:
    shown = key if key in EN else "invalid"
    return say(shown, language, name=name.replace("_", " "), **facts)


def _faults(faults: Mapping[str, list[str]]) -> Response:
    return Response({"errors": faults}, status=400)


def _sentence(status: int, key: str, language: str, headers: Mapping[str, str]) -> Response:
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    body = {"error": {"status": status, "message": say(key, language)}}
    return Response(body, status=status, headers={**challenge, **headers})


def failure(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """Answer what went wrong outside of every view."""
    language = known(request.GET.get("language"))
    message = text or say(SENTENCES.get(status, "failure"), language)
    return JsonResponse({"error": {"status": status, "message": message}}, status=status)


def not_found(request: HttpRequest, **path: str) -> HttpResponse:
    """Answer a path below this door that leads nowhere."""
    return failure(request, 404)
