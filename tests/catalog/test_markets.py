"""Markets and what is narrowed to them."""

import pytest

from catalog.models import Market, StockLocation, Store
from tests.api import error
from tests.factories import make_customer
from tests.orders.goods import (
    attributes,
    linked,
    make_market,
    make_order,
    make_private_market,
    make_sku,
    shopping_in,
    trigger,
)


def make_location(environment):
    return StockLocation.objects.create(environment=environment, name="Hall")


def test_a_market_has_what_the_contract_says_and_a_currency_of_its_own(shop):
    reply = shop.integration.post(
        "markets", attributes={"name": "Europe", "code": "europe", "currency_code": "EUR"}
    )

    shown = attributes(reply)
    assert len(shown.pop("shared_secret")) == 32
    for name in ("created_at", "updated_at"):
        shown.pop(name)
    assert shown == {
        "number": 1,
        "name": "Europe",
        "code": "europe",
        "currency_code": "EUR",
        "tax_included": True,
        "facebook_pixel_id": None,
        "checkout_url": None,
        "private": False,
        "shipping_cost_cutoff": None,
        "addresses_required": False,
        "shipping_required": False,
        "payment_required": False,
        "disabled_at": None,
        "reference": None,
        "reference_origin": None,
        "metadata": {},
    }


@pytest.mark.parametrize(
    ("given", "name", "rule"),
    [
        ({"name": "X"}, "currency_code", "blank"),
        ({"name": "X", "currency_code": None}, "currency_code", "blank"),
        ({"name": "X", "currency_code": "ABC"}, "currency_code", "inclusion"),
        ({"currency_code": "EUR"}, "name", "blank"),
        ({"name": "X", "currency_code": "EUR", "code": "taken"}, "code", "taken"),
    ],
)
def test_it_rejects_what_is_not_a_market(shop, given, name, rule):
    make_market(shop.environment, code="taken")

    refused = shop.integration.post("markets", attributes=given)

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": f"/data/attributes/{name}"}
    assert error(refused)["meta"]["error"] == rule


def test_markets_are_numbered_per_environment(shop, rival):
    numbers = [make_market(one.environment).number for one in (shop, shop, rival)]

    assert numbers == [1, 2, 1]


def test_a_group_makes_a_market_private(shop):
    market = make_private_market(shop.environment)

    shown = attributes(shop.integration.get(f"markets/{market.uid}"))

    assert shown["private"] is True
    found = shop.integration.get("markets", {"filter[q][private_true]": "true"})
    assert found.json()["meta"]["record_count"] == 1


def test_a_market_is_disabled_and_enabled(shop):
    market = make_market(shop.environment)

    first = attributes(trigger(shop.integration, market, "_disable", resource_type="markets"))
    again = attributes(trigger(shop.integration, market, "_disable", resource_type="markets"))
    assert first["disabled_at"] == again["disabled_at"] is not None

    enabled = attributes(trigger(shop.integration, market, "_enable", resource_type="markets"))
    assert enabled["disabled_at"] is None


def test_a_shared_secret_is_regenerated(shop):
    market = make_market(shop.environment)

    shown = attributes(
        trigger(shop.integration, market, "_regenerate_shared_secret", resource_type="markets")
    )

    assert len(shown["shared_secret"]) == 32
    assert shown["shared_secret"] != market.shared_secret


@pytest.mark.parametrize("resource_type", ["markets", "stores", "stock_locations"])
def test_storefronts_see_no_markets_stores_or_stock_locations(shop, resource_type):
    market = make_market(shop.environment)

    for path in (resource_type, f"{resource_type}/{market.uid}"):
        assert shop.guest.get(path).status_code == 401
        assert shop.as_alice.get(path).status_code == 401


def test_a_store_belongs_to_a_market(shop):
    market = make_market(shop.environment)

    reply = shop.integration.post(
        "stores",
        attributes={"name": "Milan", "code": "milan"},
        relationships={"market": linked("markets", market)},
    )

    assert reply.status_code == 201
    stores = shop.integration.get(f"markets/{market.uid}/stores").json()["data"]
    assert [store["attributes"]["code"] for store in stores] == ["milan"]


def test_a_store_has_a_warehouse_orders_and_events(shop):
    market = make_market(shop.environment)
    hall = make_location(shop.environment)
    made = shop.integration.post(
        "stores",
        attributes={"name": "Milan"},
        relationships={
            "market": linked("markets", market),
            "stock_location": linked("stock_locations", hall),
        },
    )
    store = Store.objects.get(uid=made.json()["data"]["id"])
    order = make_order(market, store=store)

    def ids(path):
        return [one["id"] for one in shop.integration.get(path).json()["data"]]

    assert ids(f"stock_locations/{hall.uid}/stores") == [store.uid]
    assert ids(f"stores/{store.uid}/orders") == [order.uid]
    [event] = shop.integration.get(f"stores/{store.uid}/events").json()["data"]
    assert event["attributes"]["name"] == "stores.create"
    assert shop.integration.delete(f"stock_locations/{hall.uid}").status_code == 423


@pytest.mark.parametrize(
    ("resource_type", "make"),
    [
        ("prices", lambda environment: make_sku(environment).prices.get()),
        ("stock_locations", make_location),
    ],
)
def test_documents_are_attached(shop, resource_type, make):
    row = make(shop.environment)

    reply = shop.integration.post(
        "attachments",
        attributes={"name": "Contract", "url": "https://example.com/contract.pdf"},
        relationships={"attachable": linked(resource_type, row)},
    )

    assert reply.status_code == 201
    found = shop.integration.get(f"{resource_type}/{row.uid}/attachments").json()["data"]
    assert [one["id"] for one in found] == [reply.json()["data"]["id"]]


def test_an_order_of_a_store_belongs_to_the_stores_market(shop):
    market, other = make_market(shop.environment), make_market(shop.environment)
    store = market.stores.create(environment=shop.environment, name="Milan")

    refused = shop.integration.post(
        "orders",
        relationships={"market": linked("markets", other), "store": linked("stores", store)},
    )

    assert error(refused)["detail"] == "store - does not belong to the order's market"


def test_a_market_with_orders_is_not_deleted(shop):
    market = make_market(shop.environment)
    make_order(market)

    assert shop.integration.delete(f"markets/{market.uid}").status_code >= 400
    assert Market.objects.count() == 1


def test_members_enter_a_private_market_and_others_do_not(shop):
    market = make_private_market(shop.environment)
    member = make_customer(shop.environment, customer_group=market.customer_group)

    assert market.admits(member)
    assert not market.admits(shop.alice)
    assert not market.admits(None)
    assert make_market(shop.environment).admits(None)


def test_a_market_of_another_tenant_does_not_exist(shop, rival):
    theirs = make_market(rival.environment)

    assert shop.integration.get(f"markets/{theirs.uid}").status_code == 404
    assert shopping_in(rival, theirs).post("orders").status_code == 201
