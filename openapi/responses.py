"""What is answered: documents, and refusals in the format of the door."""

from __future__ import annotations

from collections.abc import Iterable

from jsonapi import errors
from jsonapi.negotiation import MEDIA_TYPE
from openapi.schemas import ref
from openapi.values import Json

REFUSALS: dict[str, type[errors.ApiError]] = {
    "400": errors.ApiError,
    "401": errors.Denied,
    "403": errors.Forbidden,
    "404": errors.NotFound,
    "405": errors.MethodNotSupported,
    "406": errors.NotAcceptable,
    "409": errors.Conflict,
    "412": errors.PreconditionFailed,
    "413": errors.TooLarge,
    "415": errors.UnsupportedMediaType,
    "422": errors.Invalid,
    "423": errors.Locked,
}
READING = ("400", "401", "404", "406")
UNCHANGED: Json = {"304": {"description": "`If-None-Match` names what it still is."}}
WRITING = (*READING, "403", "409", "413", "415", "422")


def components() -> Json:
    """Return every refusal of /api, by its status."""
    return {
        status: {
            "description": (refusal.__doc__ or "").strip(),
            "content": {MEDIA_TYPE: {"schema": ref("Errors")}},
        }
        for status, refusal in REFUSALS.items()
    }


def refusals(statuses: Iterable[str]) -> Json:
    """Return references to some refusals."""
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def shown(name: str, description: str) -> Json:
    """Return a reply with a document that is a schema among the components."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": ref(name)}}}


def body(name: str) -> Json:
    """Return a request body that is a schema among the components."""
    return {"required": True, "content": {MEDIA_TYPE: {"schema": ref(name)}}}
