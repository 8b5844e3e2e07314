"""What is sold, for how much, and lists of it."""

import pytest

from catalog.models import Price, SkuList
from tests.api import error
from tests.factories import make_customer
from tests.orders.goods import (
    attributes,
    linked,
    make_market,
    make_private_market,
    make_sku,
    shopping_in,
)


@pytest.fixture
def market(shop):
    return make_market(shop.environment)


def codes(reply):
    assert reply.status_code == 200, reply.content
    return [row["attributes"]["code"] for row in reply.json()["data"]]


def test_a_sku_has_what_the_contract_says(shop):
    shown = attributes(shop.integration.post("skus", attributes={"code": "MUG", "name": "A mug"}))

    assert shown["code"] == "MUG"
    assert shown["do_not_ship"] is False
    assert shown["pieces_per_pack"] is None
    refused = shop.integration.post("skus", attributes={"code": "MUG", "name": "Another"})
    assert error(refused)["meta"]["error"] == "taken"
    wrong = shop.integration.post(
        "skus", attributes={"code": "HAT", "name": "A hat", "unit_of_weight": "kg"}
    )
    assert error(wrong)["meta"]["error"] == "inclusion"


def test_a_price_belongs_to_a_sku_and_a_currency(shop, market):
    sku = make_sku(shop.environment, price=None, code="MUG")

    reply = shop.integration.post(
        "prices",
        attributes={"sku_code": "MUG", "currency_code": "EUR", "amount_cents": 2500},
    )

    shown = attributes(reply)
    assert shown["sku_code"] == "MUG"
    assert (shown["amount_float"], shown["formatted_amount"]) == (25.0, "€25,00")
    assert shown["formatted_compare_at_amount"] is None
    assert sku.price_in(market).amount_cents == 2500
    again = shop.integration.post(
        "prices",
        attributes={"currency_code": "EUR", "amount_cents": 1},
        relationships={"sku": linked("skus", sku)},
    )
    assert error(again)["meta"]["error"] == "taken"


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"amount_cents": 1, "currency_code": "EUR"}, "sku - can't be blank"),
        (
            {"sku_code": "NOPE", "amount_cents": 1, "currency_code": "EUR"},
            "sku_code - must exist",
        ),
        (
            {"sku_code": "MUG", "amount_cents": -1, "currency_code": "EUR"},
            "amount_cents - must be greater than or equal to 0",
        ),
    ],
)
def test_it_rejects_what_is_not_a_price(shop, given, detail):
    make_sku(shop.environment, code="MUG", price=None)

    refused = shop.integration.post("prices", attributes=given)

    assert error(refused)["detail"] == detail


def test_a_price_of_a_market_is_in_the_markets_currency(shop, market):
    make_sku(shop.environment, code="MUG")

    refused = shop.integration.post(
        "prices",
        attributes={"sku_code": "MUG", "currency_code": "USD", "amount_cents": 1},
        relationships={"market": linked("markets", market)},
    )

    assert error(refused)["detail"] == "currency_code - is not the currency of the market"


def test_a_storefront_sees_what_is_sold_in_its_market(shop, market):
    make_sku(shop.environment, code="EVERYWHERE")
    make_sku(shop.environment, code="NOWHERE", price=None)
    dollars = make_sku(shop.environment, code="DOLLARS", price=None)
    Price.objects.create(
        environment=shop.environment, sku=dollars, currency_code="USD", amount_cents=1
    )
    elsewhere = make_sku(shop.environment, code="ELSEWHERE", price=None)
    Price.objects.create(
        environment=shop.environment,
        sku=elsewhere,
        market=make_private_market(shop.environment),
        currency_code="EUR",
        amount_cents=1,
    )

    guest = shopping_in(shop, market)
    assert codes(guest.get("skus")) == ["EVERYWHERE"]
    assert guest.get(f"skus/{elsewhere.uid}").status_code == 404
    assert codes(shop.guest.get("skus")) == ["EVERYWHERE"]  # no scope: every open market
    assert len(codes(shop.integration.get("skus"))) == 4
    prices = guest.get("prices").json()["data"]
    assert [price["attributes"]["sku_code"] for price in prices] == ["EVERYWHERE"]


def test_a_member_sees_the_prices_of_a_private_market(shop):
    private = make_private_market(shop.environment)
    sku = make_sku(shop.environment, code="SECRET", price=None)
    Price.objects.create(
        environment=shop.environment,
        sku=sku,
        market=private,
        currency_code="EUR",
        amount_cents=1,
    )
    member = make_customer(
        shop.environment,
        password="correct horse battery",
        customer_group=private.customer_group,
    )

    assert codes(shop.signed_in(member).get("skus")) == ["SECRET"]
    assert codes(shop.as_alice.get("skus")) == []


def test_a_customer_keeps_a_wish_list(shop, market):
    sku = make_sku(shop.environment, code="MUG")
    alice = shopping_in(shop, market, shop.alice)
    reply = alice.post("sku_lists", attributes={"name": "My Wishes"})
    assert attributes(reply)["slug"] == "my-wishes"
    uid = reply.json()["data"]["id"]
    wishes = SkuList.objects.get()
    assert wishes.customer == shop.alice

    item = alice.post(
        "sku_list_items",
        attributes={"sku_code": "MUG", "quantity": 2, "position": 1},
        relationships={"sku_list": {"type": "sku_lists", "id": uid}},
    )

    assert attributes(item)["sku_code"] == "MUG"
    shown = alice.get(f"sku_lists/{uid}", {"include": "skus,sku_list_items"}).json()
    assert sorted(row["type"] for row in shown["included"]) == ["sku_list_items", "skus"]
    assert shown["data"]["relationships"]["skus"]["data"] == [linked("skus", sku)]
    listed = shop.integration.get(f"customers/{shop.alice.uid}/sku_lists").json()["data"]
    assert [row["id"] for row in listed] == [uid]
    again = alice.patch("sku_lists", uid, attributes={"name": "Dreams"})
    assert attributes(again)["slug"] == "dreams"


def test_a_wish_list_is_nobody_elses(shop, market):
    wishes = SkuList.objects.create(environment=shop.environment, name="W", customer=shop.alice)
    make_sku(shop.environment, code="MUG")

    for api in (shopping_in(shop, market), shopping_in(shop, market, shop.bob)):
        assert api.get(f"sku_lists/{wishes.uid}").status_code == 404
        assert api.delete(f"sku_lists/{wishes.uid}").status_code == 404
        refused = api.post(
            "sku_list_items",
            attributes={"sku_code": "MUG"},
            relationships={"sku_list": linked("sku_lists", wishes)},
        )
        assert error(refused)["source"] == {"pointer": "/data/relationships/sku_list"}
    assert SkuList.objects.count() == 1


def test_a_sku_is_once_in_a_list(shop):
    sku = make_sku(shop.environment)
    curated = SkuList.objects.create(environment=shop.environment, name="Summer")
    curated.sku_list_items.create(environment=shop.environment, sku=sku)

    refused = shop.integration.post(
        "sku_list_items",
        relationships={"sku_list": linked("sku_lists", curated), "sku": linked("skus", sku)},
    )

    assert error(refused)["meta"]["error"] == "taken"
    lists = shop.integration.get(f"skus/{sku.uid}/sku_lists").json()["data"]
    assert [row["id"] for row in lists] == [curated.uid]
