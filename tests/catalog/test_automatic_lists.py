"""sku_lists that are filled by a pattern."""

import pytest

from catalog import lists
from catalog.models import Sku, SkuList, SkuListItem
from catalog.tasks import fill_lists
from tests.api import error, identifier
from tests.orders.goods import make_sku


def made(shop, pattern="^(A|B)", **attributes):
    reply = shop.integration.post(
        "sku_lists",
        attributes={"name": "Auto", "manual": False, "sku_code_regex": pattern, **attributes},
    )
    assert reply.status_code == 201, reply.content
    return reply.json()["data"]["id"]


def codes(shop, uid):
    rows = shop.integration.get(f"sku_lists/{uid}/skus").json()["data"]
    return {row["attributes"]["code"] for row in rows}


@pytest.fixture
def goods(shop, rival):
    make_sku(rival.environment, code="AX")
    return {code: make_sku(shop.environment, code=code) for code in ("A1", "B2", "C3", "ca")}


def test_it_holds_what_matches(shop, goods):
    uid = made(shop)

    assert codes(shop, uid) == {"A1", "B2"}
    items = shop.integration.get(f"sku_lists/{uid}/sku_list_items", {"include": "sku"}).json()
    assert len(items["data"]) == 2
    listed = shop.integration.get(f"skus/{goods['A1'].uid}/sku_lists").json()["data"]
    assert [one["id"] for one in listed] == [uid]


def test_it_follows_its_pattern_and_the_codes(shop, goods):
    uid = made(shop)

    shop.integration.patch("sku_lists", uid, attributes={"sku_code_regex": "^[bc]"})
    assert codes(shop, uid) == {"ca"}
    shop.integration.patch("skus", goods["A1"].uid, attributes={"code": "b1"})
    shop.integration.post("skus", attributes={"code": "c9", "name": "New"})
    assert codes(shop, uid) == {"ca", "b1", "c9"}
    shop.integration.patch("skus", goods["A1"].uid, attributes={"code": "A1"})
    assert codes(shop, uid) == {"ca", "c9"}


def test_it_becomes_manual_as_it_is(shop, goods):
    uid = made(shop)

    shop.integration.patch("sku_lists", uid, attributes={"manual": True})
    shop.integration.post("skus", attributes={"code": "A9", "name": "New"})

    assert codes(shop, uid) == {"A1", "B2"}


def test_a_list_is_manual_unless_it_says_otherwise(shop, goods):
    reply = shop.integration.post("sku_lists", attributes={"name": "Mine"})

    attributes = reply.json()["data"]["attributes"]
    assert (attributes["manual"], attributes["sku_code_regex"]) == (True, None)


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ({"sku_code_regex": None}, "blank"),
        ({"sku_code_regex": ""}, "blank"),
        ({"sku_code_regex": "("}, "invalid"),
        ({"sku_code_regex": "a{2,1}"}, "invalid"),
        ({"sku_code_regex": r"(a*)*\1"}, "invalid"),
        ({"sku_code_regex": "x" * 5001}, "too_long"),
    ],
)
def test_a_bad_pattern_is_refused(shop, attributes, rule):
    refused = error(
        shop.integration.post("sku_lists", attributes={"name": "x", "manual": False, **attributes})
    )

    assert refused["source"] == {"pointer": "/data/attributes/sku_code_regex"}
    assert refused["meta"]["error"] == rule


@pytest.mark.parametrize(
    "pattern", [r"^(a+)+$", r"^(a|aa)+$", r"(.*a){12}", r"((a{1,100}){1,100}){1,100}"]
)
def test_a_pattern_that_would_take_for_ever_does_not(shop, pattern):
    make_sku(shop.environment, code="a" * 200 + "!")

    reply = shop.integration.post(
        "sku_lists", attributes={"name": "x", "manual": False, "sku_code_regex": pattern}
    )

    assert reply.status_code in (201, 422), reply.content
    assert shop.integration.get("skus").status_code == 200


def test_one_second_is_enough_for_a_pattern(shop, monkeypatch):
    monkeypatch.setattr("catalog.matching.PATIENCE", 1)
    Sku.objects.bulk_create(
        Sku(environment=shop.environment, code=f"{'ab' * 100}{number}", name="x")
        for number in range(5000)
    )

    refused = error(
        shop.integration.post(
            "sku_lists",
            attributes={"name": "x", "manual": False, "sku_code_regex": "(a|b|ab)*(ba|b)*c$"},
        )
    )

    assert refused["meta"]["error"] == "too_slow"
    assert not SkuList.objects.exists()


def test_its_items_are_the_servers(shop, goods):
    uid = made(shop)
    item = SkuListItem.objects.filter(sku_list__uid=uid).first()

    added = shop.integration.post(
        "sku_list_items",
        relationships={
            "sku_list": {"type": "sku_lists", "id": uid},
            "sku": identifier("skus", goods["C3"]),
        },
    )
    moved = shop.integration.patch("sku_list_items", item.uid, attributes={"position": 7})

    assert error(added)["source"] == {"pointer": "/data/relationships/sku_list"}
    assert error(shop.integration.delete(f"sku_list_items/{item.uid}"))["code"] == "LOCKED"
    assert moved.status_code == 200


def test_storefronts_write_no_patterns(shop):
    for api in (shop.guest, shop.as_alice):
        refused = api.post("sku_lists", attributes={"name": "x", "sku_code_regex": "a"})
        assert error(refused)["code"] == "UNAUTHORIZED"


def test_what_was_missed_is_found_later(shop, goods):
    uid = made(shop)
    make_sku(shop.environment, code="A2")
    assert codes(shop, uid) == {"A1", "B2"}

    fill_lists()
    lists.fill_all()

    assert codes(shop, uid) == {"A1", "A2", "B2"}
