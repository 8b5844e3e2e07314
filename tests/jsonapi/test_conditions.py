"""ETag, If-None-Match and If-Match."""

import pytest

from jsonapi import registry
from tests.api import document, error, identifier
from tests.factories import make_group
from tests.orders.goods import make_market, make_order


@pytest.fixture
def path(shop):
    return f"customers/{shop.alice.uid}"


def tag(reply):
    assert reply.status_code == 200, reply.content
    return reply["ETag"]


def patch(shop, **headers):
    body = document("customers", id=shop.alice.uid, attributes={"reference": "changed"})
    return shop.integration.request("PATCH", f"customers/{shop.alice.uid}", body, **headers)


def test_a_resource_has_a_strong_tag_that_stays_while_it_does(shop, path):
    first, second = (tag(shop.integration.get(path)) for _ in range(2))

    assert first == second
    assert first.startswith('"')


def test_every_change_of_the_row_changes_it(shop, path):
    before = tag(shop.integration.get(path))

    type(shop.alice).objects.filter(pk=shop.alice.pk).update(reference="x")

    assert tag(shop.integration.get(path)) != before


def test_who_has_it_already_gets_no_body(shop, path):
    known = tag(shop.integration.get(path))

    for header in (known, f'"other", W/{known}', "*"):
        reply = shop.integration.get(path, **{"If-None-Match": header})
        assert (reply.status_code, reply.content) == (304, b"")
        assert reply["ETag"] == known
        assert "accept" in reply["Vary"].lower()


def test_who_has_an_old_one_gets_the_new_one(shop, path):
    known = tag(shop.integration.get(path))
    patch(shop)

    reply = shop.integration.get(path, **{"If-None-Match": known})

    assert reply.json()["data"]["attributes"]["reference"] == "changed"


def test_included_resources_and_fields_are_part_of_it(shop, path):
    group = make_group(shop.environment)
    shop.alice.customer_group = group
    shop.alice.save()
    included = {"include": "customer_group"}
    known = tag(shop.integration.get(path, included))
    group.name = "Another name"
    group.save()

    reply = shop.integration.get(path, included, **{"If-None-Match": known})
    sparse = shop.integration.get(path, {"fields[customers]": "email"})

    assert reply.status_code == 200
    assert len({known, tag(reply), tag(sparse), tag(shop.integration.get(path))}) == 4


def test_a_related_resource_has_one_too(shop):
    order = make_order(make_market(shop.environment), shop.alice)
    path = f"orders/{order.uid}/customer"
    known = tag(shop.integration.get(path))

    assert shop.integration.get(path, **{"If-None-Match": known}).status_code == 304


def test_the_callers_own_resources_have_one(shop):
    for path in ("organization", "application"):
        known = tag(shop.integration.get(path))
        assert shop.integration.get(path, **{"If-None-Match": known}).status_code == 304


def test_a_change_of_the_version_that_is_known_succeeds(shop, path):
    for query in ({}, {"fields[customers]": "email"}, {"include": "orders"}):
        known = tag(shop.integration.get(path, query))
        assert patch(shop, **{"If-Match": known}).status_code == 200
    assert patch(shop, **{"If-Match": "*"}).status_code == 200


def test_the_reply_to_a_change_has_the_tag_of_what_is_read_next(shop, path):
    assert tag(patch(shop)) == tag(shop.integration.get(path))


@pytest.mark.parametrize("weak", ["", "W/"])
def test_a_change_of_another_version_is_refused(shop, path, weak):
    known = tag(shop.integration.get(path))
    if not weak:
        patch(shop)

    refused = error(patch(shop, **{"If-Match": weak + known}))

    assert (refused["status"], refused["code"]) == ("412", "PRECONDITION_FAILED")
    assert refused["source"] == {"header": "If-Match"}


@pytest.mark.parametrize("header", ['"nonsense"', "nonsense", "", '"'])
def test_what_is_no_tag_matches_nothing(shop, path, header):
    assert patch(shop, **{"If-Match": header}).status_code == 412


def test_deleting_and_linking_ask_too(shop, path):
    known = tag(shop.integration.get(path))
    patch(shop)
    group = {"data": identifier("customer_groups", make_group(shop.environment))}
    headers = {"If-Match": known}

    linked = shop.integration.request(
        "PATCH", f"{path}/relationships/customer_group", group, **headers
    )
    deleted = shop.integration.request("DELETE", path, **headers)

    assert (linked.status_code, deleted.status_code) == (412, 412)
    shop.alice.refresh_from_db()
    assert shop.alice.customer_group is None


def test_if_none_match_of_a_change_is_the_opposite(shop, path):
    known = tag(shop.integration.get(path))

    assert patch(shop, **{"If-None-Match": known}).status_code == 412
    assert patch(shop, **{"If-None-Match": "*"}).status_code == 412
    assert patch(shop, **{"If-None-Match": '"other"'}).status_code == 200


def test_a_stranger_learns_no_version(shop, rival, path):
    known = tag(shop.integration.get(path))

    for header in ("If-None-Match", "If-Match"):
        assert rival.integration.get(path, **{header: known}).status_code == 404


def test_every_type_can_be_asked(shop):
    for resource_type in registry.types():
        view = registry.view_of(resource_type)
        path = view.singleton or f"{resource_type}/unknown"
        expected = 200 if view.singleton else 404
        assert shop.integration.get(path).status_code == expected
