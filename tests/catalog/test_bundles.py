"""Bundles: what is sold together, for a price of its own."""

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Bundle, SkuList, SkuListItem
from tests.api import error
from tests.orders.goods import (
    attributes,
    linked,
    make_bundle,
    make_market,
    make_price,
    make_price_list,
    make_private_market,
    make_sku,
    shopping_in,
    trigger,
)


@pytest.fixture
def mug(shop):
    return make_sku(shop.environment, code="MUG", price=1250)


@pytest.fixture
def tea(shop):
    return make_sku(shop.environment, code="TEA", price=800)


@pytest.fixture
def gift(shop, mug, tea):
    """A list of one mug and two teas."""
    sku_list = SkuList.objects.create(environment=shop.environment, name="Gift")
    for sku, quantity in ((mug, 1), (tea, 2)):
        SkuListItem.objects.create(
            environment=shop.environment, sku_list=sku_list, sku=sku, quantity=quantity
        )
    return sku_list


def create(shop, sku_list, market=None, **given):
    relationships = {"sku_list": linked("sku_lists", sku_list)}
    if market is not None:
        relationships["market"] = linked("markets", market)
    values = {"code": "GIFT", "name": "Gift", **given}
    return shop.integration.post("bundles", attributes=values, relationships=relationships)


def test_a_bundle_has_what_the_contract_says(shop, gift):
    reply = create(shop, gift, currency_code="EUR", price_amount_cents=2000)

    shown = attributes(reply)
    for name in ("created_at", "updated_at"):
        shown.pop(name)
    assert shown == {
        "code": "GIFT",
        "name": "Gift",
        "currency_code": "EUR",
        "description": None,
        "image_url": None,
        "do_not_ship": False,
        "do_not_track": False,
        "skus_count": 3,
        "price_amount_cents": 2000,
        "price_amount_float": 20.0,
        "formatted_price_amount": "€20,00",
        "compare_at_amount_cents": None,
        "compare_at_amount_float": None,
        "formatted_compare_at_amount": None,
        "reference": None,
        "reference_origin": None,
        "metadata": {},
    }
    assert set(reply.json()["data"]["relationships"]) == {
        "market",
        "sku_list",
        "skus",
        "attachments",
        "events",
        "tags",
    }
    taken = create(shop, gift, currency_code="EUR")
    assert error(taken)["detail"] == "code - has already been taken"


def test_its_skus_are_those_of_its_list(shop, gift, mug, tea):
    bundle = create(shop, gift, currency_code="EUR").json()["data"]["id"]
    make_sku(shop.environment, code="HAT")
    wanted = [mug.uid, tea.uid]

    related = shop.integration.get(f"bundles/{bundle}/skus").json()["data"]
    included = shop.integration.get("bundles", {"include": "skus.prices,sku_list"}).json()
    found = shop.integration.get("bundles", {"filter[q][skus_code_eq]": "TEA"}).json()["data"]
    not_found = shop.integration.get("bundles", {"filter[q][skus_code_eq]": "HAT"}).json()["data"]
    back = shop.integration.get(f"sku_lists/{gift.uid}/bundles").json()["data"]

    assert [row["id"] for row in related] == wanted
    linkage = included["data"][0]["relationships"]["skus"]["data"]
    assert [row["id"] for row in linkage] == wanted
    assert {row["type"] for row in included["included"]} == {"skus", "prices", "sku_lists"}
    assert [row["id"] for row in found] == [bundle] == [row["id"] for row in back]
    assert not_found == []
    read_only = shop.integration.request(
        "PATCH", f"bundles/{bundle}/relationships/skus", {"data": []}
    )
    assert read_only.status_code == 403


def test_what_it_contains_says_whether_it_is_shipped(shop, gift, mug, tea):
    create(shop, gift, currency_code="EUR")
    for sku, expected in ((mug, False), (tea, True)):
        sku.do_not_ship = True
        sku.save()
        (row,) = shop.integration.get("bundles").json()["data"]
        assert row["attributes"]["do_not_ship"] is expected


def test_the_sum_of_its_skus_is_computed(shop, gift, mug):
    market = make_market(shop.environment, price_list=make_price_list(shop.environment))
    make_price(mug, 1000, price_list=market.price_list, compare_at_amount_cents=1250)

    shown = attributes(
        create(shop, gift, market, _compute_price_amount=True, _compute_compare_at_amount=True)
    )

    assert shown["currency_code"] == "EUR"
    assert shown["price_amount_cents"] == 1000 + 2 * 800
    assert shown["compare_at_amount_cents"] == 1250 + 2 * 800
    bundle = Bundle.objects.get()
    make_price(mug, 500, price_list=market.price_list, market=market)
    again = trigger(shop.integration, bundle, "_compute_price_amount", resource_type="bundles")
    assert attributes(again)["price_amount_cents"] == 500 + 2 * 800


