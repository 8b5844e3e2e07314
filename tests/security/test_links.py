"""Filters, relationship writes and rows that point over a wall: none of them is a way across."""

from __future__ import annotations

import pytest

from jsonapi import registry
from jsonapi.models import new_uid
from jsonapi.relationships import ToOne
from tests import factories
from tests.api import document
from tests.security.documents import valid
from tests.security.world import (
    TYPES,
    attempt,
    mark,
    relations,
    rows,
    target_of,
    writable_relations,
)

CANARY = "canary7Q"
BOBS = "secret4B"
# What everybody may see.
PUBLIC = {
    *("bundles", "markets", "payment_methods", "prices", "shipping_methods"),
    *("skus", "stores", "stock_locations"),
}


@pytest.fixture
def hidden(shop, rival, mine):
    """What Alice's storefront must not find, by type: of a rival, of production, of Bob."""
    live = factories.environment_of(shop.organization, "live")
    worlds = [
        rows(rival.environment, rival.alice, CANARY),
        rows(live, factories.make_customer(live), CANARY),
    ]
    bobs = rows(shop.environment, shop.bob)
    bobs = {name: row for name, row in bobs.items() if name not in PUBLIC}
    for row in bobs.values():
        mark(row, BOBS)
    return {"trusted": worlds, "public": [*worlds, bobs]}


def questions(resource_type, uids, canary):
    """Yield every filter that would find a hidden row, directly or through relationships."""
    ids = ",".join(uids[resource_type])
    yield {"filter[q][id_in]": ids}
    yield {"filter[ids]": ids}
    yield {"filter[q][reference_cont]": canary}
    yield {"filter[q][metadata_jcont]": f'{{"note":"{canary}"}}'}
    for name in relations(resource_type):
        target = target_of(resource_type, name)
        if target is None:
            continue
        yield {f"filter[q][{name}_reference_eq]": canary}
        yield {f"filter[q][{name}_id_in]": ",".join(uids.get(target, ["x"]))}
        for more in relations(target):
            if target_of(target, more):
                yield {f"filter[q][{name}_{more}_reference_eq]": canary}


@pytest.mark.parametrize("who", ["trusted", "public"])
def test_no_filter_finds_what_is_hidden(shop, hidden, who):
    callers = [shop.integration] if who == "trusted" else [shop.as_alice, shop.guest]
    uids = {name: [world[name].uid for world in hidden[who] if name in world] for name in TYPES}
    for api in callers:
        for resource_type in TYPES:
            asked = [
                query
                for canary in (CANARY, BOBS)[: len(hidden[who]) - 1]
                for query in questions(resource_type, uids, canary)
            ]
            for query in asked:
                reply = attempt(api, "GET", resource_type, query=query)
                assert reply.status_code in (200, 400, 401), (resource_type, query, reply.content)
                if reply.status_code == 200:
                    assert reply.json()["data"] == [], (resource_type, query)


@pytest.mark.parametrize("who", ["trusted", "public"])
def test_nothing_can_be_linked_over_a_wall(shop, world, hidden, who):
    """On create and on update, the answer is the one for an id that nobody has."""
    api = shop.integration if who == "trusted" else shop.as_alice
    for resource_type in TYPES:
        for name, field in writable_relations(resource_type).items():
            many = field.__class__.__name__ == "ToManyField"
            target = target_of(resource_type, name) or "customers"
            for method, path, base in writes(resource_type, world):
                unknown = new_uid()
                answers = set()
                for uid in (unknown, *(one[target].uid for one in hidden[who] if target in one)):
                    link = {"type": target, "id": uid}
                    body = {"data": {**base["data"]}}
                    body["data"]["relationships"] = {
                        **body["data"]["relationships"],
                        name: {"data": [link] if many else link},
                    }
                    reply = attempt(api, method, path, body)
                    assert reply.status_code in (400, 401, 403, 404, 422), (
                        resource_type,
                        name,
                        method,
                        reply.status_code,
                        reply.content,
                    )
                    answers.add((reply.status_code, reply.content.replace(uid.encode(), b"")))
                assert len(answers) == 1, (resource_type, name, method, answers)


