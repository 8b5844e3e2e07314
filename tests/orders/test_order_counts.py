"""total_orders_count and status: always what a recount says."""

import multiprocessing
import os
import random
import traceback
from contextlib import suppress

import pytest
from django.db import connection, connections, transaction

from activity.models import Event
from anonymization.erasers import erase_all
from customers.models import Customer
from jsonapi.errors import Invalid, NotFound
from orders import services
from orders.models import Order
from orders.tasks import reconcile
from tests.factories import environment_of, make_customer, make_organization
from tests.orders.goods import (
    attributes,
    linked,
    make_market,
    make_pending,
    make_placed,
    trigger,
)

PROCESSES = 8
STEPS = 40  # per process


def facts(customer):
    customer.refresh_from_db()
    return customer.total_orders_count, customer.status


def topics(customer):
    rows = Event.objects.filter(resource_uid=customer.uid, name__startswith="customers.")
    return list(rows.order_by("pk").values_list("name", flat=True))


def test_a_customer_goes_from_prospect_to_acquired_to_repeat(shop, market):
    orders = [make_pending(market, shop.alice) for _ in range(3)]
    assert facts(shop.alice) == (0, "prospect")

    seen = []
    for order in orders:
        trigger(shop.integration, order, "_place")
        seen.append(facts(shop.alice))

    assert seen == [(1, "acquired"), (2, "repeat"), (3, "repeat")]
    assert topics(shop.alice) == ["customers.acquired", "customers.repeat"]
    shown = attributes(shop.integration.get(f"customers/{shop.alice.uid}"))
    assert (shown["total_orders_count"], shown["status"]) == (3, "repeat")


def test_placed_edited_and_approved_orders_count_cancelled_ones_do_not(shop, market):
    order = make_placed(market, shop.alice)

    counts = []
    for name in ("_start_editing", "_stop_editing", "_approve", "_archive", "_cancel"):
        trigger(shop.integration, order, name)
        counts.append(facts(shop.alice)[0])

    assert counts == [1, 1, 1, 1, 0]
    assert facts(shop.alice) == (0, "prospect")


def test_repeating_a_place_counts_once(shop, market):
    order = make_pending(market, shop.alice)

    for _ in range(3):
        trigger(shop.integration, order, "_place")

    assert facts(shop.alice) == (1, "acquired")


@pytest.mark.parametrize("how", ["relationship", "e-mail"])
def test_moving_an_order_recounts_both_customers(shop, market, how):
    order = make_placed(market, shop.alice)
    members = {"relationships": {"customer": linked("customers", shop.bob)}}
    if how == "e-mail":
        members = {"attributes": {"customer_email": shop.bob.email}}

    reply = shop.integration.patch("orders", order.uid, **members)

    assert attributes(reply)["customer_email"] == shop.bob.email
    assert facts(shop.alice) == (0, "prospect")
    assert facts(shop.bob) == (1, "acquired")


def test_a_placed_order_cannot_lose_its_customer(shop, market):
    order = make_placed(market, shop.alice)

    refused = shop.integration.patch("orders", order.uid, relationships={"customer": None})

    assert refused.status_code == 422
    assert facts(shop.alice) == (1, "acquired")


def test_deleting_an_order_recounts(shop, market):
    order = make_placed(market, shop.alice)

    assert shop.integration.delete(f"orders/{order.uid}").status_code == 204
    assert facts(shop.alice) == (0, "prospect")


def test_a_customer_with_orders_cannot_be_deleted(shop, market):
    order = make_pending(market, shop.alice)

    assert shop.integration.delete(f"customers/{shop.alice.uid}").status_code == 423
    services.delete_order(order=order)
    assert shop.integration.delete(f"customers/{shop.alice.uid}").status_code == 204


def test_customers_are_new_until_they_have_another_order(shop, market):
    first, second = make_placed(market, shop.alice), make_pending(market, shop.alice)

    def kind(order):
        return attributes(shop.integration.get(f"orders/{order.uid}"))["customer_type"]

    assert (kind(first), kind(second)) == ("new", "returning")


