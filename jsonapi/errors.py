"""Every refusal of the API: an exception class carries status, code and text.

The wire format is a JSON:API error object (https://jsonapi.org/format/1.1/#errors) with the
codes that Commerce Layer's clients switch on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from rest_framework import status

# A rejected value is echoed to help the developer; a long one only bloats the reply.
LONGEST_ECHO = 255


class ApiError(Exception):
    """A refusal. `errors` holds the JSON:API error objects of the reply."""

    status_code: int = status.HTTP_400_BAD_REQUEST
    code = "BAD_REQUEST"
    title = "Bad request"
    detail = "The request could not be understood."
    header: str | None = None  # the request header that is to blame

    def __init__(
        self,
        detail: str | None = None,
        *,
        parameter: str | None = None,
        pointer: str | None = None,
        header: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(self.code)
        self.headers = headers or {}
        error: dict[str, Any] = {
            "title": self.title,
            "detail": detail or self.detail,
            "code": self.code,
            "status": str(self.status_code),
        }
        if parameter is not None:
            error["source"] = {"parameter": parameter}
        elif pointer is not None:
            error["source"] = {"pointer": pointer}
        elif header or self.header:
            error["source"] = {"header": header or self.header}
        self.errors = [error]

    def moved(self, prefix: str, place: str) -> Self:
        """Return the refusal with its pointers below `prefix` put below `place`.

        Where the document that was checked is only a part of the one that was sent.
        """
        for error in self.errors:
            pointer = error.get("source", {}).get("pointer")
            if pointer is not None and f"{pointer}/".startswith(f"{prefix}/"):
                error["source"] = {"pointer": place + pointer.removeprefix(prefix)}
        return self


class BadRequest(ApiError):
    """400 with any of the documented codes, e.g. INVALID_SORT_CRITERIA."""

    def __init__(self, code: str, title: str, detail: str, **source: Any) -> None:
        self.code = code
        self.title = title
        super().__init__(detail, **source)


class NotAllowed(BadRequest):
    """400: the request names something that does not exist or cannot be written here."""

    def __init__(self, name: str, **source: Any) -> None:
        super().__init__(
            "PARAM_NOT_ALLOWED", "Param not allowed", f"{name} is not allowed.", **source
        )


class InvalidToken(ApiError):
    """401: the token is missing, malformed, expired or revoked."""

    status_code = status.HTTP_401_UNAUTHORIZED
    code = "INVALID_TOKEN"
    title = "Invalid token"
    detail = "The access token you provided is invalid."


class Denied(ApiError):
    """401: the token is good, but does not grant this."""

    status_code = status.HTTP_401_UNAUTHORIZED
    code = "UNAUTHORIZED"
    title = "Access denied"
    detail = "You are not authorized to perform this action on the requested resource."


class Forbidden(ApiError):
    """403: nobody may do this to a resource of this type."""

    status_code = status.HTTP_403_FORBIDDEN
    code = "FORBIDDEN"
    title = "Forbidden"
    detail = "The resource does not support this operation."


class NotFound(ApiError):
    """404: no such resource, or none that this caller may know about."""

    status_code = status.HTTP_404_NOT_FOUND
    code = "RECORD_NOT_FOUND"
    title = "Record not found"
    detail = "The requested resource was not found. Please double-check the resource id."


class MethodNotSupported(ApiError):
    """405: HTTP has this method, the path does not."""

    status_code = status.HTTP_405_METHOD_NOT_ALLOWED
    code = "METHOD_NOT_ALLOWED"
    title = "Method not allowed"
    detail = "The path does not support this method."


class NotAcceptable(ApiError):
    """406: the client does not take the JSON:API media type."""

    status_code = status.HTTP_406_NOT_ACCEPTABLE
    code = "NOT_ACCEPTABLE"
    title = "Not acceptable"
    detail = "Send `Accept: application/vnd.api+json`."
    header = "Accept"


class Conflict(ApiError):
    """409: the id is taken, or the type belongs to another collection."""

    status_code = status.HTTP_409_CONFLICT
    code = "CONFLICT"
    title = "Conflict"
    detail = "The resource conflicts with the collection."


class PreconditionFailed(ApiError):
    """412: the resource is not in the version that the client knows."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    code = "PRECONDITION_FAILED"
    title = "Precondition failed"
    detail = "The resource has changed; get it again."


class TooLarge(ApiError):
    """413: the body is larger than this server reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    code = "PAYLOAD_TOO_LARGE"
    title = "Payload too large"
    detail = "The request body is too large."


class UnsupportedMediaType(ApiError):
    """415: the body is not in the JSON:API media type."""

    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE
    code = "UNSUPPORTED_MEDIA_TYPE"
    title = "Unsupported media type"
    detail = "Send `Content-Type: application/vnd.api+json`."
    header = "Content-Type"


class Locked(ApiError):
    """423: the resource is still in use and cannot be deleted."""

    status_code = status.HTTP_423_LOCKED
    code = "LOCKED"
    title = "Locked resource"
    detail = "The resource is still in use."


class Throttled(ApiError):
    """429: too many requests; `Retry-After` says when to come back."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    code = "TOO_MANY_REQUESTS"
    title = "Too many requests"
    detail = "Slow down."


class InternalError(ApiError):
    """500: a defect of this server; the log knows more than the caller may."""

    status_code = status.HTTP_500_INTERNAL_SERVER_ERROR
    code = "INTERNAL_SERVER_ERROR"
    title = "Internal server error"
    detail = "Something went wrong on our side. The incident was logged."


class Invalid(ApiError):
    """422: one attribute or relationship breaks a rule.

    `error` is the rule's short name (`blank`, `taken`, ...), `title` says it in words,
    `details` are the facts of the rule: `value` the rejected value, `count` a bound.
    """

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    code = "VALIDATION_ERROR"

    def __init__(
        self,
        field: str,
        error: str,
        title: str,
        *,
        relationship: bool = False,
        **details: Any,
    ) -> None:
        super().__init__()
        member = "relationships" if relationship else "attributes"
        self.errors = [
            {
                "title": title,
                "detail": f"{field} - {title}",
                "code": self.code,
                "source": {"pointer": f"/data/{member}/{field}"},
                "status": str(self.status_code),
                "meta": {"error": error, **presentable(details)},
            }
        ]

    @classmethod
    def many(cls, problems: Iterable[Invalid]) -> Invalid:
        """Return one refusal that lists all `problems`."""
        first, *others = problems
        first.errors = [*first.errors, *(error for other in others for error in other.errors)]
        return first


def presentable(details: dict[str, Any]) -> dict[str, Any]:
    """Drop what should not be echoed: long texts and nested data."""
    return {
        name: value
        for name, value in details.items()
        if (isinstance(value, str) and len(value) <= LONGEST_ECHO)
        or (value is None or isinstance(value, int | float))
    }
