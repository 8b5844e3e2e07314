"""Bundles in orders: bought, shipped, repeated, returned, asked about."""

import pytest

from catalog.models import SkuListItem
from orders import services
from orders.models import LineItem, OrderSubscriptionItem
from tests.api import error
from tests.orders.goods import (
    attributes,
    linked,
    make_bundle,
    make_market,
    make_order,
    make_run,
    make_segment,
    make_sku,
    shopping_in,
    trigger,
)


@pytest.fixture
def mug(shop):
    return make_sku(shop.environment, code="MUG", price=1250)


@pytest.fixture
def bundle(shop, mug):
    return make_bundle(
        shop.environment,
        mug,
        code="GIFT",
        name="Gift",
        image_url="https://img.example.com/gift.png",
        compare_at_amount_cents=5000,
    )


@pytest.fixture
def order(market, shop):
    return make_order(market, shop.alice)


def add(api, order, item=None, **given):
    relationships = {"order": linked("orders", order)}
    if item is not None:
        relationships["item"] = linked("bundles", item)
    values = {"quantity": 2, **given}
    return api.post("line_items", attributes=values, relationships=relationships)


def make_line(order, bundle, **given):
    values = {"bundle": bundle, "quantity": 1, "environment_id": order.environment_id, **given}
    return services.add_line(order=order, values=values)


@pytest.mark.parametrize("by_code", [True, False])
def test_a_storefront_adds_a_bundle_by_code_or_relationship(shop, market, order, bundle, by_code):
    alice = shopping_in(shop, market, shop.alice)

    shown = attributes(
        add(alice, order, **({"bundle_code": "GIFT"} if by_code else {"item": bundle}))
    )

    assert (shown["item_type"], shown["bundle_code"]) == ("bundles", "GIFT")
    assert (shown["sku_code"], shown["name"]) == (None, "Gift")
    assert shown["image_url"] == bundle.image_url
    assert (shown["unit_amount_cents"], shown["total_amount_cents"]) == (4000, 8000)
    assert shown["compare_at_amount_cents"] == 5000
    line = LineItem.objects.get()
    related = shop.integration.get(f"line_items/{line.uid}", {"include": "bundle"}).json()
    assert related["included"][0]["id"] == bundle.uid
    order.refresh_from_db()
    assert (order.status, order.subtotal_amount_cents, order.skus_count) == ("pending", 8000, 2)


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"bundle_code": "NOPE"}, "bundle_code - must exist"),
        ({"bundle_code": "ELSEWHERE"}, "bundle_code - has no price in the order's market"),
        ({"bundle_code": "UNPRICED"}, "bundle_code - has no price in the order's market"),
        ({"bundle_code": "GIFT", "sku_code": "MUG"}, "bundle_code - must be blank: there is a SKU"),
        ({"item_type": "bundles"}, "bundle_code - can't be blank"),
        (
            {"item_type": "bundles", "sku_code": "MUG"},
            "sku_code - is not of the line's item_type",
        ),
        (
            {"item_type": "gift_cards", "bundle_code": "GIFT"},
            "bundle_code - is not of the line's item_type",
        ),
    ],
)
def test_it_rejects_what_is_no_line_of_a_bundle(shop, order, bundle, given, detail):
    make_bundle(shop.environment, code="ELSEWHERE", market=make_market(shop.environment))
    make_bundle(shop.environment, code="UNPRICED", price=None)

    assert error(add(shop.integration, order, **given))["detail"] == detail
    assert not order.line_items.exists()


def test_adding_it_again_adds_to_its_line(shop, order, bundle):
    make_line(order, bundle)

    add(shop.integration, order, bundle_code="GIFT", _update_quantity=True)

    assert LineItem.objects.get().quantity == 3


def test_a_back_end_names_its_own_price_and_another_bundle(shop, order, bundle):
    line = make_line(order, bundle)
    make_bundle(shop.environment, code="SET", name="Set", price=7000)

    changed = shop.integration.patch("line_items", line.uid, attributes={"bundle_code": "SET"})
    shown = attributes(changed)
    assert (shown["name"], shown["unit_amount_cents"]) == ("Set", 7000)
    shown = attributes(
        shop.integration.patch("line_items", line.uid, attributes={"unit_amount_cents": 1})
    )
    assert (shown["bundle_code"], shown["unit_amount_cents"]) == ("SET", 1)
    refused = shop.integration.patch("line_items", line.uid, attributes={"sku_code": "MUG"})
    assert refused.status_code == 422


def test_open_orders_follow_its_price_and_placed_ones_keep_it(shop, order, bundle):
    line = make_line(order, bundle)
    shop.integration.patch("bundles", bundle.uid, attributes={"price_amount_cents": 3000})
    trigger(shop.integration, order, "_refresh")
    line.refresh_from_db()
    assert line.unit_amount_cents == 3000

    assert trigger(shop.integration, order, "_place").status_code == 200
    shop.integration.patch("bundles", bundle.uid, attributes={"price_amount_cents": 1})
    trigger(shop.integration, order, "_start_editing")
    trigger(shop.integration, order, "_refresh")
    assert trigger(shop.integration, order, "_stop_editing").status_code == 200
    line.refresh_from_db()
    assert line.unit_amount_cents == 3000


