"""How goods can be sent, and what that costs."""

import pytest
from django.db import IntegrityError, transaction

from tests.api import error
from tests.orders.goods import (
    attributes,
    linked,
    make_market,
    make_private_market,
    make_shipping_method,
    shopping_in,
    trigger,
)

POST = {"name": "Post", "currency_code": "EUR", "price_amount_cents": 700}


@pytest.fixture
def market(shop):
    return make_market(shop.environment)


def names(reply):
    assert reply.status_code == 200, reply.content
    return [row["attributes"]["name"] for row in reply.json()["data"]]


def test_it_has_what_the_contract_says(shop):
    reply = shop.integration.post(
        "shipping_methods", attributes={**POST, "free_over_amount_cents": 9900}
    )

    shown = attributes(reply)
    assert (shown["scheme"], shown["use_subtotal"], shown["disabled_at"]) == ("flat", False, None)
    assert (shown["price_amount_float"], shown["formatted_price_amount"]) == (7.0, "€7,00")
    assert (shown["free_over_amount_float"], shown["formatted_free_over_amount"]) == (
        99.0,
        "€99,00",
    )
    related = {"market", "stock_location", "attachments", "notifications", "events", "tags"}
    assert set(reply.json()["data"]["relationships"]) == related


def test_a_market_says_its_currency(shop):
    crowns = make_market(shop.environment, currency_code="NOK")
    unsaid = {"name": "Post", "price_amount_cents": 700}
    relationships = {"market": linked("markets", crowns)}

    shown = attributes(
        shop.integration.post("shipping_methods", attributes=unsaid, relationships=relationships)
    )

    assert shown["currency_code"] == "NOK"
    nowhere = shop.integration.post("shipping_methods", attributes=unsaid)
    other = shop.integration.post("shipping_methods", attributes=POST, relationships=relationships)
    assert [error(one)["meta"]["error"] for one in (nowhere, other)] == ["blank", "invalid"]
    assert error(other)["source"] == {"pointer": "/data/attributes/currency_code"}


def test_moving_to_a_market_of_another_currency_needs_its_currency(shop, market):
    method = make_shipping_method(shop.environment, market=market)
    crowns = make_market(shop.environment, currency_code="NOK")
    relationships = {"market": linked("markets", crowns)}

    refused = shop.integration.patch("shipping_methods", method.uid, relationships=relationships)
    moved = shop.integration.patch(
        "shipping_methods",
        method.uid,
        attributes={"currency_code": "NOK"},
        relationships=relationships,
    )

    assert error(refused)["meta"]["error"] == "invalid"
    assert attributes(moved)["formatted_price_amount"] == "7,00\xa0kr"


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"scheme": "weight_tiered"}, "scheme - is not included in the list"),
        ({"price_amount_cents": -1}, "price_amount_cents - must be greater than or equal to 0"),
        (
            {"price_amount_cents": 10**12},
            "price_amount_cents - must be less than or equal to 100000000000",
        ),
        (
            {"free_over_amount_cents": -1},
            "free_over_amount_cents - must be greater than or equal to 0",
        ),
        ({"currency_code": "XXY"}, "currency_code - is not a currency"),
        ({"name": ""}, "name - can't be blank"),
    ],
)
def test_it_rejects_what_is_no_way_to_send_things(shop, given, detail):
    refused = shop.integration.post("shipping_methods", attributes={**POST, **given})

    assert refused.status_code == 422
    assert error(refused)["detail"] == detail


@pytest.mark.parametrize(
    "values",
    [
        {"scheme": "free"},
        {"price_amount_cents": -1},
        {"free_over_amount_cents": -1},
    ],
)
def test_the_database_holds_the_rules(shop, values):
    method = make_shipping_method(shop.environment)

    with pytest.raises(IntegrityError), transaction.atomic():
        type(method).objects.filter(pk=method.pk).update(**values)


def test_shoppers_see_those_of_their_markets(shop, market):
    environment = shop.environment
    make_shipping_method(environment, name="Everywhere")
    make_shipping_method(environment, name="Here", market=market)
    make_shipping_method(environment, name="Elsewhere", market=make_market(environment))
    make_shipping_method(environment, name="Members", market=make_private_market(environment))
    make_shipping_method(environment, name="Crowns", currency_code="NOK")

    for shopper in (shopping_in(shop, market), shopping_in(shop, market, shop.alice)):
        assert names(shopper.get("shipping_methods")) == ["Everywhere", "Here"]
    assert len(names(shop.integration.get("shipping_methods"))) == 5


def test_shoppers_only_look(shop, market):
    method = make_shipping_method(shop.environment, market=market)
    shopper = shopping_in(shop, market)

    assert shopper.get(f"shipping_methods/{method.uid}").status_code == 200
    assert shopper.post("shipping_methods", attributes=POST).status_code == 401
    assert trigger(shopper, method, "_disable", resource_type="shipping_methods").status_code == 401
    assert shopper.delete(f"shipping_methods/{method.uid}").status_code == 401


def test_it_can_be_disabled_and_enabled(shop):
    method = make_shipping_method(shop.environment)

    off = trigger(shop.integration, method, "_disable", resource_type="shipping_methods")
    on = trigger(shop.integration, method, "_enable", resource_type="shipping_methods")

    assert attributes(off)["disabled_at"] is not None
    assert attributes(on)["disabled_at"] is None
