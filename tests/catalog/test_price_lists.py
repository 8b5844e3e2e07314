"""Price lists, and the markets that take their prices from them."""

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Market, Price, PriceList
from orders import services
from orders.models import LineItem
from tests.api import error
from tests.orders.goods import (
    attributes,
    linked,
    make_market,
    make_order,
    make_price,
    make_price_list,
    make_private_market,
    make_sku,
    shopping_in,
)
from tests.queries import cost


@pytest.fixture
def wholesale(shop):
    return make_price_list(shop.environment)


@pytest.fixture
def market(shop, wholesale):
    return make_market(shop.environment, price_list=wholesale)


def add(order, sku):
    values = {"sku": sku, "quantity": 1, "environment_id": order.environment_id}
    return services.add_line(order=order, values=values)


def test_a_price_list_has_what_the_contract_says(shop):
    given = {"name": "Wholesale", "code": "wholesale", "currency_code": "USD"}

    reply = shop.integration.post("price_lists", attributes=given)

    shown = attributes(reply)
    assert {name: shown[name] for name in (*given, "tax_included")} == {
        **given,
        "tax_included": True,
    }
    assert set(reply.json()["data"]["relationships"]) == {"attachments", "markets", "prices"}
    taken = shop.integration.post("price_lists", attributes=given)
    assert error(taken)["detail"] == "code - has already been taken"
    renamed = shop.integration.patch(
        "price_lists", PriceList.objects.get().uid, attributes={"name": "Trade"}
    )
    assert attributes(renamed)["name"] == "Trade"


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"currency_code": "EUR"}, "name - can't be blank"),
        ({"name": "X"}, "currency_code - can't be blank"),
        ({"name": "X", "currency_code": "ABC"}, "currency_code - is not a currency"),
    ],
)
def test_it_rejects_what_is_no_price_list(shop, given, detail):
    assert error(shop.integration.post("price_lists", attributes=given))["detail"] == detail


def test_a_market_and_a_price_take_the_currency_of_their_list(shop):
    dollars = make_price_list(shop.environment, currency_code="USD")
    sku = make_sku(shop.environment)
    to_list = {"price_list": linked("price_lists", dollars)}

    market = shop.integration.post("markets", attributes={"name": "US"}, relationships=to_list)
    price = shop.integration.post(
        "prices",
        attributes={"amount_cents": 900},
        relationships={**to_list, "sku": linked("skus", sku)},
    )

    assert attributes(market)["currency_code"] == "USD"
    assert attributes(price)["currency_code"] == "USD"
    for place in (f"markets/{Market.objects.get().uid}", f"prices/{Price.objects.last().uid}"):
        related = shop.integration.get(f"{place}/price_list").json()["data"]
        assert (related["type"], related["id"]) == ("price_lists", dollars.uid)
    found = shop.integration.get("prices", {"filter[q][price_list_id_eq]": dollars.uid}).json()
    assert [row["id"] for row in found["data"]] == [price.json()["data"]["id"]]


def test_the_base_price_list_of_a_market_is_its_price_list(shop, market, wholesale):
    reply = shop.integration.get(f"markets/{market.uid}", {"include": "base_price_list"}).json()

    assert reply["data"]["relationships"]["base_price_list"]["data"]["id"] == wholesale.uid
    assert [row["id"] for row in reply["included"]] == [wholesale.uid]
    refused = shop.integration.patch("markets", market.uid, relationships={"base_price_list": None})
    assert refused.status_code == 400


@pytest.mark.parametrize("resource_type", ["markets", "prices"])
def test_the_currency_is_that_of_the_list(shop, wholesale, resource_type):
    make_sku(shop.environment, code="MUG")
    own = {"markets": {"name": "US"}, "prices": {"sku_code": "MUG", "amount_cents": 1}}

    refused = shop.integration.post(
        resource_type,
        attributes={**own[resource_type], "currency_code": "USD"},
        relationships={"price_list": linked("price_lists", wholesale)},
    )

    assert refused.status_code == 422
    assert error(refused)["detail"] == "currency_code - is not the currency of the price list"


def test_a_market_cannot_move_to_a_list_in_another_currency(shop, market):
    dollars = make_price_list(shop.environment, currency_code="USD")

    refused = shop.integration.patch(
        "markets", market.uid, relationships={"price_list": linked("price_lists", dollars)}
    )

    assert error(refused)["detail"] == "currency_code - is not the currency of the price list"


