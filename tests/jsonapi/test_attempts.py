"""Writes that got into each other's way, on connections of their own."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from activity.models import EventStore
from customers.models import Customer, CustomerGroup
from jsonapi.attempts import ATTEMPTS, undisturbed
from jsonapi.errors import Conflict
from tests.api import identifier
from tests.cast import Shop
from tests.factories import make_group

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = """
SELECT pg_stat_clear_snapshot(), COUNT(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


def wait_until_one_waits():
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
            cursor.execute(WAITING)
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")


def test_a_write_that_the_database_gave_up_is_done_after_all():
    shop, replies = Shop("acme"), []
    group, api, alice = make_group(shop.environment), shop.integration, shop.alice

    def join():
        group_of = {"customer_group": identifier("customer_groups", group)}
        replies.append(api.patch("customers", alice.uid, relationships=group_of))
        connection.close()

    thread = threading.Thread(target=join)
    with transaction.atomic():
        with connection.cursor() as cursor:  # the other one finds the deadlock, and is undone
            cursor.execute("SET LOCAL deadlock_timeout = '60s'")
        CustomerGroup.objects.select_for_update().get(pk=group.pk)
        thread.start()
        wait_until_one_waits()
        Customer.objects.select_for_update().get(pk=alice.pk)
    thread.join()

    assert [reply.status_code for reply in replies] == [200], replies[0].content
    alice.refresh_from_db()
    assert alice.customer_group == group
    assert EventStore.objects.about("customers", alice.uid).count() == 1


def disturbance(sqlstate):
    error = OperationalError()
    error.__cause__ = type("Driver", (Exception,), {"sqlstate": sqlstate})()
    return error


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_it_is_given_up_after_some_attempts(sqlstate):
    attempts = []

    def act():
        attempts.append(1)
        raise disturbance(sqlstate)

    with pytest.raises(Conflict):
        undisturbed(act)

    assert len(attempts) == ATTEMPTS


def test_other_troubles_are_not_tried_again():
    attempts = []

    def act():
        attempts.append(1)
        raise disturbance("57P01")

    with pytest.raises(OperationalError):
        undisturbed(act)

    assert len(attempts) == 1


def test_nor_is_a_part_of_a_transaction():
    attempts = []

    def act():
        attempts.append(1)
        raise disturbance("40P01")

    with pytest.raises(OperationalError), transaction.atomic():
        undisturbed(act)

    assert len(attempts) == 1
