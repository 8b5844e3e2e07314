"""The audit trail as the API shows it: pages by cursor, names looked up when read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from activity.models import EventStore
from jsonapi.access import Caller
from organizations.models import User

RESOURCE_TYPE = "event_stores"
PUBLIC_KIND = "sales_channel"
PEOPLE = ("requester", "cancellation_requester")

People = Mapping[str, User]


def present(entries: Collection[EventStore], caller: Caller, base_url: str) -> list[dict[str, Any]]:
    """Return the resource objects of `entries`; one query, for everybody they name."""
    people = {user.uid: user for user in User.objects.filter(uid__in=set(_named(entries)))}
    meta = {"mode": caller.mode, "organization_id": caller.organization_id}
    return [
        {
            "id": entry.uid,
            "type": RESOURCE_TYPE,
            "links": {"self": f"{base_url}/{RESOURCE_TYPE}/{entry.uid}"},
            "attributes": _attributes(entry, people),
            "meta": meta,
        }
        for entry in entries
    ]


def _attributes(entry: EventStore, people: People) -> dict[str, Any]:
    # Offsets instead of Z and objects instead of null: only this resource does it.
    time = entry.created_at.isoformat(timespec="milliseconds")
    return {
        "resource_type": entry.resource_type,
        "resource_id": entry.resource_uid,
        "event": entry.event,
        "payload": _payload(entry.payload, people),
        "who": _who(entry.who, people),
        "created_at": time,
        "updated_at": time,
        "reference": {},
        "reference_origin": {},
        "metadata": {},
    }


def _payload(stored: Mapping[str, Any], people: People) -> dict[str, Any]:
    payload = dict(stored)
    for name, value in stored.items():
        if isinstance(value, list):
            payload[name] = {"from": value[0], "to": value[1]}
    for role in PEOPLE:
        if isinstance(stored.get(role), dict):
            payload[role] = {**stored[role], **_names(stored[role].get("hashid"), people)}
    return payload


def _who(stored: Mapping[str, Any] | None, people: People) -> dict[str, Any] | None:
    if stored is None:
        return None
    who = {actor: dict(facts) for actor, facts in stored.items()}
    if "application" in who:
        public = who["application"]["kind"] == PUBLIC_KIND
        who["application"] |= {"public": public, "confidential": not public}
    if "owner" in who:
        who["owner"] |= _names(who["owner"]["id"], people)
    return who


def _names(uid: str | None, people: People) -> dict[str, str]:
    user = people.get(uid or "")
    if user is None:
        return {}
    return {"email": user.email, "first_name": user.first_name, "last_name": user.last_name}


def _named(entries: Iterable[EventStore]) -> Iterable[str]:
    for entry in entries:
        owner = (entry.who or {}).get("owner", {})
        if owner.get("type") == "User":
            yield owner["id"]
        for role in PEOPLE:
            if isinstance(person := entry.payload.get(role), dict):
                yield person["hashid"]
