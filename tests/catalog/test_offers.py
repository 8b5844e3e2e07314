"""plans, coupons and segments over the API."""

import pytest

from tests.api import error, identifier
from tests.orders.goods import make_plan, make_segment, make_sku

PLAN = {"name": "Tea club", "code": "tea", "currency_code": "EUR", "amount_cents": 1200}


def test_a_plan_shows_its_amount_three_ways(shop):
    sku = make_sku(shop.environment)
    segment = make_segment(shop.environment, name="Known")
    reply = shop.integration.post(
        "plans",
        attributes={**PLAN, "entitlements": ["tea", "biscuits"]},
        relationships={
            "segments": [identifier("segments", segment)],
            "sku": identifier("skus", sku),
        },
    )

    assert reply.status_code == 201, reply.content
    attributes = reply.json()["data"]["attributes"]
    assert attributes["formatted_amount"] == "€12,00"
    assert attributes["entitlements"] == ["tea", "biscuits"]
    assert (attributes["interval"], attributes["interval_count"]) == ("month", 1)
    uid = reply.json()["data"]["id"]
    linked = shop.integration.get(f"plans/{uid}/segments").json()["data"]
    assert [one["attributes"]["name"] for one in linked] == ["Known"]
    emptied = shop.integration.patch("plans", uid, relationships={"segments": []})
    assert emptied.status_code == 200
    assert shop.integration.get(f"plans/{uid}/segments").json()["data"] == []


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"amount_cents": -1}, "amount_cents"),
        ({"interval": "fortnight"}, "interval"),
        ({"interval_count": 0}, "interval_count"),
        ({"currency_code": "XXY"}, "currency_code"),
        ({"code": None}, "code"),
        ({"entitlements": "tea"}, "entitlements"),
    ],
)
def test_a_bad_plan_is_refused(shop, attributes, field):
    refused = error(shop.integration.post("plans", attributes={**PLAN, **attributes}))

    assert refused["source"] == {"pointer": f"/data/attributes/{field}"}


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({}, "percent_off"),
        ({"percent_off": 101}, "percent_off"),
        ({"percent_off": 10, "amount_off_cents": 5, "currency_code": "EUR"}, "percent_off"),
        ({"amount_off_cents": 5}, "percent_off"),
        ({"percent_off": 10, "currency_code": ""}, "currency_code"),
        ({"amount_off_cents": 5, "currency_code": ""}, "currency_code"),
        ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 10, "duration_in_months": 3}, "duration_in_months"),
    ],
)
def test_a_coupon_takes_off_a_part_or_an_amount(shop, attributes, field):
    good = shop.integration.post("coupons", attributes={"code": "GOOD", "percent_off": 10})
    assert good.status_code == 201, good.content

    refused = error(shop.integration.post("coupons", attributes={"code": "BAD", **attributes}))

    assert refused["source"] == {"pointer": f"/data/attributes/{field}"}


def test_codes_are_taken_once(shop):
    make_plan(shop.environment, code="tea")

    assert error(shop.integration.post("plans", attributes=PLAN))["meta"]["error"] == "taken"


@pytest.mark.parametrize("resource_type", ["plans", "coupons", "segments"])
def test_storefronts_do_not_look_behind_the_counter(shop, resource_type):
    for api in (shop.guest, shop.as_alice):
        assert error(api.get(resource_type))["code"] == "UNAUTHORIZED"


def test_segments_are_written_in_the_admin(shop):
    segment = make_segment(shop.environment, name="Known")

    renamed = shop.integration.patch("segments", segment.uid, attributes={"name": "Other"})
    noted = shop.integration.patch("segments", segment.uid, attributes={"reference": "crm-1"})

    assert error(renamed)["code"] == "PARAM_NOT_ALLOWED"
    assert noted.status_code == 200
    assert error(shop.integration.post("segments", attributes={"name": "x"}))["status"] == "403"