def test_no_sum_is_made_of_what_has_no_price(shop, gift):
    make = make_sku(shop.environment, code="HAT", price=None)
    SkuListItem.objects.create(environment=shop.environment, sku_list=gift, sku=make)

    refused = create(shop, gift, currency_code="EUR", _compute_price_amount=True)

    assert error(refused)["detail"] == "sku_list - has SKUs without a price: HAT"
    assert not Bundle.objects.exists()
    empty = SkuList.objects.create(environment=shop.environment, name="Empty")
    refused = create(shop, empty, currency_code="EUR", _compute_price_amount=True)
    assert error(refused)["detail"] == "sku_list - has no SKUs"


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"name": None, "currency_code": "EUR"}, "name - can't be blank"),
        ({}, "currency_code - can't be blank"),
        ({"currency_code": "ABC"}, "currency_code - is not a currency"),
        (
            {"currency_code": "EUR", "price_amount_cents": -1},
            "price_amount_cents - must be greater than or equal to 0",
        ),
    ],
)
def test_it_rejects_what_is_no_bundle(shop, gift, given, detail):
    assert error(create(shop, gift, **given))["detail"] == detail


def test_it_is_in_the_currency_of_its_market(shop, gift):
    market = make_market(shop.environment, currency_code="USD")

    refused = create(shop, gift, market, currency_code="EUR")

    assert error(refused)["detail"] == "currency_code - is not the currency of the market"


def test_it_is_made_of_a_list_that_is_nobodys(shop, gift):
    wishes = SkuList.objects.create(
        environment=shop.environment, name="Wishes", customer=shop.alice
    )
    refused = create(shop, wishes, currency_code="EUR")
    assert error(refused)["detail"] == "sku_list - belongs to a customer"

    create(shop, gift, currency_code="EUR")
    to_alice = {"customer": linked("customers", shop.alice)}
    refused = shop.integration.patch("sku_lists", gift.uid, relationships=to_alice)
    assert error(refused)["detail"] == "customer - can't be set: bundles are made of the list"
    with pytest.raises(IntegrityError, match="list_that_is_shared"), transaction.atomic():
        SkuList.objects.filter(pk=gift.pk).update(customer=shop.alice)


def test_a_list_with_bundles_is_not_deleted(shop, gift):
    create(shop, gift, currency_code="EUR")
    assert shop.integration.delete(f"sku_lists/{gift.uid}").status_code == 423
    Bundle.objects.all().delete()
    assert shop.integration.delete(f"sku_lists/{gift.uid}").status_code == 204


def test_a_storefront_sees_what_is_sold_in_its_market(shop, mug):
    market = make_market(shop.environment)
    seen = [
        make_bundle(shop.environment, mug),
        make_bundle(shop.environment, mug, market=market),
    ]
    hidden = [
        make_bundle(shop.environment, mug, price=None),
        make_bundle(shop.environment, mug, currency_code="USD"),
        make_bundle(shop.environment, mug, market=make_market(shop.environment)),
        make_bundle(shop.environment, mug, market=make_private_market(shop.environment)),
    ]
    guest = shopping_in(shop, market)

    listed = guest.get("bundles", {"include": "skus"}).json()

    assert [row["id"] for row in listed["data"]] == [one.uid for one in seen]
    assert [row["id"] for row in listed["included"]] == [mug.uid]
    for one in hidden:
        assert guest.get(f"bundles/{one.uid}").status_code == 404
    assert shop.integration.get("bundles").json()["meta"]["record_count"] == 6
    assert guest.post("bundles", attributes={"code": "X", "name": "X"}).status_code == 401


def test_a_bundle_is_tagged_and_tells_of_it(shop, gift):
    uid = create(shop, gift, currency_code="EUR").json()["data"]["id"]
    shop.integration.post("tags", attributes={"name": "new"})

    shop.integration.patch("bundles", uid, attributes={"_add_tags": "new"})

    events = shop.integration.get(f"bundles/{uid}/events").json()["data"]
    names = [event["attributes"]["name"] for event in events]
    assert names == ["bundles.create", "bundles.tagged"]
    history = shop.integration.get(f"bundles/{uid}/event_stores").json()["data"]
    assert [entry["attributes"]["event"] for entry in history] == ["update", "create"]
