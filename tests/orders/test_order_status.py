"""How an order moves from cart to closed."""

import pytest

from activity.models import Event
from orders import services
from tests.api import error
from tests.orders.goods import (
    attributes,
    make_order,
    make_pending,
    make_placed,
    shopping_in,
    trigger,
)

TRIGGERS = {
    "_pending",
    "_place",
    "_approve",
    "_approve_and_capture",
    "_cancel",
    "_start_editing",
    "_stop_editing",
    "_authorize",
    "_capture",
    "_refund",
    "_fulfill",
}
# What is possible from each status, nothing being paid; repeating what has led there included.
POSSIBLE = {
    "draft": {"_pending"},
    "pending": {"_pending", "_place", "_authorize"},
    "placing": {"_pending", "_place", "_authorize"},
    "placed": {
        "_place",
        "_approve",
        "_cancel",
        "_start_editing",
        "_stop_editing",
        "_authorize",
    },
    "editing": {"_start_editing", "_stop_editing", "_authorize"},
    "approved": {"_approve", "_cancel", "_authorize", "_fulfill"},
    "cancelled": {"_cancel"},
}
LEADS_TO = {
    "_pending": "pending",
    "_place": "placed",
    "_approve": "approved",
    "_cancel": "cancelled",
    "_start_editing": "editing",
    "_stop_editing": "placed",
}


def bring_to(status, market, customer):
    """Return an order with that status, by the services only."""
    if status == "draft":
        return make_order(market, customer)
    order = make_pending(market, customer, place_async=status == "placing")
    if status != "pending":
        services.place(order=order)
    steps = {
        "editing": services.start_editing,
        "approved": services.approve,
        "cancelled": services.cancel,
    }
    if status in steps:
        steps[status](order=order)
    return order


def topics(order):
    return list(
        Event.objects.filter(resource_uid=order.uid).order_by("pk").values_list("name", flat=True)
    )


@pytest.mark.parametrize("name", sorted(TRIGGERS))
@pytest.mark.parametrize("status", sorted(POSSIBLE))
def test_a_trigger_acts_where_it_can_and_says_so_where_it_cannot(shop, market, status, name):
    order = bring_to(status, market, shop.alice)
    assert order.status == status

    reply = trigger(shop.integration, order, name)

    if name in POSSIBLE[status]:
        waits_for_worker = (status, name) == ("placing", "_place")
        expected = status if waits_for_worker else LEADS_TO.get(name, status)
        assert attributes(reply)["status"] == expected
    else:
        assert reply.status_code == 422
        problems = reply.json()["errors"]
        if (status, name) == ("draft", "_place"):
            assert [one["detail"] for one in problems] == ["line_items - can't be blank"]
        else:
            assert problems[0]["source"] == {"pointer": f"/data/attributes/{name}"}
            assert problems[0]["meta"] == {"error": "invalid_transition", "value": status}
        order.refresh_from_db()
        assert order.status == status


@pytest.mark.parametrize(
    ("name", "status", "column", "topic"),
    [
        ("_place", "pending", "placed_at", "orders.place"),
        ("_approve", "placed", "approved_at", "orders.approve"),
        ("_cancel", "placed", "cancelled_at", "orders.cancel"),
        ("_fulfill", "approved", "fulfillment_updated_at", "orders.fulfill"),
        ("_authorize", "placed", "payment_updated_at", "orders.authorize"),
        ("_archive", "placed", "archived_at", None),
    ],
)
def test_repeating_a_trigger_changes_nothing(  # noqa: PLR0917
    shop, market, name, status, column, topic
):
    order = bring_to(status, market, shop.alice)
    first = attributes(trigger(shop.integration, order, name))
    assert first[column] is not None

    second = attributes(trigger(shop.integration, order, name))

    assert second == first
    if topic:
        assert topics(order).count(topic) == 1


def test_false_is_not_a_trigger(shop, market):
    order = make_pending(market, shop.alice)

    assert attributes(trigger(shop.integration, order, "_place", False))["status"] == "pending"


def test_a_payment_goes_from_authorized_to_paid_to_refunded(shop, market):
    order = make_placed(market, shop.alice)

    seen = [
        attributes(trigger(shop.integration, order, name))["payment_status"]
        for name in ("_authorize", "_approve_and_capture", "_refund")
    ]

    assert seen == ["authorized", "paid", "refunded"]
    assert topics(order)[-4:] == [
        "orders.authorize",
        "orders.pay",
        "orders.approve",
        "orders.refund",
    ]


def test_cancelling_gives_up_an_authorization(shop, market):
    order = make_placed(market, shop.alice)
    trigger(shop.integration, order, "_authorize")
    trigger(shop.integration, order, "_approve")

    cancelled = attributes(trigger(shop.integration, order, "_cancel"))

    assert (cancelled["status"], cancelled["payment_status"]) == ("cancelled", "voided")
    assert topics(order)[-2:] == ["orders.cancel", "orders.void"]


@pytest.mark.parametrize("first", ["_capture", "_fulfill"])
def test_an_approved_order_that_is_paid_or_fulfilled_cannot_be_cancelled(shop, market, first):
    order = make_placed(market, shop.alice)
    services.authorize(order=order)
    services.approve(order=order)
    assert trigger(shop.integration, order, first).status_code == 200

    refused = trigger(shop.integration, order, "_cancel")

    assert error(refused)["meta"] == {"error": "invalid_transition", "value": "approved"}


def test_an_edited_order_cannot_cost_more_than_before(shop, market):
    order = make_placed(market, shop.alice)
    trigger(shop.integration, order, "_start_editing")
    line = order.line_items.get()
    shop.integration.patch("line_items", line.uid, attributes={"quantity": 2})

    refused = trigger(shop.integration, order, "_stop_editing")

    assert error(refused)["meta"] == {
        "error": "less_than_or_equal_to",
        "value": 2000,
        "count": 1000,
    }
    shop.integration.patch("line_items", line.uid, attributes={"quantity": 1})
    assert attributes(trigger(shop.integration, order, "_stop_editing"))["status"] == "placed"


def test_an_order_is_archived_and_unarchived(shop, market):
    order = make_pending(market, shop.alice)

    assert attributes(trigger(shop.integration, order, "_archive"))["archived_at"] is not None
    assert attributes(trigger(shop.integration, order, "_unarchive"))["archived_at"] is None


@pytest.mark.parametrize(
    "name", ["_pending", "_approve", "_authorize", "_capture", "_refund", "_fulfill"]
)
def test_a_storefront_cannot_speak_for_the_shop(shop, market, name):
    order = make_pending(market, shop.alice)

    refused = trigger(shopping_in(shop, market, shop.alice), order, name)

    assert refused.status_code == 401
    assert error(refused)["code"] == "UNAUTHORIZED"