def writes(resource_type, world):
    """Yield an update, and a create where that is possible."""
    uid = world[resource_type].uid
    yield "PATCH", f"{resource_type}/{uid}", document(resource_type, id=uid)
    if "create" in registry.view_of(resource_type).actions_allowed:
        yield "POST", resource_type, valid(resource_type, world)


def test_a_row_that_points_over_a_wall_shows_nothing_of_what_is_there(shop, mine, hidden):
    """Whatever wrote it: each relationship is asked again what the caller may see."""
    for resource_type, row in mine.items():
        for name, relation in registry.schema_of(resource_type).relationships.items():
            target = target_of(resource_type, name)
            # What a detour leads to, another row's own key does.
            if type(relation) is not ToOne or target is None or resource_type == "prices":
                continue
            for world in hidden["trusted"]:
                there = world[target]
                if resource_type == "bundles" and target == "sku_lists":  # which are nobody's
                    type(there).objects.filter(pk=there.pk).update(customer=None)
                if resource_type == "stock_locations":  # whose addresses are places
                    type(there).objects.filter(pk=there.pk).update(of_place=True, customer=None)
                if relation.field.unique:  # whose it was lets go of it
                    holders = type(row).objects.filter(**{relation.column: there.pk})
                    holders.update(**{relation.column: None})
                type(row).objects.filter(pk=row.pk).update(**{relation.column: there.pk})
                own = f"{resource_type}/{row.uid}"
                for path, query in (
                    (own, {"include": name, f"fields[{resource_type}]": name}),
                    (f"{own}/{name}", None),
                    (f"{own}/relationships/{name}", None),
                    (resource_type, {"include": name, f"fields[{resource_type}]": name}),
                ):
                    reply = attempt(shop.integration, "GET", path, query=query)
                    text = reply.content.decode()
                    assert reply.status_code == 200, (path, query, text)
                    assert not any(one in text for one in (there.uid, CANARY)), (path, query, text)
                type(row).objects.filter(pk=row.pk).update(
                    **{relation.column: getattr(row, relation.column)}
                )


def test_ids_are_taken_per_environment(shop, rival, world):
    """An id of another tenant is free: that it is refused would tell that it exists."""
    theirs = rows(rival.environment, rival.alice)
    for resource_type in TYPES:
        if "create" in registry.view_of(resource_type).actions_allowed:
            body = valid(resource_type, world)
            body["data"]["id"] = theirs[resource_type].uid
            reply = attempt(shop.integration, "POST", resource_type, body)
            assert reply.status_code == 201, (resource_type, reply.content)
            body["data"]["id"] = world[resource_type].uid
            reply = attempt(shop.integration, "POST", resource_type, body)
            assert reply.status_code == 409, (resource_type, reply.content)


def test_storefronts_cannot_walk_from_what_is_public_to_what_is_private(shop, mine):
    """A wish list of nobody is shown to whoever knows its id; SKUs do not tell who that is."""
    type(mine["sku_lists"]).objects.filter(pk=mine["sku_lists"].pk).update(customer=None)
    hidden = (mine["sku_lists"].uid, mine["sku_list_items"].uid)
    sku = f"skus/{mine['skus'].uid}"
    paths = [
        (path, {"include": name})
        for path in ("skus", sku)
        for name in ("sku_lists", "sku_list_items", "sku_list_items.sku_list")
    ]
    for name in ("sku_lists", "sku_list_items", "events", "tags", "attachments"):
        paths += [(f"{sku}/{name}", None), (f"{sku}/relationships/{name}", None)]
    paths += [
        ("skus", {f"filter[q][{name}_id_eq]": uid})
        for name, uid in zip(("sku_lists", "sku_list_items"), hidden, strict=True)
    ]
    for api in (shop.guest, shop.as_bob):
        for path, query in paths:
            reply = attempt(api, "GET", path, query=query)
            assert reply.status_code in (400, 401), (path, query, reply.content)
