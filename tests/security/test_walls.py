"""Every type, every caller, every operation: what is behind a wall does not exist."""

from __future__ import annotations

import pytest

from jsonapi import registry, triggers
from jsonapi.models import new_uid
from tests import factories
from tests.api import Api, document
from tests.security.world import (
    attempt,
    mark,
    relations,
    rows,
    target_of,
)

CANARY = "canary7Q"
BOBS = "secret4B"
# What a storefront may do with whoever's row it knows the id of, as the API is documented.
BY_ID = {
    *("customer_subscriptions", "orders", "line_items"),
    *("returns", "return_line_items", "shipments"),
}
# What belongs to the shop: there is nobody else's of it.
SHARED = {
    "attachments",
    "bundles",
    "cleanups",
    "coupons",
    "customer_groups",
    "events",
    "exports",
    "imports",
    "markets",
    "payment_methods",
    "plans",
    "price_lists",
    "prices",
    "segments",
    "shipping_methods",
    "skus",
    "stock_locations",
    "stores",
    "tags",
}
# What everybody may list.
PUBLIC = {"bundles", "payment_methods", "prices", "shipping_methods", "skus"}
TRUSTED = {"integration", "staff"}


@pytest.fixture
def callers(shop, mine):
    return {
        "nobody": Api(),
        "forger": Api("a.b.c"),
        "guest": shop.guest,
        "alice": shop.as_alice,
        "integration": shop.integration,
        "staff": shop.staff,
    }


def requests(resource_type, uid):
    """Yield every request about one row: what it stands for, method, path and body."""
    path = f"{resource_type}/{uid}"
    yield "read", "GET", path, None
    yield "trail", "GET", f"{path}/event_stores", None
    for name in relations(resource_type):
        yield "related", "GET", f"{path}/{name}", None
        yield "linkage", "GET", f"{path}/relationships/{name}", None
    attributes = [{}, {"reference": "mine now"}, {"unheard_of": 1}, {"created_at": "x"}]
    attributes += [{name: True} for name in triggers.of(resource_type)]
    for some in attributes:
        yield str(some), "PATCH", path, document(resource_type, id=uid, attributes=some)
    yield "delete", "DELETE", path, None


def check_wall(callers, *worlds):
    """Assert that every row of the worlds looks to each caller like an id nobody ever had."""
    for resource_type in worlds[0]:
        unknown = new_uid()
        expected = {}
        for name, api in callers.items():
            for kind, method, path, body in requests(resource_type, unknown):
                if (name, kind) not in expected:
                    reply = attempt(api, method, path, body)
                    assert reply.status_code in (400, 401, 403, 404), (name, method, path, body)
                    expected[name, kind] = reply.status_code, reply.content
            for row in (world[resource_type] for world in worlds):
                for kind, method, path, body in requests(resource_type, row.uid):
                    reply = attempt(api, method, path, body)
                    seen = (
                        reply.status_code,
                        reply.content.replace(row.uid.encode(), unknown.encode()),
                    )
                    assert seen == expected[name, kind], (name, method, path, body)


def test_other_organizations_and_environments_do_not_exist(shop, rival, callers):
    live = factories.environment_of(shop.organization, "live")
    theirs = rows(rival.environment, rival.alice, CANARY)
    production = rows(live, factories.make_customer(live), CANARY)

    del callers["forger"], callers["integration"]  # may not do more than nobody and staff
    check_wall(callers, theirs, production)

    # A trusted caller that may do everything is told 404, nothing else.
    for resource_type, row in theirs.items():
        assert attempt(shop.integration, "GET", f"{resource_type}/{row.uid}").status_code == 404


def test_another_customer_does_not_exist(shop, mine):
    theirs = rows(shop.environment, shop.bob, CANARY)
    personal = {name: row for name, row in theirs.items() if name not in SHARED}

    check_wall({"alice": shop.as_alice}, personal)
    check_wall(
        {"guest": shop.guest}, {name: row for name, row in personal.items() if name not in BY_ID}
    )


def test_nothing_leads_over_a_wall(shop, rival, mine, callers):
    """Lists, related resources, linkage and includes, two steps deep, of one's own rows."""
    live = factories.environment_of(shop.organization, "live")
    far = [*rows(rival.environment, rival.alice, CANARY).values()]
    far += rows(live, factories.make_customer(live), CANARY).values()
    near = rows(shop.environment, shop.bob)
    near = [row for name, row in near.items() if name not in PUBLIC]
    for row in near:
        mark(row, BOBS)
    for name, api in callers.items():
        hidden = [CANARY, *(row.uid for row in far)]
        if name not in TRUSTED:
            hidden += [BOBS, *(row.uid for row in near)]
        for path, query in readings(mine):
            reply = attempt(api, "GET", path, query=query)
            text = reply.content.decode()
            assert reply.status_code in (200, 400, 401, 403, 404), (name, path, query, text)
            found = [one for one in hidden if one in text]
            assert not found, (name, path, query, text[:3000])


def readings(mine):
    """Yield every list and, of every own row, every path and include."""
    for resource_type in registry.types():
        collection = registry.view_of(resource_type).singleton or resource_type
        yield collection, None
        for name in relations(resource_type):
            yield collection, {"include": name}
    for resource_type, row in mine.items():
        own = f"{resource_type}/{row.uid}"
        yield own, None
        for name in relations(resource_type):
            yield f"{own}/{name}", None
            yield f"{own}/relationships/{name}", None
        for path in includes(resource_type):
            yield own, {"include": path}


def includes(resource_type):
    """Yield the include paths of a type, one and two steps long."""
    for name in relations(resource_type):
        if target := target_of(resource_type, name):
            yield name
            yield from (f"{name}.{more}" for more in relations(target) if target_of(target, more))
