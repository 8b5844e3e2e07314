"""Lines and the sums that follow from them."""

import pytest

from catalog.models import Price
from orders import services
from orders.models import LineItem, Order
from orders.services.totals import LARGEST_TOTAL
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_market,
    make_order,
    make_placed,
    make_sku,
    shopping_in,
    trigger,
)


@pytest.fixture
def order(shop, market):
    return make_order(market, guest=True)


def post_line(api, order, **given):
    item = given.pop("item", None)
    relationships = {"order": linked("orders", order)}
    if item is not None:
        relationships["item"] = linked("skus", item)
    return api.post("line_items", attributes={"quantity": 1, **given}, relationships=relationships)


def sums(order):
    order.refresh_from_db()
    return {
        "subtotal": order.subtotal_amount_cents,
        "shipping": order.shipping_amount_cents,
        "adjustment": order.adjustment_amount_cents,
        "discount": order.discount_amount_cents,
        "tax": order.total_tax_amount_cents,
        "total": order.total_amount_cents,
        "taxable": order.total_taxable_amount_cents,
        "with_taxes": order.total_amount_with_taxes_cents,
    }


@pytest.mark.parametrize("how", ["sku_code", "item"])
def test_a_storefront_names_a_sku_and_gets_its_price(shop, market, order, how):
    sku = make_sku(shop.environment, price=2500, name="A mug", image_url="https://x.example/a")
    given = {"sku_code": sku.code} if how == "sku_code" else {"item": sku}

    reply = post_line(shopping_in(shop, market), order, quantity=3, **given)

    shown = attributes(reply)
    assert shown["sku_code"] == sku.code
    assert shown["name"] == "A mug"
    assert shown["image_url"] == "https://x.example/a"
    assert shown["item_type"] == "skus"
    assert shown["currency_code"] == "EUR"
    assert shown["unit_amount_cents"] == 2500
    assert shown["formatted_unit_amount"] == "€25,00"
    assert shown["total_amount_cents"] == 7500
    assert shown["total_amount_float"] == 75.0
    assert sums(order)["total"] == 7500
    assert order.skus_count == 3


def test_the_price_of_the_market_wins_over_that_of_the_currency(shop, market, order):
    sku = make_sku(shop.environment, price=2500)
    Price.objects.create(
        environment=shop.environment,
        sku=sku,
        market=market,
        currency_code="EUR",
        amount_cents=1900,
        compare_at_amount_cents=2500,
    )

    shown = attributes(post_line(shop.integration, order, sku_code=sku.code))

    assert shown["unit_amount_cents"] == 1900
    assert shown["compare_at_amount_cents"] == 2500


def test_a_sku_without_a_price_in_the_market_cannot_be_ordered(shop, order):
    sku = make_sku(shop.environment, price=None)

    refused = post_line(shop.integration, order, sku_code=sku.code)

    assert refused.status_code == 422
    assert error(refused)["detail"] == "sku_code - has no price in the order's market"


def test_an_unknown_sku_must_exist(shop, order):
    refused = post_line(shop.integration, order, sku_code="NOPE")

    assert error(refused)["detail"] == "sku_code - must exist"
    assert error(refused)["meta"] == {"error": "required", "value": "NOPE"}


def test_an_integration_names_its_own_price(shop, order):
    shown = attributes(
        post_line(shop.integration, order, name="Engraving", unit_amount_cents=700, quantity=2)
    )

    assert shown["sku_code"] is None
    assert shown["total_amount_cents"] == 1400


def test_a_line_without_sku_needs_a_name_and_a_price(shop, order):
    refused = post_line(shop.integration, order)

    details = [problem["detail"] for problem in refused.json()["errors"]]
    assert details == ["name - can't be blank", "unit_amount_cents - can't be blank"]


def test_a_storefront_cannot_name_a_price(shop, market, order):
    sku = make_sku(shop.environment)

    refused = post_line(shopping_in(shop, market), order, sku_code=sku.code, unit_amount_cents=1)

    assert refused.status_code == 401
    assert LineItem.objects.count() == 0


