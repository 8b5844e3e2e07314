"""How an order is sent: what is offered, what it costs, and until when it can be chosen."""

import pytest

from tests.api import error
from tests.orders.goods import (
    add_line,
    choose,
    linked,
    make_market,
    make_pending,
    make_placed,
    make_shipping_method,
    shopping_in,
    totals,
    trigger,
)


def test_a_shopper_chooses_how_it_is_sent(shop, market, post):
    order = make_pending(market, shop.alice)
    guest = shopping_in(shop, market)
    there = shop.environment
    make_shipping_method(there, market=make_market(there), name="Elsewhere")
    make_shipping_method(there, currency_code="NOK")
    trigger(
        shop.integration, make_shipping_method(there), "_disable", resource_type="shipping_methods"
    )

    path = f"orders/{order.uid}"
    offer = {"include": "shipments.available_shipping_methods,shipments.shipping_method"}
    offered = guest.get(path, offer).json()["included"]
    reply = choose(guest, order.shipments.get(), post)

    assert [row["id"] for row in offered if row["type"] == "shipping_methods"] == [post.uid]
    assert reply.status_code == 200
    assert totals(order) == (700, 1700)
    choose(guest, order.shipments.get(), None)
    assert totals(order) == (0, 1000)


def test_a_method_that_is_not_offered_cannot_be_chosen(shop, market):
    order = make_pending(market, shop.alice)
    crowns = make_shipping_method(shop.environment, currency_code="NOK")

    refused = choose(shop.integration, order.shipments.get(), crowns)

    assert error(refused)["meta"]["error"] == "not_available"
    assert error(refused)["source"] == {"pointer": "/data/relationships/shipping_method"}
    assert totals(order) == (0, 1000)


@pytest.mark.parametrize(
    ("goods", "use_subtotal", "cost"),
    [((3, 0), False, 700), ((4, 0), False, 0), ((4, -1000), False, 700), ((4, -1000), True, 0)],
)
def test_it_is_free_over_an_amount(shop, market, goods, use_subtotal, cost):
    pieces, discount = goods
    method = make_shipping_method(
        shop.environment, free_over_amount_cents=3000, use_subtotal=use_subtotal
    )
    order = make_pending(market, shop.alice)
    choose(shop.integration, order.shipments.get(), method)

    add_line(order, quantity=pieces - 1)
    if discount:
        add_line(order, unit_amount_cents=discount, item_type="external_promotions")

    assert totals(order)[0] == cost


def test_a_market_has_a_default(shop, market, post):
    body = {"default_shipping_method": linked("shipping_methods", post)}
    assert shop.integration.patch("markets", market.uid, relationships=body).status_code == 200
    market.refresh_from_db()

    order = make_pending(market, shop.alice)

    assert totals(order) == (700, 1700)
    shown = shop.integration.get(f"orders/{order.uid}/default_shipping_method").json()["data"]
    assert shown["id"] == post.uid
    crowns = make_shipping_method(shop.environment, currency_code="NOK")
    body = {"default_shipping_method": linked("shipping_methods", crowns)}
    refused = shop.integration.patch("markets", market.uid, relationships=body)
    assert error(refused)["meta"]["error"] == "not_available"


def test_the_price_follows_the_catalog_until_the_order_is_placed(shop, market, post):
    order = make_pending(market, shop.alice)
    choose(shop.integration, order.shipments.get(), post)
    type(post).objects.update(price_amount_cents=900)

    trigger(shop.integration, order, "_place")
    assert totals(order) == (900, 1900)
    type(post).objects.update(price_amount_cents=100)
    trigger(shop.integration, order, "_start_editing")
    trigger(shop.integration, order, "_refresh")

    assert totals(order) == (900, 1900)


def test_a_method_that_is_disabled_is_let_go(shop, market, post):
    order = make_pending(market, shop.alice)
    choose(shop.integration, order.shipments.get(), post)
    trigger(shop.integration, post, "_disable", resource_type="shipping_methods")

    trigger(shop.integration, order, "_refresh")

    assert totals(order) == (0, 1000)
    assert order.shipments.get().shipping_method is None


def test_a_strict_market_with_methods_wants_one(shop, post):
    strict = make_market(shop.environment, shipping_required=True)
    order = make_pending(strict, shop.alice)

    refused = trigger(shop.integration, order, "_place")
    choose(shop.integration, order.shipments.get(), post)

    assert error(refused)["source"] == {"pointer": "/data/relationships/shipments"}
    assert trigger(shop.integration, order, "_place").status_code == 200


def test_nothing_is_chosen_once_the_order_is_placed(shop, market, post):
    order = make_placed(market, shop.alice)
    shipment = order.shipments.get()

    refused = choose(shop.integration, shipment, post)

    assert error(refused)["meta"]["error"] == "not_editable"
    assert choose(shopping_in(shop, market), shipment, post).status_code == 401
    trigger(shop.integration, order, "_start_editing")
    assert choose(shop.integration, shipment, post).status_code == 200
    assert error(trigger(shop.integration, order, "_stop_editing"))["meta"]["error"]
