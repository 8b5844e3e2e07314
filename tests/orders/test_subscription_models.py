"""Which frequencies a market offers, and what subscriptions are made of them."""

import pytest

from orders import services
from tests.api import error
from tests.orders.goods import (
    add_line,
    make_market,
    make_order,
    make_placed,
    make_sku,
    make_subscription_model,
    step,
    subscribe,
    trigger,
)


def offering(shop, **fields):
    """Return a market with a subscription model."""
    model = make_subscription_model(shop.environment, **fields)
    return make_market(shop.environment, subscription_model=model)


def of_lines(shop, market, *frequencies):
    """Return a placed order with a line of each frequency."""
    order = make_order(market, shop.alice)
    for frequency in frequencies:
        sku = make_sku(shop.environment)
        add_line(order, sku=sku, frequency=frequency)
    services.place(order=order)
    return order


def test_a_market_offers_the_frequencies_of_its_model(shop):
    market = offering(shop)
    order = make_placed(market, shop.alice)

    refused = error(subscribe(shop.integration, order, frequency="daily"))
    made = subscribe(shop.integration, order, frequency="weekly")

    assert refused["source"] == {"pointer": "/data/attributes/frequency"}
    assert refused["meta"]["error"] == "inclusion"
    uid = made.json()["data"]["id"]
    model = shop.integration.get(f"order_subscriptions/{uid}/subscription_model").json()["data"]
    assert model["id"] == market.subscription_model.uid
    changed = shop.integration.patch("order_subscriptions", uid, attributes={"frequency": "daily"})
    assert error(changed)["meta"]["error"] == "inclusion"
    back = shop.integration.get(f"subscription_models/{model['id']}/order_subscriptions").json()
    assert [row["id"] for row in back["data"]] == [uid]


def test_lines_of_other_frequencies_make_no_subscriptions(shop):
    order = of_lines(shop, offering(shop), "weekly", "daily")

    refused = error(trigger(shop.integration, order, "_create_subscriptions"))

    assert refused["source"] == {"pointer": "/data/relationships/line_items"}
    assert not order.order_subscriptions.exists()


@pytest.mark.parametrize(("strategy", "count"), [("by_frequency", 2), ("by_line_items", 3)])
def test_the_strategy_says_how_many_subscriptions_are_made(shop, strategy, count):
    order = of_lines(shop, offering(shop, strategy=strategy), "weekly", "monthly", "weekly")

    trigger(shop.integration, order, "_create_subscriptions")

    made = order.order_subscriptions.all()
    assert [one.status for one in made] == ["active"] * count
    items = [one.order_subscription_items.count() for one in made]
    assert sorted(items) == ([1, 2] if count == 2 else [1, 1, 1])


def test_a_model_may_leave_them_to_be_activated(shop):
    order = of_lines(shop, offering(shop, auto_activate=False), "weekly")

    trigger(shop.integration, order, "_create_subscriptions")

    made = order.order_subscriptions.get()
    assert (made.status, made.next_run_at) == ("draft", None)
    step(shop.integration, made.uid, "_activate")
    made.refresh_from_db()
    assert made.status == "active"


@pytest.mark.parametrize(("auto_cancel", "status"), [(True, "cancelled"), (False, "active")])
def test_a_model_may_end_them_with_their_order(shop, auto_cancel, status):
    order = of_lines(shop, offering(shop, auto_cancel=auto_cancel), "weekly")
    trigger(shop.integration, order, "_create_subscriptions")

    trigger(shop.integration, order, "_cancel")

    assert order.order_subscriptions.get().status == status


def test_converting_asks_the_model_of_the_market(shop, market):
    order = of_lines(shop, market, "daily")
    made = subscribe(shop.integration, order, frequency="daily").json()["data"]["id"]
    market.subscription_model = make_subscription_model(shop.environment)
    market.save()

    refused = step(shop.integration, made, "_convert")

    assert error(refused)["source"] == {"pointer": "/data/attributes/frequency"}
    market.subscription_model.frequencies = ["daily"]
    market.subscription_model.save()
    assert step(shop.integration, made, "_convert").status_code == 200
    link = shop.integration.get(f"order_subscriptions/{made}/subscription_model").json()["data"]
    assert link["id"] == market.subscription_model.uid


@pytest.mark.parametrize(
    "attributes",
    [
        {"name": "Coffee"},
        {"name": "Coffee", "frequencies": []},
        {"name": "Coffee", "frequencies": ["weekly", "sometimes"]},
        {"name": "Coffee", "frequencies": ["* * * * *"]},
    ],
)
def test_a_model_needs_frequencies_that_can_be_read(shop, attributes):
    refused = error(shop.integration.post("subscription_models", attributes=attributes))

    assert refused["source"] == {"pointer": "/data/attributes/frequencies"}


def test_a_model_keeps_its_frequencies(shop):
    model = make_subscription_model(shop.environment)

    refused = shop.integration.patch(
        "subscription_models", model.uid, attributes={"frequencies": []}
    )

    assert error(refused)["source"] == {"pointer": "/data/attributes/frequencies"}
    assert shop.guest.get(f"subscription_models/{model.uid}").status_code == 401
