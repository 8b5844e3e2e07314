"""Operations of the Atomic extension (https://jsonapi.org/ext/atomic): what each one asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from jsonapi.documents import malformed
from jsonapi.errors import ApiError, BadRequest, Conflict, NotFound

MOST = 1_000
MEMBER = "atomic:operations"
ALONE = ("data", "included", "errors", "atomic:results")  # may not stand beside the operations
CODES = ("add", "update", "remove")
HREF = re.compile(
    r"/([a-z_]+)(?:/([A-Za-z0-9_-]{1,40})(?:/relationships/([a-z_]+))?)?\Z"
)  # a collection, a resource or a relationship, below /api


@dataclass(frozen=True, slots=True)
class Target:
    """What an operation is about: a collection, a resource, or a relationship of one."""

    type: str
    uid: str | None = None
    relationship: str | None = None


class Lids:
    """The ids that resources got whose documents had a local one: unique for each type."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}

    def assign(self, resource_type: str, lid: str, uid: str) -> None:
        """Remember the id of a new resource."""
        self.known[resource_type, lid] = uid

    def check_new(self, data: Any) -> None:
        """Raise BadRequest for a local id that is taken, or is none."""
        if not isinstance(data, dict) or "lid" not in data:
            return
        if not isinstance(data["lid"], str):
            raise malformed("`lid` needs to be a text.", "/data/lid")
        if (data.get("type"), data["lid"]) in self.known:
            raise malformed("The `lid` is that of another resource.", "/data/lid")

    def identify(self, one: Any, pointer: str) -> Any:
        """Return an identifier with the id that its local one stands for."""
        if not isinstance(one, dict) or "lid" not in one:
            return one
        uid = None
        if isinstance(one["lid"], str) and isinstance(one.get("type"), str):
            uid = self.known.get((one["type"], one["lid"]))
        if uid is None or "id" in one:
            raise malformed("No earlier operation made a resource with this `lid`.", pointer)
        return {**{name: value for name, value in one.items() if name != "lid"}, "id": uid}

    def linkage(self, data: Any, pointer: str) -> Any:
        """Return linkage with ids only."""
        if isinstance(data, list):
            return [self.identify(one, f"{pointer}/{at}") for at, one in enumerate(data)]
        return self.identify(data, pointer)

    def resource(self, data: Any) -> Any:
        """Return a resource object whose relationships have ids only."""
        if not isinstance(data, dict) or not isinstance(data.get("relationships"), dict):
            return data
        relationships = {
            name: {**one, "data": self.linkage(one["data"], f"/data/relationships/{name}/data")}
            if isinstance(one, dict) and "data" in one
            else one
            for name, one in data["relationships"].items()
        }
        return {**data, "relationships": relationships}


def read(body: Any) -> list[Any]:
    """Return the operations of a request document. Raises BadRequest."""
    if not isinstance(body, dict) or MEMBER not in body:
        raise malformed(f"The body needs `{MEMBER}`.", "")
    for name in ALONE:
        if name in body:
            raise malformed(f"`{name}` may not stand beside `{MEMBER}`.", f"/{name}")
    operations = body[MEMBER]
    if not isinstance(operations, list) or not operations:
        raise malformed(f"`{MEMBER}` needs to be a list of operations.", f"/{MEMBER}")
    if len(operations) > MOST:
        raise BadRequest(
            "TOO_MANY_OPERATIONS",
            "Too many operations",
            f"A request has at most {MOST} operations.",
            pointer=f"/{MEMBER}",
        )
    return operations


def code_of(operation: Any) -> str:
    """Return what an operation does: add, update or remove. Raises BadRequest."""
    if not isinstance(operation, dict):
        raise malformed("An operation needs to be an object.", "")
    code = operation.get("op")
    if not isinstance(code, str) or code not in CODES:
        pointer = "/op" if "op" in operation else ""
        raise malformed("`op` needs to be one of add, update, remove.", pointer)
    return code


def target_of(operation: dict[str, Any], lids: Lids, base_url: str) -> Target:
    """Return what an operation is about. Raises BadRequest, NotFound or Conflict."""
    if "ref" in operation and "href" in operation:
        raise malformed("An operation has `ref` or `href`, not both.", "/href")
    if "href" in operation:
        return _from_href(operation["href"], base_url)
    data = operation.get("data")
    if "ref" in operation:
        target = _from_ref(operation["ref"], lids)
        if operation["op"] == "add" and target.relationship is None:
            return _collection(target, data)
        return target
    if operation["op"] == "remove":
        raise malformed("What is removed needs `ref` or `href`.", "")
    return _from_data(operation["op"], data, lids)


def _from_ref(ref: Any, lids: Lids) -> Target:
    if not isinstance(ref, dict) or not isinstance(ref.get("type"), str):
        raise malformed("`ref` needs to be an object with `type`.", "/ref")
    identity = [ref[name] for name in ("id", "lid") if name in ref]
    if len(identity) != 1 or not isinstance(identity[0], str):
        raise malformed("`ref` needs either `id` or `lid`, a text.", "/ref")
    relationship = ref.get("relationship")
    if "relationship" in ref and not isinstance(relationship, str):
        raise malformed("`relationship` needs to be a text.", "/ref/relationship")
    return Target(ref["type"], lids.identify(ref, "/ref")["id"], relationship)


def _collection(target: Target, data: Any) -> Target:
    """Return where something is added whose `ref` has to be its own identity."""
    if not isinstance(data, dict) or (data.get("type"), data.get("id")) != (
        target.type,
        target.uid,
    ):
        raise Conflict("`ref` of what is added is not its identity.", pointer="/ref")
    return Target(target.type)


def _from_href(href: Any, base_url: str) -> Target:
    """Only addresses below our own /api, absolute or from there, are those of resources."""
    if not isinstance(href, str):
        raise malformed("`href` needs to be a text.", "/href")
    found = HREF.match(href.removeprefix(base_url).removeprefix("/api"))
    if found is None:
        raise NotFound("`href` does not lead to a resource here.", pointer="/href")
    return Target(*found.groups())


def _from_data(code: str, data: Any, lids: Lids) -> Target:
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        raise malformed("An operation needs a target, or `data` with a `type`.", "")
    if code == "add":
        return Target(data["type"])
    uid = lids.identify(data, "/data").get("id")
    if not isinstance(uid, str):
        raise malformed("What is updated needs an `id`.", "/data")
    return Target(data["type"], uid)


def placed(refusal: ApiError, place: str) -> ApiError:
    """Return the refusal of an operation, pointing into the document that it is a part of."""
    for one in refusal.errors:
        one.setdefault("source", {"pointer": ""})
    return refusal.moved("", place)
