"""Order subscriptions: made, changed, rested and ended."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from orders import services
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    make_order,
    make_pending,
    make_placed,
    make_sku,
    shopping_in,
    step,
    subscribe,
    trigger,
)


def when(text):
    return datetime.fromisoformat(text)


def in_days(count):
    return (timezone.now() + timedelta(days=count)).replace(microsecond=0)


def test_a_subscription_waits_for_its_source_order(shop, market):
    order = make_pending(market, shop.alice)

    reply = subscribe(shop.integration, order)

    shown = attributes(reply)
    assert (shown["number"], shown["status"]) == ("1", "draft")
    assert shown["customer_email"] == shop.alice.email
    assert shown["next_run_at"] is None
    trigger(shop.integration, order, "_place")
    uid = reply.json()["data"]["id"]
    shown = attributes(shop.integration.get(f"order_subscriptions/{uid}"))
    assert shown["status"] == "active"
    # The source order is the first run.
    placed, following = when(shown["starts_at"]), when(shown["next_run_at"])
    assert timedelta(days=28) <= following - placed <= timedelta(days=31)
    listed = shop.integration.get(f"customers/{shop.alice.uid}/order_subscriptions")
    assert [row["id"] for row in listed.json()["data"]] == [uid]


def test_a_subscription_of_its_own_needs_a_start_and_runs_then(shop, market):
    order = make_placed(market, shop.alice)
    start = in_days(3)

    refused = subscribe(shop.integration, order, activate_by_source_order=False)
    made = subscribe(
        shop.integration, order, activate_by_source_order=False, starts_at=start.isoformat()
    )

    assert error(refused)["detail"] == "starts_at - can't be blank"
    assert attributes(made)["status"] == "draft"
    shown = attributes(step(shop.integration, made.json()["data"]["id"], "_activate"))
    assert (shown["status"], when(shown["next_run_at"])) == ("active", start)


def test_a_subscription_is_active_inactive_or_over(shop, market):
    order = make_placed(market, shop.alice)
    uid = subscribe(shop.integration, order).json()["data"]["id"]

    seen = [
        attributes(step(shop.integration, uid, name))
        for name in ("_activate", "_deactivate", "_activate", "_cancel")
    ]

    assert [one["status"] for one in seen] == ["active", "inactive", "active", "cancelled"]
    assert [one["next_run_at"] is None for one in seen] == [False, True, False, True]
    assert error(step(shop.integration, uid, "_activate"))["meta"] == {
        "error": "invalid_transition",
        "value": "cancelled",
    }
    events = shop.integration.get(f"order_subscriptions/{uid}/events").json()["data"]
    assert [one["attributes"]["name"].partition(".")[2] for one in events] == [
        "create",
        "deactivate",
        "activate",
        "cancel",
    ]


def test_what_was_missed_while_resting_is_not_made_up_for(shop, market):
    order = make_placed(market, shop.alice)
    order.order_subscriptions.create(
        environment=shop.environment,
        market=market,
        frequency="daily",
        status="inactive",
        starts_at=in_days(-10),
    )
    subscription = order.order_subscriptions.get()

    shown = attributes(step(shop.integration, subscription.uid, "_activate"))

    assert when(shown["next_run_at"]) > timezone.now()


@pytest.mark.parametrize("frequency", ["sometimes", "* * * * *", "0 0 31 2 *"])
def test_a_frequency_that_means_nothing_is_refused(shop, market, frequency):
    order = make_placed(market, shop.alice)
    uid = subscribe(shop.integration, order).json()["data"]["id"]

    refused = [
        subscribe(shop.integration, order, frequency=frequency),
        shop.integration.patch("order_subscriptions", uid, attributes={"frequency": frequency}),
    ]

    for reply in refused:
        assert error(reply)["source"] == {"pointer": "/data/attributes/frequency"}
        assert error(reply)["meta"]["error"] == "inclusion"


def test_another_frequency_plans_again(shop, market):
    uid = subscribe(shop.integration, make_placed(market, shop.alice)).json()["data"]["id"]

    shown = attributes(
        shop.integration.patch("order_subscriptions", uid, attributes={"frequency": "daily"})
    )

    assert when(shown["next_run_at"]) - when(shown["starts_at"]) == timedelta(days=1)


def test_the_next_run_can_be_moved_to_the_future_only(shop, market):
    uid = subscribe(shop.integration, make_placed(market, shop.alice)).json()["data"]["id"]
    wanted = in_days(2)

    def move(run):
        return shop.integration.patch(
            "order_subscriptions", uid, attributes={"next_run_at": run and run.isoformat()}
        )

    assert error(move(in_days(-1)))["detail"] == "next_run_at - must be in the future"
    assert error(move(None))["detail"] == "next_run_at - can't be blank"
    assert when(attributes(move(wanted))["next_run_at"]) == wanted


def test_the_next_run_cannot_be_set_before_there_is_one(shop, market):
    refused = subscribe(
        shop.integration, make_placed(market, shop.alice), next_run_at=in_days(3).isoformat()
    )

    assert (refused.status_code, error(refused)["code"]) == (400, "PARAM_NOT_ALLOWED")


def test_nothing_is_planned_beyond_the_end(shop, market):
    uid = subscribe(shop.integration, make_placed(market, shop.alice)).json()["data"]["id"]

    def end(day):
        changed = {"expires_at": in_days(day).isoformat()}
        return attributes(shop.integration.patch("order_subscriptions", uid, attributes=changed))

    assert end(20)["next_run_at"] is None
    assert end(40)["next_run_at"] is not None


def test_the_older_option_says_whether_orders_are_placed(shop, market):
    reply = subscribe(
        shop.integration,
        make_placed(market, shop.alice),
        options={"place_target_order": False},
    )

    assert attributes(reply)["place_target_order"] is False


def test_each_frequency_among_the_lines_makes_a_subscription(shop, market):
    order = make_order(market, shop.alice)
    skus = [make_sku(shop.environment) for _ in range(4)]
    for sku, frequency in zip(skus, ["monthly", "weekly", "monthly", None], strict=True):
        add_line(order, sku=sku, frequency=frequency, quantity=2)

    too_early = trigger(shop.integration, order, "_create_subscriptions")
    assert error(too_early)["meta"]["error"] == "invalid_transition"
    both = {"_place": True, "_create_subscriptions": True}
    assert attributes(shop.integration.patch("orders", order.uid, attributes=both))[
        "subscription_created_at"
    ]
    assert trigger(shop.integration, order, "_create_subscriptions").status_code == 200

    path = f"orders/{order.uid}/order_subscriptions"
    found = shop.integration.get(path, {"include": "order_subscription_items"}).json()
    assert [(one["attributes"]["frequency"], one["attributes"]["status"]) for one in found["data"]]
    frequencies = {one["attributes"]["frequency"]: one for one in found["data"]}
    assert sorted(frequencies) == ["monthly", "weekly"]
    assert len(found["data"]) == 2
    codes = [one["attributes"]["sku_code"] for one in found["included"]]
    assert sorted(codes) == sorted(sku.code for sku in skus[:3])
    assert {one["attributes"]["total_amount_cents"] for one in found["included"]} == {2000}
    names = [row.name for row in order.events.order_by("pk")]
    assert names[-2:] == ["orders.place", "orders.create_subscriptions"]


def test_lines_without_a_frequency_make_no_subscription(shop, market):
    order = make_placed(market, shop.alice)

    refused = trigger(shop.integration, order, "_create_subscriptions")

    assert error(refused)["detail"] == "line_items - have no frequency"
    assert not order.order_subscriptions.exists()


def test_a_guest_cannot_subscribe_somebody(shop, market):
    sku = make_sku(shop.environment)
    guest = shopping_in(shop, market)
    order = make_order(market, customer_email=shop.alice.email, guest=True)
    add_line(order, sku=sku, frequency="monthly")

    both = {"_place": True, "_create_subscriptions": True}
    refused = guest.patch("orders", order.uid, attributes=both)

    assert error(refused)["detail"].startswith("customer - is a guest")
    assert not shop.alice.order_subscriptions.exists()


def test_a_subscription_is_converted_to_items_once(shop, market):
    order = make_order(market, shop.alice)
    sku = make_sku(shop.environment)
    add_line(order, sku=sku, quantity=3)
    services.place(order=order)
    uid = subscribe(shop.integration, order).json()["data"]["id"]

    for _ in range(2):
        assert step(shop.integration, uid, "_convert").status_code == 200

    (item,) = shop.integration.get(f"order_subscriptions/{uid}/order_subscription_items").json()[
        "data"
    ]
    assert item["attributes"]["sku_code"] == sku.code
    assert item["attributes"]["quantity"] == 3
    source = shop.integration.get(f"order_subscription_items/{item['id']}/source_line_item")
    assert source.json()["data"]["id"] == order.line_items.get().uid


def test_items_are_added_changed_and_removed(shop, market):
    order = make_placed(market, shop.alice)
    uid = subscribe(shop.integration, order).json()["data"]["id"]
    mug, cup = make_sku(shop.environment, price=700), make_sku(shop.environment, price=900)

    def add(**attributes_of_item):
        return shop.integration.post(
            "order_subscription_items",
            attributes=attributes_of_item,
            relationships={"order_subscription": {"type": "order_subscriptions", "id": uid}},
        )

    refused = add(sku_code=mug.code, quantity=1)
    assert error(refused)["source"] == {"pointer": "/data/relationships/order_subscription"}
    step(shop.integration, uid, "_convert")
    made = add(sku_code=mug.code, quantity=2)
    assert attributes(made)["total_amount_cents"] == 1400
    assert error(add(quantity=2))["detail"] == "sku_code - can't be blank"
    assert error(add(sku_code="none", quantity=2))["detail"] == "sku_code - must exist"
    item = made.json()["data"]["id"]
    changed = shop.integration.patch(
        "order_subscription_items", item, attributes={"sku_code": cup.code, "quantity": 1}
    )
    assert attributes(changed)["total_amount_cents"] == 900
    named = shop.integration.patch(
        "order_subscription_items", item, attributes={"unit_amount_cents": 5}
    )
    assert attributes(named)["total_amount_cents"] == 5
    assert shop.integration.delete(f"order_subscription_items/{item}").status_code == 204
    step(shop.integration, uid, "_cancel")
    assert error(add(sku_code=mug.code, quantity=1))["meta"]["error"] == "not_editable"


def test_a_customer_reads_own_subscriptions_and_writes_none(shop, market):
    order = make_placed(market, shop.alice)
    uid = subscribe(shop.integration, order).json()["data"]["id"]
    step(shop.integration, uid, "_convert")
    alice = shopping_in(shop, market, shop.alice)
    bob = shopping_in(shop, market, shop.bob)
    path = f"order_subscriptions/{uid}/order_subscription_items"

    assert len(alice.get(path).json()["data"]) == 1
    assert bob.get(path).status_code == 404
    assert len(bob.get("order_subscription_items").json()["data"]) == 0
    assert step(alice, uid, "_cancel").status_code == 401
    assert shop.guest.get("order_subscription_items").status_code == 401
