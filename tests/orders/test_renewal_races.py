"""One order for each due run, whoever comes when, and whoever dies."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection

from orders import services
from orders.models import OrderSubscription
from tests.anonymization.steps import at_once, eventually
from tests.orders.goods import make_due, make_market, make_placed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subscription(shop):
    order = make_placed(make_market(shop.environment), shop.alice)
    values = {"environment_id": shop.environment.pk, "source_order": order, "frequency": "daily"}
    made = services.create_subscription(values=values)
    make_due(made)
    return made


@pytest.fixture
def dying_worker():
    """Start a worker in a process of its own, on the database of the tests."""
    workers = []

    def start():
        given = connection.settings_dict
        host = given["HOST"]
        password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
        place = f"?host={host}" if host.startswith("/") else ""
        address = "" if place else f"{host}:{given['PORT']}"
        url = f"postgresql://{given['USER']}{password}@{address}/{given['NAME']}{place}"
        worker = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("dying_renewer.py")],
            env={
                **os.environ,
                "DATABASE_URL": url,
                "PYTHONPATH": os.pathsep.join([str(project.BASE_DIR), *sys.path]),
                "RENEWAL_LEASE_SECONDS": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def test_a_worker_killed_in_a_run_is_replaced_and_one_order_is_made(subscription, dying_worker):
    worker = dying_worker()
    assert worker.stdout.readline() == "made\n"
    subscription.refresh_from_db()
    assert subscription.status == "running"
    assert not subscription.orders.exists()

    worker.kill()
    eventually(lambda: services.renew_due() == 1)

    subscription.refresh_from_db()
    assert (subscription.status, subscription.occurrencies) == ("active", 1)
    assert subscription.orders.count() == 1
    assert subscription.recurring_order_copies.get().status == "completed"
    assert subscription.source_order.customer.orders.count() == 2


def test_nobody_makes_a_second_order_beside_a_slow_worker(subscription, dying_worker):
    worker = dying_worker()
    assert worker.stdout.readline() == "made\n"
    eventually(lambda: OrderSubscription.objects.due().filter(pk=subscription.pk).exists())

    assert services.renew_due() == 0

    worker.stdin.close()
    worker.wait(timeout=20)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.orders.count()) == ("active", 1)


def test_sweepers_at_once_make_one_order(subscription):
    results = at_once(*[services.renew_due] * 6)

    assert sum(results) == 1, results
    assert subscription.orders.count() == 1


def test_a_stop_and_a_sweep_at_once_come_one_after_the_other(subscription):
    def stop():
        mine = OrderSubscription.objects.get(pk=subscription.pk)
        services.move_subscription(subscription=mine, trigger="_cancel")

    for failure in at_once(services.renew_due, stop, services.renew_due):
        assert not isinstance(failure, Exception), failure

    subscription.refresh_from_db()
    assert subscription.status == "cancelled"
    assert subscription.orders.count() == subscription.occurrencies <= 1


def test_a_customer_disabled_meanwhile_gets_an_order_or_a_reason(subscription):
    customer = subscription.customer

    def disable():
        type(customer).objects.filter(pk=customer.pk).update(enabled=False)

    at_once(services.renew_due, disable)

    copy = subscription.recurring_order_copies.get()
    assert (copy.target_order is None) == (copy.errors_log == {"customer": ["is disabled"]})