@pytest.mark.parametrize("do_not_ship", [True, False])
def test_what_is_in_it_decides_whether_it_is_shipped(shop, order, bundle, mug, do_not_ship):
    mug.do_not_ship = do_not_ship
    mug.save()
    make_line(order, bundle)

    services.place(order=order)

    order.refresh_from_db()
    expected = "not_required" if do_not_ship else "unfulfilled"
    assert order.fulfillment_status == expected


def test_a_line_outlives_its_bundle(shop, order, bundle):
    line = make_line(order, bundle)
    services.place(order=order)

    assert shop.integration.delete(f"bundles/{bundle.uid}").status_code == 204

    shown = attributes(shop.integration.get(f"line_items/{line.uid}"))
    assert (shown["bundle_code"], shown["name"]) == ("GIFT", "Gift")
    order.refresh_from_db()
    assert order.status == "placed"


def test_a_run_orders_it_again_at_todays_price(shop, order, bundle):
    make_line(order, bundle)
    services.place(order=order)
    subscription = services.create_subscription(
        values={
            "environment_id": order.environment_id,
            "source_order": order,
            "frequency": "monthly",
        }
    )
    shop.integration.patch("bundles", bundle.uid, attributes={"price_amount_cents": 3000})

    run = make_run(subscription)

    assert run.status == "completed", run.errors_log
    line = run.target_order.line_items.get()
    assert (line.bundle, line.bundle_code, line.unit_amount_cents) == (bundle, "GIFT", 3000)
    assert (line.item_type, line.name) == ("bundles", "Gift")


def test_a_run_says_why_when_the_bundle_is_gone(shop, order, bundle):
    make_line(order, bundle)
    services.place(order=order)
    subscription = services.create_subscription(
        values={
            "environment_id": order.environment_id,
            "source_order": order,
            "frequency": "monthly",
        }
    )
    bundle.delete()

    run = make_run(subscription)

    assert (run.status, run.errors_log) == ("failed", {"bundle_code": ["must exist"]})


def test_its_line_is_subscribed_to_as_an_item(shop, order, bundle):
    make_line(order, bundle, frequency="monthly")
    services.place(order=order)
    assert trigger(shop.integration, order, "_create_subscriptions").status_code == 200

    item = OrderSubscriptionItem.objects.get()
    shown = attributes(shop.integration.get(f"order_subscription_items/{item.uid}"))
    assert (shown["bundle_code"], shown["sku_code"]) == ("GIFT", None)
    line = make_run(item.order_subscription).target_order.line_items.get()
    assert (line.bundle, line.name, line.item_type) == (bundle, "Gift", "bundles")


def test_a_back_end_makes_an_item_of_it(shop, order, bundle, mug):
    make_line(order, bundle)
    services.place(order=order)
    values = {
        "environment_id": order.environment_id,
        "source_order": order,
        "frequency": "monthly",
    }
    subscription = services.create_subscription(values=values)
    services.convert_subscription(subscription=subscription)

    made = shop.integration.post(
        "order_subscription_items",
        attributes={"quantity": 3},
        relationships={
            "order_subscription": linked("order_subscriptions", subscription),
            "item": linked("bundles", bundle),
        },
    )

    shown = attributes(made)
    assert (shown["bundle_code"], shown["total_amount_cents"]) == ("GIFT", 12000)
    assert len(make_run(subscription).target_order.line_items.all()) == 2


def test_it_is_returned_by_its_line(shop, order, bundle):
    line = make_line(order, bundle, quantity=2)
    services.place(order=order)
    values = {"environment_id": order.environment_id, "order": order}
    returned = services.create_return(values=values)

    reply = shop.integration.post(
        "return_line_items",
        attributes={"quantity": 1},
        relationships={
            "return": linked("returns", returned),
            "line_item": linked("line_items", line),
        },
    )

    shown = attributes(reply)
    assert (shown["bundle_code"], shown["sku_code"]) == ("GIFT", None)
    assert shown["total_amount_cents"] == 4000


def test_segments_ask_for_it_by_its_code(shop, order, bundle):
    segment = make_segment(shop.environment, ("bought", "any", "GIFT"))
    assert not segment.members().exists()

    make_line(order, bundle)
    services.place(order=order)

    assert list(segment.members()) == [shop.alice]


def test_its_contents_may_change_without_touching_orders(shop, order, bundle):
    line = make_line(order, bundle)
    SkuListItem.objects.all().delete()

    services.place(order=order)

    line.refresh_from_db()
    assert line.total_amount_cents == 4000
