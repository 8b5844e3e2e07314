"""POST /api/operations among other requests: its transaction, its events."""

import threading

import pytest
from django.db import connection, transaction

from activity.models import Event, EventStore
from customers.models import Customer
from tests.api import MEDIA_TYPE, document
from tests.cast import Shop
from tests.factories import make_customer

ATOMIC = f'{MEDIA_TYPE};ext="https://jsonapi.org/ext/atomic"'
WAITING = """
    SELECT COUNT(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def operate(api, *operations):
    body = {"atomic:operations": list(operations)}
    headers = {"Content-Type": ATOMIC, "Accept": ATOMIC}
    return api.request("POST", "operations", body, **headers)


def change(row, reference):
    data = document("customers", id=row.uid, attributes={"reference": reference})["data"]
    return {"op": "update", "data": data}


def test_each_write_leaves_the_traces_of_its_own_request(shop):
    data = document("customers", attributes={"email": "new@example.com"})["data"]

    operate(shop.integration, {"op": "add", "data": data}, change(shop.alice, "x"))

    assert Event.objects.filter(name="customers.create").count() == 1
    events = EventStore.objects.order_by("pk").values_list("event", flat=True)
    assert list(events) == ["create", "update"]


def test_what_is_undone_leaves_none(shop):
    ghost = {"op": "remove", "ref": {"type": "customers", "id": "unknown"}}

    assert operate(shop.integration, change(shop.alice, "x"), ghost).status_code == 404
    assert not EventStore.objects.exists()


def wait_until_both_wait():
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)")
            cursor.execute(WAITING)
            if cursor.fetchone() == (2,):
                return
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again():
    shop = Shop("acme")
    one, other, between = (make_customer(shop.environment) for _ in range(3))
    api, statuses = shop.integration, []

    def send(*rows):
        reply = operate(api, *(change(row, f"of {rows[0].pk}") for row in rows))
        statuses.append(reply.status_code)
        connection.close()

    threads = [
        threading.Thread(target=send, args=rows)
        for rows in ((one, between, other), (other, between, one))
    ]
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=between.pk)
        for thread in threads:
            thread.start()
        wait_until_both_wait()
    for thread in threads:
        thread.join()

    assert statuses == [200, 200]
    references = set(Customer.objects.values_list("reference", flat=True))
    assert len(references) == 1