@pytest.mark.parametrize("model", [Market, Price])
def test_the_database_holds_the_currency(shop, wholesale, market, model):
    make_price(make_sku(shop.environment), 1, price_list=wholesale)
    rows = model.objects.exclude(price_list=None)
    assert rows.count() == 1

    with (
        pytest.raises(IntegrityError, match="is_in_the_currency_of_its_list"),
        transaction.atomic(),
    ):
        rows.update(currency_code="USD")


def test_a_list_of_another_tenant_does_not_exist(shop, rival):
    foreign = make_price_list(rival.environment)

    refused = shop.integration.post(
        "markets",
        attributes={"name": "X", "currency_code": "EUR"},
        relationships={"price_list": linked("price_lists", foreign)},
    )

    assert refused.status_code == 404
    assert not Market.objects.exists()


def test_what_a_list_says_comes_before_the_market_and_the_currency(shop, market, wholesale):
    sku = make_sku(shop.environment, price=2500)
    assert add(make_order(market), sku).unit_amount_cents == 2500
    make_price(sku, 2000, market=market)
    assert add(make_order(market), sku).unit_amount_cents == 2000
    make_price(sku, 1500, price_list=wholesale)
    assert add(make_order(market), sku).unit_amount_cents == 1500
    make_price(sku, 1400, price_list=wholesale, market=market)
    assert add(make_order(market), sku).unit_amount_cents == 1400

    elsewhere = make_market(shop.environment)
    assert add(make_order(elsewhere), sku).unit_amount_cents == 2500
    shared = make_market(shop.environment, price_list=wholesale)
    assert add(make_order(shared), sku).unit_amount_cents == 1500


def test_one_list_says_nothing_about_the_markets_of_another(shop, market):
    sku = make_sku(shop.environment, price=None)
    make_price(sku, 1, price_list=make_price_list(shop.environment, name="Another"))
    guest = shopping_in(shop, market)
    assert guest.get("skus").json()["data"] == []
    order = make_order(market)

    refused = guest.post(
        "line_items",
        attributes={"sku_code": sku.code, "quantity": 1},
        relationships={"order": linked("orders", order)},
    )

    assert error(refused)["detail"] == "sku_code - has no price in the order's market"


def test_looking_up_a_price_is_one_query(shop, market, wholesale):
    sku = make_sku(shop.environment)
    make_price(sku, 5, market=market)
    make_price(sku, 3, price_list=wholesale)

    assert sku.price_in(market).amount_cents == 3
    assert cost(lambda: sku.price_in(market)) == 1


def test_open_orders_follow_the_list(shop, market, wholesale):
    sku = make_sku(shop.environment, price=2500)
    order = make_order(market)
    line = add(order, sku)
    make_price(sku, 1500, price_list=wholesale)

    shop.integration.patch("orders", order.uid, attributes={"_refresh_prices": True})

    assert LineItem.objects.get(pk=line.pk).unit_amount_cents == 1500
    order.refresh_from_db()
    assert order.total_amount_cents == 1500


def test_a_storefront_sees_the_prices_of_its_markets_list_only(shop, market, wholesale):
    sku = make_sku(shop.environment, price=None)
    own = make_price(sku, 1500, price_list=wholesale)
    private = make_private_market(
        shop.environment, price_list=make_price_list(shop.environment, name="Secret")
    )
    make_price(sku, 100, price_list=private.price_list)

    seen = shopping_in(shop, market).get(f"skus/{sku.uid}/prices").json()["data"]

    assert [row["id"] for row in seen] == [own.uid]
    assert len(shop.integration.get(f"skus/{sku.uid}/prices").json()["data"]) == 2
    assert shop.guest.get(f"price_lists/{wholesale.uid}").status_code == 401


def test_the_list_says_whether_taxes_are_included(shop):
    net = make_price_list(shop.environment, tax_included=False)

    with_list = make_order(make_market(shop.environment, price_list=net))
    without = make_order(make_market(shop.environment))

    assert (with_list.tax_included, without.tax_included) == (False, True)


def test_a_list_that_a_market_takes_is_not_deleted(shop, market, wholesale):
    make_price(make_sku(shop.environment), 1, price_list=wholesale)
    assert shop.integration.delete(f"price_lists/{wholesale.uid}").status_code == 423
    market.delete()
    assert shop.integration.delete(f"price_lists/{wholesale.uid}").status_code == 204
    assert not Price.objects.filter(amount_cents=1).exists()


def test_one_price_for_each_sku_of_a_list(shop, wholesale):
    sku = make_sku(shop.environment)
    make_price(sku, 1, price_list=wholesale)

    again = shop.integration.post(
        "prices",
        attributes={"amount_cents": 2},
        relationships={
            "sku": linked("skus", sku),
            "price_list": linked("price_lists", wholesale),
        },
    )

    assert error(again)["detail"] == "sku - has already been taken"
