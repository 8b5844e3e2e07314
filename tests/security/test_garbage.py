"""Wrong values for every attribute, relationship, trigger and parameter: refused in good form."""

from __future__ import annotations

import json

from jsonapi import registry, triggers
from jsonapi.identifiers import RelationshipField
from tests.api import document
from tests.security.documents import valid
from tests.security.offences import Offences, sample
from tests.security.world import TYPES, attempt, probe, target_of

DEEP = json.loads('{"a":' * 900 + "1" + "}" * 900)
LIST = json.loads("[" * 900 + "]" * 900)
# Where every attribute meets every value; elsewhere they take turns.
THOROUGH = {"customers", "tags"}
GARBAGE = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63),
    2**64 - 1,
    "",
    " ",
    "\t\n",
    "a\0b",
    "\ufeff\u202e😀é",
    "x" * 300,
    "x" * 100_000,
    "9" * 400,
    "NaN",
    "Infinity",
    "1e400",
    "true",
    "../../etc/passwd",
    "'; DROP TABLE customers; --",
    "%s%(a)s{0}",
    "a@b.c\r\nBcc: d@e.f",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-02-30",
    "http://[::1",
    [],
    [1, "a"],
    {},
    {"a": {"b": [None]}},
    {"a\0": 1},
    {"a": "b\0"},
    {"type": "customers", "id": "x"},
    DEEP,
    LIST,
]
LINKS = [
    None,
    True,
    1,
    "x",
    [],
    [None],
    [[]],
    {},
    {"type": "customers"},
    {"id": "x"},
    {"type": 1, "id": 1},
    {"type": None, "id": None},
    {"type": "unheard_of", "id": "x"},
    {"type": "x" * 10_000, "id": "x"},
    {"type": "organizations", "id": "x"},
    {"type": {"type": "customers"}, "id": []},
]
IDS = ["x", "", "a\0b", "x" * 10_000, "😀", "'", "%", "../x"]


def short(value):
    return json.dumps(value)[:80]


# What every type has, and the engine treats alike everywhere: looked at closely once.
COMMON = {"created_at", "updated_at", "reference", "reference_origin", "metadata"}


def garbage_for(resource_type, name, at):
    """Return the values to try on an attribute: a sample, all of them only where thorough."""
    if name not in writable(resource_type):
        return sample(GARBAGE, at, 20)
    if name in COMMON and resource_type != "customers":
        return sample(GARBAGE, at, 20)
    return GARBAGE if resource_type in THOROUGH else sample(GARBAGE, at, 8)


def attributes_of(resource_type):
    """Return every attribute name that a document may hold, writable or not."""
    schema = registry.schema_of(resource_type)
    return [
        name for name, field in schema.fields.items() if not isinstance(field, RelationshipField)
    ]


def writable(resource_type):
    fields = registry.schema_of(resource_type).fields
    return [name for name in attributes_of(resource_type) if not fields[name].read_only]


def may(resource_type, action):
    return action in registry.view_of(resource_type).actions_allowed


# Values that say something about other attributes: then those are pointed at.
TELLING = {
    ("addresses", "business"): ("company", "first_name", "last_name"),
    ("addresses", "country_code"): ("zip_code",),
    ("order_subscriptions", "activate_by_source_order"): ("starts_at",),
    ("coupons", "amount_off_cents"): ("percent_off",),
    ("coupons", "currency_code"): ("percent_off",),
    ("line_items", "name"): ("sku_code", "unit_amount_cents"),
}


def pointers(resource_type, name, member="attributes"):
    others = TELLING.get((resource_type, name), ())
    return tuple(f"/data/{member}/{one}" for one in (name, *others))


def test_no_attribute_takes_garbage_on_update(shop, world):
    offences = Offences()
    for resource_type in TYPES:
        if not may(resource_type, "update"):
            continue
        row = open_to_change(resource_type, world)
        path = f"{resource_type}/{row.uid}"
        for at, name in enumerate(attributes_of(resource_type)):
            for value in garbage_for(resource_type, name, at):
                body = document(resource_type, id=row.uid, attributes={name: value})
                reply, changed = probe(shop.integration, "PATCH", path, body, row=row)
                offences.look(
                    (resource_type, "update", name, short(value)),
                    reply,
                    pointers=pointers(resource_type, name),
                    changed=changed,
                )
    offences.tell()


def open_to_change(resource_type, world):
    """Return a row of the type; orders and lines of those that can still be edited."""
    return world[{"line_items": "open_line", "orders": "draft"}.get(resource_type, resource_type)]


def test_no_attribute_takes_garbage_on_create(shop, world):
    offences = Offences()
    for resource_type in TYPES:
        if not may(resource_type, "create"):
            continue
        reply = attempt(shop.integration, "POST", resource_type, valid(resource_type, world))
        assert reply.status_code == 201, (resource_type, reply.content)
        for at, name in enumerate(writable(resource_type)):
            for value in [*sample(GARBAGE, at, 6), LIST]:
                body = valid(resource_type, world)
                body["data"]["attributes"] = {**body["data"]["attributes"], name: value}
                reply = attempt(shop.integration, "POST", resource_type, body)
                offences.look(
                    (resource_type, "create", name, short(value)),
                    reply,
                    pointers=pointers(resource_type, name),
                )
    offences.tell()


def test_no_relationship_takes_garbage(shop, world):
    offences = Offences()
    for resource_type in TYPES:
        if not may(resource_type, "update"):
            continue
        row = open_to_change(resource_type, world)
        path = f"{resource_type}/{row.uid}"
        fields = registry.schema_of(resource_type).fields.items()
        names = [name for name, field in fields if isinstance(field, RelationshipField)]
        for at, name in enumerate(names):
            is_writable = not registry.schema_of(resource_type).fields[name].read_only
            some = links(target_of(resource_type, name) or "customers")
            for value in sample(some, at, 4 if is_writable else 16):
                what = (resource_type, name, short(value))
                pointer = pointers(resource_type, name, "relationships")
                body = document(resource_type, id=row.uid, relationships={name: value})
                reply, changed = probe(shop.integration, "PATCH", path, body, row=row)
                offences.look(("update", *what), reply, pointers=pointer, changed=changed)
                if is_writable and may(resource_type, "create"):
                    body = valid(resource_type, world)
                    body["data"]["relationships"][name] = {"data": value}
                    reply = attempt(shop.integration, "POST", resource_type, body)
                    offences.look(("create", *what), reply, pointers=pointer)
    offences.tell()


def links(target):
    one = [*LINKS, *({"type": target, "id": uid} for uid in IDS)]
    return [*one, *([link] for link in one if isinstance(link, dict))]


def test_no_trigger_takes_garbage(shop, world):
    offences = Offences()
    for resource_type in TYPES:
        row = open_to_change(resource_type, world)
        path = f"{resource_type}/{row.uid}"
        for at, (name, trigger) in enumerate(triggers.of(resource_type).items()):
            for value in sample(GARBAGE, at, 6):
                is_garbage = trigger.value is None and not isinstance(value, bool | None)
                body = document(resource_type, id=row.uid, attributes={name: value})
                reply, changed = probe(shop.staff, "PATCH", path, body, row=row)
                what = (resource_type, name, short(value))
                pointer = pointers(resource_type, name) if is_garbage else ()
                offences.look(what, reply, pointers=pointer, changed=changed)
                if is_garbage and reply.status_code != 422:
                    offences.append((what, reply.status_code))
    offences.tell()
