"""The orders that subscriptions make."""

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import EventStore
from anonymization.services import process_due
from catalog.models import Price
from orders import services, tasks
from orders.models import Order, OrderSubscription
from tests import factories
from tests.anonymization.steps import request as ask_to_forget
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_due,
    make_order,
    make_placed,
    make_run,
    make_sku,
    trigger,
)


def subscribed(order, **values):
    """Return an active subscription that repeats a placed order every day."""
    values = {"environment_id": order.environment_id, "source_order": order, **values}
    return services.create_subscription(values={"frequency": "daily", **values})


@pytest.fixture
def subscription(shop, market):
    address = factories.make_address(shop.environment, customer=shop.alice)
    order = make_order(market, shop.alice, shipping_address=address, language_code="it")
    add_line(order, quantity=3, unit_amount_cents=700)
    services.place(order=order)
    return subscribed(order)


def topics(row):
    return list(row.events.order_by("pk").values_list("name", flat=True))


def test_nothing_happens_before_a_run_is_due(subscription):
    tasks.renew()

    assert not subscription.orders.exists()


def test_a_due_run_makes_an_order_like_the_source_order(shop, subscription):
    make_due(subscription)

    tasks.renew()
    tasks.renew()

    order = subscription.orders.get()
    assert (order.status, order.customer, order.language_code) == ("placed", shop.alice, "it")
    assert order.total_amount_cents == 2100
    assert [(line.name, line.quantity) for line in order.line_items.all()] == [("A mug", 3)]
    source = subscription.source_order
    assert order.shipping_address.line_1 == source.shipping_address.line_1
    assert order.shipping_address != source.shipping_address
    shop.alice.refresh_from_db()
    assert shop.alice.total_orders_count == 2
    path = f"order_subscriptions/{subscription.uid}"
    shown = attributes(shop.integration.get(path))
    facts = ("status", "occurrencies", "errors_count", "succeeded_on_last_run")
    assert [shown[name] for name in facts] == ["active", 1, 0, True]
    assert shown["last_run_at"] < shown["next_run_at"]
    listed = shop.integration.get(f"{path}/orders").json()["data"]
    assert [one["id"] for one in listed] == [order.uid]
    back = shop.integration.get(f"orders/{order.uid}/order_subscription").json()["data"]
    assert back["id"] == subscription.uid


def test_a_run_is_told_and_recorded(shop, subscription):
    copy = make_run(subscription)

    order = subscription.orders.get()
    assert "order_subscriptions.last_run_succeeded" in topics(subscription)
    assert topics(order)[-2:] == ["orders.place", "orders.create"]
    entries = EventStore.objects.filter(who__worker__type="OrderSubscriptionWorker")
    assert {(one.resource_type, one.event) for one in entries} == {
        ("orders", "create"),
        ("line_items", "create"),
        ("recurring_order_copies", "create"),
        ("order_subscriptions", "update"),
    }
    change = entries.get(resource_type="order_subscriptions").payload
    assert change["occurrencies"] == [0, 1]
    shown = attributes(shop.integration.get(f"recurring_order_copies/{copy.uid}"))
    assert (shown["status"], shown["errors_log"], shown["errors_count"]) == ("completed", None, 0)
    for name, uid in (("target_order", order.uid), ("order_subscription", subscription.uid)):
        found = shop.integration.get(f"recurring_order_copies/{copy.uid}/{name}").json()["data"]
        assert found["id"] == uid


def test_missed_runs_become_one_and_the_next_keeps_its_place(subscription):
    start = timezone.now() - timedelta(days=10, hours=5)
    rows = OrderSubscription.objects.filter(pk=subscription.pk)
    rows.update(starts_at=start, anchor_at=start, next_run_at=start + timedelta(days=1))

    services.renew_due()
    services.renew_due()

    subscription.refresh_from_db()
    assert subscription.orders.count() == 1
    assert subscription.next_run_at == start + timedelta(days=11)


def test_prices_of_the_catalog_are_todays_and_others_stay(shop, market):
    sku = make_sku(shop.environment, price=1000)
    order = make_order(market, shop.alice)
    values = {"environment_id": shop.environment.pk, "sku": sku, "quantity": 1}
    services.add_line(order=order, values=values)
    add_line(order, unit_amount_cents=50, name="Gift wrap")
    services.place(order=order)
    subscription = subscribed(order)
    Price.objects.filter(sku=sku).update(amount_cents=1500)

    make_run(subscription)

    assert subscription.orders.get().total_amount_cents == 1550


def test_items_say_what_is_ordered_and_for_how_much(shop, market):
    sku = make_sku(shop.environment, price=1000)
    order = make_order(market, shop.alice)
    add_line(order, sku=sku, frequency="daily", quantity=2, unit_amount_cents=800)
    add_line(order, name="Once only")
    services.place(order=order)
    services.subscribe(order=order)
    subscription = order.order_subscriptions.get()
    subscription.order_subscription_items.update(quantity=5)

    make_run(subscription)

    (line,) = subscription.orders.get().line_items.all()
    assert (line.sku, line.quantity, line.unit_amount_cents) == (sku, 5, 800)
    assert line.frequency is None


def test_an_order_can_be_left_to_be_placed_by_hand(shop, market):
    subscription = subscribed(make_placed(market, shop.alice), place_target_order=False)

    make_run(subscription)

    assert subscription.orders.get().status == "pending"


