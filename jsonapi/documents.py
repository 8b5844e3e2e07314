"""Request documents: the body of a POST or PATCH, checked before anything is read from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jsonapi.errors import BadRequest, Conflict
from jsonapi.models import UID


@dataclass(frozen=True, slots=True)
class Document:
    """The resource object of a request (JSON:API 1.1, section 9.1)."""

    uid: str | None
    attributes: dict[str, Any]
    relationships: dict[str, Any]


def read(body: Any, resource_type: str, *, uid: str | None = None) -> Document:
    """Return the document of `body`, which has to be about `resource_type` and `uid`.

    Members of other names are ignored, and so are relationships without `data`: clients send
    back what they were shown. Raises BadRequest for a malformed document, Conflict for another
    type or id.
    """
    data = primary(body)
    if not isinstance(data, dict):
        raise malformed("The body needs `data`, a resource object.", "/data")
    if not isinstance(data.get("type"), str):
        raise _missing("type")
    if data["type"] != resource_type:
        raise Conflict(f"The type of this collection is {resource_type}.", pointer="/data/type")
    if not isinstance(data.get("lid", ""), str):
        raise malformed("`lid` needs to be a text.", "/data/lid")
    return Document(
        _uid(data, uid), _member(data, "attributes"), _relationships(_member(data, "relationships"))
    )


def primary(body: Any) -> Any:
    """Return `data` of a request document. Raises BadRequest where there is none."""
    if not isinstance(body, dict) or "data" not in body:
        raise malformed("The body needs to be an object with `data`.", "")
    return body["data"]


def malformed(detail: str, pointer: str) -> BadRequest:
    """Return the refusal of a document that is not built as it has to be."""
    return BadRequest("INVALID_DATA_FORMAT", "Invalid data format", detail, pointer=pointer)


def _uid(data: dict[str, Any], expected: str | None) -> str | None:
    uid = data.get("id")
    if expected is not None and uid is None:
        raise _missing("id")
    if expected is not None and uid != expected:
        raise _other_id()
    if uid is not None and not (isinstance(uid, str) and UID.match(uid)):
        raise BadRequest(
            "INVALID_RESOURCE_ID",
            "Invalid resource id",
            "An id is a text of 1 to 40 letters, digits, - and _.",
            pointer="/data/id",
        )
    return uid


def _other_id() -> Conflict:
    """JSON:API demands 409 here; the code is the one Commerce Layer answers with."""
    error = Conflict("The URL does not support the key of the document.", pointer="/data/id")
    error.errors[0] |= {"title": "Key is not included in URL", "code": "KEY_NOT_INCLUDED_IN_URL"}
    return error


def _member(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object of the resource object, without @-members (JSON:API 1.1, section 5.8.3)."""
    member = data.get(name, {})
    if not isinstance(member, dict):
        raise malformed(f"`{name}` needs to be an object.", f"/data/{name}")
    return {key: value for key, value in member.items() if not key.startswith("@")}


def _relationships(members: dict[str, Any]) -> dict[str, Any]:
    for name, member in members.items():
        if not isinstance(member, dict) or not member:
            raise malformed(f"`{name}` needs `data`.", f"/data/relationships/{name}")
    return {name: member["data"] for name, member in members.items() if "data" in member}


def _missing(name: str) -> BadRequest:
    return BadRequest(
        "PARAM_MISSING",
        "Missing Parameter",
        f"The required parameter, {name}, is missing.",
        pointer="/data",
    )