def test_reconciling_finds_nothing_and_repairs_what_was_changed_behind_its_back(shop, market):
    make_placed(market, shop.alice)
    assert services.reconcile() == []
    Customer.objects.filter(pk=shop.alice.pk).update(total_orders_count=7)
    Order.objects.update(status="cancelled")

    assert services.reconcile() == [shop.alice.uid]
    assert facts(shop.alice) == (0, "prospect")
    reconcile()


def storm(seed, customer_keys, order_keys, failures):
    """Change orders and forget people at random, as one of many processes."""
    connections.close_all()
    chance = random.Random(seed)
    try:
        for _ in range(STEPS):
            act(chance, customer_keys, order_keys)
    except BaseException:
        failures.put(traceback.format_exc())
    finally:
        connections.close_all()
        os._exit(0)


def act(chance, customer_keys, order_keys):
    order = Order.objects.filter(pk=chance.choice(order_keys)).first()
    if order is None:
        return
    customer = Customer.objects.get(pk=chance.choice(customer_keys))
    steps = {
        "place": lambda: services.place(order=order),
        "cancel": lambda: services.cancel(order=order),
        "approve": lambda: services.approve(order=order),
        "edit": lambda: services.start_editing(order=order),
        "move": lambda: services.update_order(
            order=order, trusted=True, values={"customer": customer}
        ),
        "new": lambda: make_placed(order.market, customer),
        "forget": lambda: erase_all(order.environment_id, customer.uid),
        "delete": lambda: services.delete_order(order=order),
    }
    name = chance.choices(list(steps), weights=[6, 2, 2, 1, 6, 3, 1, 1])[0]
    # E.g. approving what another process has just cancelled.
    with suppress(Invalid, NotFound), transaction.atomic():
        steps[name]()


@pytest.mark.django_db(transaction=True)
def test_counts_are_right_after_eight_processes_placed_cancelled_and_moved_orders():
    environment = environment_of(make_organization("storm"))
    market = make_market(environment)
    customers = [make_customer(environment) for _ in range(4)]
    orders = [make_pending(market, customers[number % 4]) for number in range(24)]
    keys = ([one.pk for one in customers], [one.pk for one in orders])
    connection.close()

    processes = multiprocessing.get_context("fork")
    failures = processes.SimpleQueue()
    runners = [
        processes.Process(target=storm, args=(seed, *keys, failures)) for seed in range(PROCESSES)
    ]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=120)

    assert [runner.exitcode for runner in runners] == [0] * PROCESSES
    assert failures.empty(), failures.get()
    placed = Order.objects.filter(status__in=["placed", "approved", "editing"])
    assert placed.count() > 10  # or there was no storm
    for customer in customers:
        count = placed.filter(customer=customer).count()
        assert facts(customer) == (count, ["prospect", "acquired", "repeat"][min(count, 2)])
    assert services.reconcile() == []
    numbers = list(Order.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))


@pytest.mark.django_db(transaction=True)
def test_one_order_placed_by_eight_processes_is_placed_once():
    environment = environment_of(make_organization("race"))
    customer = make_customer(environment)
    order = make_pending(make_market(environment), customer)
    connection.close()

    processes = multiprocessing.get_context("fork")
    failures = processes.SimpleQueue()
    runners = [
        processes.Process(target=place_alone, args=(order.pk, failures)) for _ in range(PROCESSES)
    ]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=60)

    assert failures.empty(), failures.get()
    assert facts(customer) == (1, "acquired")
    assert Event.objects.filter(name="orders.place").count() == 1


def place_alone(key, failures):
    connections.close_all()
    try:
        services.place(order=Order.objects.get(pk=key))
    except BaseException:
        failures.put(traceback.format_exc())
    finally:
        connections.close_all()
        os._exit(0)