@pytest.mark.parametrize("kind", ["adjustments", "shipments", "payment_methods", "gift_cards"])
def test_a_storefront_leaves_lines_of_back_ends_alone(shop, market, order, kind):
    line = add_line(order, unit_amount_cents=700, item_type=kind)
    shopper = shopping_in(shop, market)

    changed = shopper.patch("line_items", line.uid, attributes={"quantity": 2})
    deleted = shopper.delete(f"line_items/{line.uid}")

    assert (changed.status_code, deleted.status_code) == (401, 401)
    assert shop.integration.delete(f"line_items/{line.uid}").status_code == 204


@pytest.mark.parametrize("kind", ["adjustments", "shipments", "external_promotions"])
def test_a_storefront_sells_nothing_but_skus(shop, market, order, kind):
    refused = post_line(shopping_in(shop, market), order, name="Free", item_type=kind)

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": "/data/attributes/item_type"}


@pytest.mark.parametrize(
    ("quantity", "rule"), [(0, "greater_than_or_equal_to"), (10_001, "less_than_or_equal_to")]
)
def test_a_quantity_has_bounds(shop, order, quantity, rule):
    refused = post_line(
        shop.integration, order, name="A mug", unit_amount_cents=1, quantity=quantity
    )

    assert error(refused)["source"] == {"pointer": "/data/attributes/quantity"}
    assert error(refused)["meta"]["error"] == rule
    assert error(refused)["meta"]["value"] == quantity


def test_goods_cost_nothing_or_more(shop, order):
    refused = post_line(shop.integration, order, name="A mug", unit_amount_cents=-1)

    assert error(refused)["detail"] == "unit_amount_cents - must be greater than or equal to 0"


def test_the_sums_tell_goods_from_what_comes_on_top(shop, order):
    add_line(order, unit_amount_cents=2000, quantity=2, tax_rate=0.25)
    add_line(order, unit_amount_cents=500, item_type="shipments", tax_rate=0.25)
    add_line(order, unit_amount_cents=-300, item_type="adjustments")
    add_line(order, unit_amount_cents=-200, item_type="external_promotions")

    # Prices contain the taxes: a fifth of what is taxed with a quarter.
    assert sums(order) == {
        "subtotal": 4000,
        "shipping": 500,
        "adjustment": -300,
        "discount": -200,
        "tax": 900,
        "total": 4000,
        "taxable": 3100,
        "with_taxes": 4000,
    }
    assert order.subtotal_tax_amount_cents == 800
    assert order.skus_count == 2
    assert order.tax_rate is None


def test_taxes_come_on_top_where_prices_are_without(shop):
    order = make_order(make_market(shop.environment, tax_included=False))
    add_line(order, unit_amount_cents=999, tax_rate=0.22)

    found = sums(order)
    assert (found["total"], found["tax"], found["with_taxes"]) == (999, 220, 1219)
    assert order.tax_rate == 0.22


def test_a_total_stays_exact_for_javascript(shop, order):
    for _ in range(9):
        add_line(order, quantity=10_000, unit_amount_cents=100_000_000_000)

    refused = post_line(
        shop.integration, order, name="One too many", quantity=10_000, unit_amount_cents=10**11
    )

    assert refused.status_code == 422
    assert error(refused)["meta"] == {"error": "less_than_or_equal_to", "count": LARGEST_TOTAL}
    assert LineItem.objects.count() == 9


def test_a_line_can_be_merged_into_its_like(shop, market, order):
    sku = make_sku(shop.environment, price=100)
    api = shopping_in(shop, market)
    first = post_line(api, order, sku_code=sku.code, quantity=2).json()["data"]["id"]

    again = post_line(api, order, sku_code=sku.code, quantity=3, _update_quantity=True)

    assert again.json()["data"]["id"] == first
    assert attributes(again)["quantity"] == 5
    assert "_update_quantity" not in attributes(again)
    assert sums(order)["total"] == 500