def failed(shop, subscription):
    """Return why a run made no order, having seen that it is counted and told."""
    copy = make_run(subscription)
    subscription.refresh_from_db()
    assert not subscription.orders.exists()
    assert (subscription.status, subscription.errors_count) == ("active", 1)
    assert subscription.succeeded_on_last_run is False
    assert subscription.next_run_at > timezone.now()
    assert topics(subscription)[-1] == "order_subscriptions.last_run_failed"
    assert copy.status == "failed"
    return copy.errors_log


def test_a_disabled_customer_gets_nothing_and_the_run_says_why(shop, subscription):
    shop.alice.enabled = False
    shop.alice.save()

    assert failed(shop, subscription) == {"customer": ["is disabled"]}


def test_a_disabled_market_sells_nothing_more(shop, market, subscription):
    market.disable()
    market.save()

    assert failed(shop, subscription) == {"market": ["is disabled"]}


def test_what_is_not_sold_any_more_cannot_be_ordered_again(shop, market):
    sku = make_sku(shop.environment)
    order = make_order(market, shop.alice)
    add_line(order, sku=sku)
    services.place(order=order)
    subscription = subscribed(order)
    sku.delete()

    assert failed(shop, subscription) == {"sku_code": ["must exist"]}


def test_a_subscription_without_items_orders_nothing(shop, subscription):
    services.convert_subscription(subscription=subscription)
    subscription.order_subscription_items.all().delete()

    assert failed(shop, subscription) == {"order_subscription_items": ["can't be blank"]}


def test_a_market_that_wants_payment_gets_no_unpaid_order(shop, market, subscription):
    market.payment_required = True
    market.save()

    assert failed(shop, subscription) == {"payment_status": ["must not be unpaid"]}


def test_whoever_is_forgotten_gets_nothing_more(shop, subscription):
    make_due(subscription)
    shop.organization.anonymization_grace = timedelta(0)
    shop.organization.save()
    ask_to_forget(shop.alice)

    assert process_due() == 1
    tasks.renew()

    subscription.refresh_from_db()
    assert (subscription.status, subscription.next_run_at) == ("cancelled", None)
    assert not subscription.orders.exists()


def test_an_expired_subscription_rests(subscription):
    make_due(subscription)
    OrderSubscription.objects.filter(pk=subscription.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )

    assert services.renew_due() == 0


@pytest.mark.parametrize(
    ("name", "status"), [("_deactivate", "inactive"), ("_cancel", "cancelled")]
)
def test_a_stop_wins_over_a_run_that_has_begun(shop, subscription, name, status):
    make_due(subscription)
    token = services.claim(subscription_id=subscription.pk)
    path = f"order_subscriptions/{subscription.uid}"
    assert attributes(shop.integration.get(path))["status"] == "running"

    stopped = trigger(shop.integration, subscription, name, True, "order_subscriptions")

    assert attributes(stopped)["status"] == status
    assert not services.carry_out(subscription_id=subscription.pk, lease_token=token)
    assert not Order.objects.filter(order_subscription=subscription).exists()


def test_what_keeps_failing_for_no_reason_is_given_up(subscription, settings):
    make_due(subscription)
    settings.RENEWAL_LEASE = timedelta(0)
    for _ in range(10):
        assert services.claim(subscription_id=subscription.pk)

    assert services.renew(subscription_id=subscription.pk)

    copy = subscription.recurring_order_copies.get()
    assert copy.errors_log == {
        "base": ["could not be finished, although it was tried several times"]
    }
    subscription.refresh_from_db()
    assert (subscription.status, subscription.attempts) == ("active", 0)


def test_a_defect_is_put_off_and_comes_back(subscription):
    make_due(subscription)
    token = services.claim(subscription_id=subscription.pk)

    services.put_off(subscription_id=subscription.pk, lease_token=token)

    assert services.renew_due() == 0
    OrderSubscription.objects.update(lease_until=timezone.now())
    assert services.renew_due() == 1
    assert subscription.orders.count() == 1


def test_the_next_order_is_announced_once(shop, subscription):
    soon = timezone.now() + timedelta(hours=5)
    changed = {"next_run_at": soon.isoformat(), "renewal_alert_period": 4}
    shop.integration.patch("order_subscriptions", subscription.uid, attributes=changed)
    assert services.announce_renewals() == 0

    changed = {"renewal_alert_period": 6}
    shop.integration.patch("order_subscriptions", subscription.uid, attributes=changed)
    tasks.renew()
    tasks.renew()

    assert topics(subscription).count("order_subscriptions.renewal") == 1


def test_a_run_cannot_be_written(shop, subscription):
    copy = make_run(subscription)

    refused = [
        shop.integration.post(
            "recurring_order_copies",
            relationships={"order_subscription": linked("order_subscriptions", subscription)},
        ),
        shop.integration.delete(f"recurring_order_copies/{copy.uid}"),
    ]

    assert {one.status_code for one in refused} == {403}
    assert {error(one)["code"] for one in refused} == {"FORBIDDEN"}


def test_a_subscription_with_orders_can_be_deleted_and_they_stay(shop, subscription):
    make_run(subscription)
    order = subscription.orders.get()

    assert shop.integration.delete(f"order_subscriptions/{subscription.uid}").status_code == 204

    order.refresh_from_db()
    assert order.order_subscription is None
