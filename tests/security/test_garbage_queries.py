"""Wrong values for every parameter of a query: refused by name."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from jsonapi import predicates, registry
from tests.security.offences import Offences, sample
from tests.security.world import TYPES, attempt, rows

QUERIES = [
    "",
    "a",
    "1",
    "-1",
    "1.5",
    "a\0b",
    "\ufeff\u202e😀é",
    "x" * 3000,
    "9" * 30,
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "NaN",
    "-inf",
    "1e400",
    "true",
    "null",
    "{}",
    '{"a":"\\u0000"}',
    '"\\ud800"',
    "[" * 5000,
    "%",
    "\\",
    "',\"",
    ",",
    "2026-02-30",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "99999-01-01",
]


def test_no_filter_takes_garbage(shop, world):
    offences = Offences()
    met = {}
    for resource_type in TYPES:
        for name, attribute in registry.schema_of(resource_type).attributes.items():
            kind = attribute.field and attribute.field.get_internal_type()
            asked = predicates.NAMES if attribute.field else predicates.NAMES[:1]
            for place, predicate in enumerate(asked):
                # Every kind of column meets every predicate, and every value.
                turn = met[kind, predicate] = met.get((kind, predicate), place % 4 - 4) + 4
                for value in QUERIES[turn : turn + 1]:
                    key = f"filter[q][{name}_{predicate}]"
                    reply = attempt(shop.integration, "GET", resource_type, query={key: value})
                    what = (resource_type, name, predicate, value[:40])
                    offences.look(what, reply, parameter=key)
    offences.tell()


def test_no_column_takes_a_value_out_of_range(shop, world):
    """Kinds of columns that are rare meet in full what has to be refused by the filter."""
    offences = Offences()
    for resource_type, name in (
        ("customers", "metadata"),
        ("orders", "expires_at"),
        ("skus", "weight"),
        ("customers", "total_orders_count"),
        ("prices", "amount_cents"),
        ("orders", "guest"),
    ):
        for place, predicate in enumerate(predicates.NAMES):
            for value in sample(QUERIES, place, 3):
                key = f"filter[q][{name}_{predicate}]"
                reply = attempt(shop.integration, "GET", resource_type, query={key: value})
                offences.look((resource_type, name, predicate, value[:40]), reply, parameter=key)
    offences.tell()


PARAMETERS = [
    *("sort", "include", "page[number]", "page[size]", "page[after]", "page[before]"),
    *("fields[unheard_of]", "fields[]", "fields", "page", "page[x]", "filter", "filter[q]"),
    *("filter[q][]", "filter[x]", "filter[q][x_eq]", "filter[q][a][b]", "x", "\0", "😀"),
]


def test_no_other_parameter_takes_garbage(shop, world):
    offences = Offences()
    for resource_type in TYPES:
        keys = [*PARAMETERS, f"fields[{resource_type}]"]
        for at, key in enumerate(keys):
            for value in sample(QUERIES, at, 4):
                reply = attempt(shop.integration, "GET", resource_type, query={key: value})
                is_fine = reply.status_code < 400
                offences.look(
                    (resource_type, key, value[:40]), reply, parameter=None if is_fine else key
                )
    offences.tell()


def test_a_cursor_is_good_for_its_own_list_only(shop, world):
    """The same sort may mean a text here and a number there."""
    offences = Offences()
    cursors = {}
    rows(shop.environment, shop.bob)
    for resource_type in TYPES:
        for name, attribute in registry.schema_of(resource_type).attributes.items():
            if attribute.field is None:
                continue
            query = {"sort": name, "page[after]": "", "page[size]": "1"}
            reply = attempt(shop.integration, "GET", resource_type, query=query)
            offences.look((resource_type, name), reply)
            if link := reply.json().get("links", {}).get("next"):
                cursors.setdefault(name, []).append(
                    parse_qs(urlsplit(link).query)["page[after]"][0]
                )
    for resource_type in TYPES:
        for name, found in cursors.items():
            for cursor in found[:3]:
                query = {"sort": name, "page[after]": cursor}
                reply = attempt(shop.integration, "GET", resource_type, query=query)
                offences.look((resource_type, name), reply)
    assert cursors
    offences.tell()
