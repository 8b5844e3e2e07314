"""What is offered to a customer because of who they are."""

import pytest

from customers.models import Customer
from tests.compat.sdk import sentence
from tests.orders import goods

PATHS = ["customer/plans", "customer/coupons", "customer/product_sku"]


@pytest.fixture
def segment(shop):
    """Whoever has placed no order."""
    return goods.make_segment(shop.environment, ("total_orders_count", "at_most", "0"))


@pytest.mark.parametrize("path", PATHS)
def test_without_a_match_there_is_nothing(as_ada, path):
    assert sentence(as_ada.get(path)) == (404, "No eligible items found")


@pytest.mark.parametrize("path", PATHS)
def test_it_is_theirs_only_with_a_token(sdk, path):
    assert sentence(sdk.get(path))[0] == 401


def test_each_offer_says_which_segments_grant_it(shop, as_ada, segment):
    plan = goods.make_plan(shop.environment)
    coupon = goods.make_coupon(shop.environment)
    sku = goods.make_sku(shop.environment, price=1000)
    goods.make_plan(shop.environment)  # attached to no segment
    for offer in (plan, coupon, sku):
        offer.segments.add(segment)

    shown = {path: as_ada.get(path).json()["data"] for path in PATHS}

    assert {path: [one["id"] for one in found] for path, found in shown.items()} == {
        "customer/plans": [plan.pk],
        "customer/coupons": [coupon.pk],
        "customer/product_sku": [sku.pk],
    }
    why = [{"id": segment.pk, "name": segment.name}]
    assert all(found[0]["segments"] == why for found in shown.values())
    assert shown["customer/plans"][0]["nickname"] == plan.name
    assert shown["customer/plans"][0]["amount"] == plan.amount_cents
    assert shown["customer/coupons"][0]["code"] == coupon.code
    assert shown["customer/product_sku"][0]["price"] == 1000
    assert shown["customer/product_sku"][0]["currency"] == "eur"


def test_who_leaves_the_segment_loses_the_offer(shop, as_ada, ada, segment):
    goods.make_plan(shop.environment).segments.add(segment)
    assert as_ada.get("customer/plans/").status_code == 200

    Customer.objects.filter(pk=ada.pk).update(total_orders_count=1)

    assert sentence(as_ada.get("customer/plans"))[0] == 404


def test_the_price_of_an_offer_is_not_one_for_others_only(shop, as_ada, segment):
    hidden = goods.make_private_market(
        shop.environment, price_list=goods.make_price_list(shop.environment)
    )
    sku = goods.make_sku(shop.environment, price=None)
    sku.segments.add(segment)
    goods.make_price(sku, 1, market=hidden)
    goods.make_price(sku, 2, price_list=hidden.price_list)
    assert as_ada.get("customer/product_sku").json()["data"][0]["price"] is None

    goods.make_price(sku, 900)

    assert as_ada.get("customer/product_sku").json()["data"][0]["price"] == 900