def test_changing_and_deleting_a_line_changes_the_sums(shop, market, order):
    sku = make_sku(shop.environment, price=100)
    api = shopping_in(shop, market)
    line = LineItem.objects.get(uid=post_line(api, order, sku_code=sku.code).json()["data"]["id"])

    reply = api.patch("line_items", line.uid, attributes={"quantity": 4})

    assert attributes(reply)["total_amount_cents"] == 400
    assert sums(order)["total"] == 400
    assert api.delete(f"line_items/{line.uid}").status_code == 204
    assert sums(order)["total"] == 0


def test_another_sku_brings_its_own_name_and_price(shop, market, order):
    mug = make_sku(shop.environment, price=100, name="A mug")
    hat = make_sku(shop.environment, price=700, name="A hat")
    api = shopping_in(shop, market)
    uid = post_line(api, order, sku_code=mug.code).json()["data"]["id"]

    shown = attributes(api.patch("line_items", uid, attributes={"sku_code": hat.code}))

    assert (shown["name"], shown["unit_amount_cents"]) == ("A hat", 700)


def test_an_open_order_follows_the_catalog(shop, market, order):
    sku = make_sku(shop.environment, price=100)
    post_line(shop.integration, order, sku_code=sku.code)
    post_line(shop.integration, order, sku_code=sku.code, unit_amount_cents=80)
    sku.prices.update(amount_cents=150)

    reply = trigger(shop.integration, order, "_refresh")

    assert attributes(reply)["total_amount_cents"] == 150 + 80
    assert attributes(reply)["refreshed_at"] is not None


def test_a_line_that_changes_lets_the_others_follow_unless_told_not_to(shop, market, order):
    sku, other = make_sku(shop.environment, price=100), make_sku(shop.environment, price=10)
    post_line(shop.integration, order, sku_code=sku.code)
    sku.prices.update(amount_cents=150)

    post_line(shop.integration, order, sku_code=other.code)
    assert sums(order)["total"] == 160

    shop.integration.patch("orders", order.uid, attributes={"autorefresh": False})
    sku.prices.update(amount_cents=999)
    post_line(shop.integration, order, sku_code=other.code)
    assert sums(order)["total"] == 170


def test_prices_of_a_placed_order_stay(shop, market):
    order = make_placed(market, shop.alice)

    refused = trigger(shop.integration, order, "_refresh_prices")

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": "/data/attributes/_refresh_prices"}


def test_lines_of_a_placed_order_stay(shop, market):
    order = make_placed(market, shop.alice)
    line = order.line_items.get()

    for refused in (
        post_line(shop.integration, order, name="More", unit_amount_cents=1),
        shop.integration.patch("line_items", line.uid, attributes={"quantity": 9}),
        shop.integration.delete(f"line_items/{line.uid}"),
    ):
        assert refused.status_code == 422
        assert error(refused)["source"] == {"pointer": "/data/relationships/order"}
        assert error(refused)["meta"]["error"] == "not_editable"
    assert sums(order)["total"] == 1000


def test_a_line_stays_with_its_order(shop, market, order):
    line = add_line(order)
    other = make_order(market)

    refused = shop.integration.patch(
        "line_items", line.uid, relationships={"order": linked("orders", other)}
    )

    assert refused.status_code == 400
    assert error(refused)["source"] == {"pointer": "/data/relationships/order"}


def test_lines_of_other_tenants_and_customers_do_not_exist(shop, rival, market):
    theirs = make_order(make_market(rival.environment))
    bobs = make_order(market, shop.bob)
    line, other = add_line(theirs), add_line(bobs)
    alice = shopping_in(shop, market, shop.alice)

    assert shop.integration.get(f"line_items/{line.uid}").status_code == 404
    assert alice.get(f"line_items/{other.uid}").status_code == 404
    assert alice.patch("line_items", other.uid, attributes={"quantity": 2}).status_code == 404
    assert post_line(alice, bobs, sku_code="X").status_code == 404
    assert shop.integration.get(f"line_items/{other.uid}").status_code == 200


def test_deleting_an_order_deletes_its_lines(shop, order):
    add_line(order)

    services.delete_order(order=order)

    assert Order.objects.count() == 0
    assert LineItem.objects.count() == 0
