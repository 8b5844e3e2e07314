"""Scopes: echoed byte for byte, never more than the client and its owner may have."""

import pytest

from catalog.models import Market, StockLocation, Store
from oauth.callers import caller_of
from tests.oauth.wire import JWT_BEARER, ask, claim, claims, granted, owner, refused, sign_in

INVALID = ("invalid_scope", "BAD_REQUEST", 400)


def guest(shop, scope):
    return ask(shop.channel, grant_type="client_credentials", scope=scope)


@pytest.fixture
def store(shop, market):
    return Store.objects.create(
        environment=shop.environment, name="Outlet", code="outlet_ny", market=market
    )


@pytest.fixture
def warehouse(shop):
    return StockLocation.objects.create(environment=shop.environment, name="NJ", code="nj")


@pytest.mark.parametrize(
    "text",
    [
        "market:code:europe",
        "market:id:{market}",
        "market:code:europe stock_location:code:nj",
        "stock_location:id:{warehouse},market:id:{market}",
        " market:code:europe,  market:id:{market} ",
    ],
)
def test_it_echoes_the_scope_byte_for_byte(shop, market, warehouse, text):
    scope = text.format(market=market.uid, warehouse=warehouse.uid)

    reply = guest(shop, scope).json()

    assert reply["scope"] == scope
    facts = claims(reply["access_token"])
    assert facts["scope"] == scope
    assert facts["market"] == {
        "id": [market.uid],
        "stock_location_ids": [warehouse.uid] if "stock" in scope else [],
        "geocoder_id": None,
        "allows_external_prices": False,
    }
    assert caller_of(reply["access_token"]).market_ids == (market.uid,)


def test_a_store_brings_its_market(shop, market, store):
    reply = guest(shop, "store:code:outlet_ny").json()

    caller = caller_of(reply["access_token"])
    assert caller.store_ids == (store.uid,)
    assert caller.market_ids == (market.uid,)


@pytest.mark.parametrize("text", ["market:all", "", None])
def test_every_market_is_meant_where_none_is_named(shop, market, text):
    reply = guest(shop, text).json()

    assert reply["scope"] == "market:all"
    assert "market" not in claims(reply["access_token"])


@pytest.mark.parametrize(
    "text",
    [
        "market",
        "market:europe",
        "market:1234",
        "market:code:",
        "market:code:nowhere",
        "market:id:nowhere",
        "market:name:Europe",
        "market:code:europe market:code:nowhere",
        "price_list:id:x",
        "MARKET:CODE:europe",
        "market:code:europe\n",
        "market:code:é",
        "stock_location:code:nj",
        " ",
        ",",
        "market:code:europe;drop",
        "market:code:" + "x" * 3000,
        "x " * 2000,
    ],
)
def test_it_refuses_what_names_nothing(shop, market, warehouse, text):
    assert guest(shop, "market:code:europe").status_code == 200

    assert refused(guest(shop, text)) == INVALID


def test_a_disabled_market_is_closed(shop, market):
    market.disable()
    market.save()

    assert refused(guest(shop, "market:code:europe")) == INVALID


def test_a_market_of_another_shop_is_unknown(shop, rival, market):
    assert refused(guest(rival, f"market:id:{market.uid}")) == INVALID


def test_a_store_outside_the_named_market_is_refused(shop, market, store):
    Market.objects.create(
        environment=shop.environment, name="Asia", code="asia", currency_code="JPY"
    )

    assert refused(guest(shop, "market:code:asia store:code:outlet_ny")) == INVALID


def test_a_private_market_admits_only_customers_of_its_group(shop, private_market):
    scope = "market:code:wholesale"
    shop.bob.customer_group = private_market.customer_group
    shop.bob.save()

    admitted = granted(
        shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(shop.bob)), scope=scope
    )

    assert caller_of(admitted["access_token"]).market_ids == (private_market.uid,)
    assert refused(guest(shop, scope)) == INVALID
    answer = ask(shop.application, grant_type="client_credentials", scope=scope)
    assert refused(answer) == INVALID
    for row in (shop.alice, shop.user):
        answer = ask(
            shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(row)), scope=scope
        )
        assert refused(answer) == INVALID


def test_who_left_the_group_cannot_refresh_into_its_market(shop, private_market):
    shop.alice.customer_group = private_market.customer_group
    shop.alice.save()
    reply = sign_in(shop, scope="market:code:wholesale")
    shop.alice.customer_group = None
    shop.alice.save()

    answer = ask(shop.channel, grant_type="refresh_token", refresh_token=reply["refresh_token"])

    assert refused(answer) == INVALID


def test_a_store_of_a_private_market_is_as_private(shop, private_market):
    Store.objects.create(
        environment=shop.environment, name="Back door", code="back", market=private_market
    )

    for scope in ("store:code:back", "market:all store:code:back"):
        assert refused(guest(shop, scope)) == INVALID


def test_an_application_may_be_held_to_some_markets(shop, market):
    Market.objects.create(
        environment=shop.environment, name="Asia", code="asia", currency_code="JPY"
    )
    shop.channel.scopes = "market:code:europe"
    shop.channel.save()

    unasked = guest(shop, None).json()

    assert unasked["scope"] == "market:code:europe"
    assert claims(unasked["access_token"])["market"]["id"] == [market.uid]
    assert guest(shop, f"market:id:{market.uid}").status_code == 200
    for scope in ("market:all", "market:code:asia", "market:code:europe market:code:asia"):
        assert refused(guest(shop, scope)) == INVALID
