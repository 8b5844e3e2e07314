"""Attempts to tell webhooks: what is repeated, when it is given up, and by whom."""

import pytest
from django.db import connection

from activity import deliveries
from activity.models import CircuitState, Delivery
from activity.models.webhooks import MOST_ATTEMPTS, MOST_FAILURES
from tests.activity.steps import happen, log, wait_over
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def test_success_is_logged_and_not_repeated(shop, hook, receiver):
    hook()
    happen(shop.alice)
    receiver.answers = [204]

    assert (deliveries.deliver_due(), deliveries.deliver_due()) == (1, 0)

    assert log() == [("204", "No Content")]
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("status", [301, 302, 400, 404, 410, 500, 503])
def test_anything_but_2xx_is_tried_again_later(shop, hook, receiver, status):
    hook()
    happen(shop.alice)
    receiver.answers = [status, 200]

    assert (deliveries.deliver_due(), deliveries.deliver_due()) == (1, 0)
    wait_over()
    assert deliveries.deliver_due() == 1

    assert [code for code, _ in log()] == [str(status), "200"]
    first, second = receiver.received
    assert first.headers["Webhook-Id"] == second.headers["Webhook-Id"]


def test_after_ten_retries_it_is_given_up(shop, hook, receiver):
    hook()
    happen(shop.alice)
    receiver.answers = [500]

    for _ in range(MOST_ATTEMPTS + 3):
        deliveries.deliver_due()
        wait_over()

    assert MOST_ATTEMPTS == 11
    assert len(receiver.received) == len(log()) == MOST_ATTEMPTS
    assert not Delivery.objects.exists()


def test_pauses_grow():
    pauses = [Delivery(attempts=number).back_off.total_seconds() for number in range(1, 12)]

    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses == sorted(pauses)
    assert max(pauses) == 3600


def test_nobody_waits_for_an_address_that_hangs(shop, hook, receiver):
    slow = hook(callback_url=f"{receiver.url}/slow")
    hook()
    receiver.answers = [receiver.hang]
    customers = [make_customer(shop.environment) for _ in range(deliveries.AT_ONCE_EACH + 5)]
    for customer in customers:
        happen(customer)

    leased = deliveries.claim()

    each = [one.webhook_id for one in leased].count(slow.pk)
    assert each == deliveries.AT_ONCE_EACH
    assert len(leased) == 2 * each


def test_the_circuit_opens_after_thirty_failures_in_a_row_and_is_reset(shop, hook, receiver):
    webhook = hook()
    receiver.answers = [500]
    for _ in range(MOST_FAILURES + 4):
        happen(make_customer(shop.environment))
    while deliveries.deliver_due():
        pass

    webhook.refresh_from_db()
    assert webhook.circuit_state == CircuitState.OPEN
    assert webhook.circuit_failure_count >= MOST_FAILURES
    sent = len(receiver.received)
    assert MOST_FAILURES <= sent < MOST_FAILURES + deliveries.AT_ONCE_EACH
    wait_over()
    happen(shop.alice)
    assert deliveries.deliver_due() == 0

    receiver.answers = [200]
    reply = shop.integration.patch("webhooks", webhook.uid, attributes={"_reset_circuit": True})
    assert reply.json()["data"]["attributes"]["circuit_state"] == "closed"
    assert reply.json()["data"]["attributes"]["circuit_failure_count"] == 0
    while deliveries.deliver_due():
        pass

    assert not Delivery.objects.exists()
    assert len(receiver.received) == sent + MOST_FAILURES + 5  # nothing was lost


def test_a_success_closes_the_count(shop, hook, receiver):
    webhook = hook()
    receiver.answers = [500, 500, 200]
    for _ in range(3):
        happen(shop.alice)
        deliveries.deliver_due()
        wait_over()

    webhook.refresh_from_db()
    assert webhook.circuit_failure_count == 0
    assert [code for code, _ in log()] == ["500", "500", "200", "200", "200"]


def test_an_event_can_be_told_again(shop, hook, receiver):
    hook()
    hook(callback_url=f"{receiver.url}/disabled").disable()
    event = happen(shop.alice)
    deliveries.deliver_due()

    reply = shop.integration.patch("events", event.uid, attributes={"_trigger": True})
    deliveries.deliver_due()

    assert reply.status_code == 200
    assert [one.uid for one in receiver.received[-2:]] == [shop.alice.uid] * 2
    ids = [one.headers["Webhook-Id"] for one in receiver.received]
    assert len(set(ids)) == len(ids)


def test_a_forgotten_lease_ends(shop, hook, receiver):
    hook()
    happen(shop.alice)
    [lost] = deliveries.claim()
    assert deliveries.deliver_due() == 0

    wait_over()
    assert deliveries.deliver_due() == 1

    assert len(receiver.received) == 1
    assert lost.attempts == 1


def test_who_lost_the_lease_changes_nothing(shop, hook):
    hook()
    happen(shop.alice)
    [late] = deliveries.claim()
    wait_over()
    [current] = deliveries.claim()

    deliveries.record([deliveries.Outcome(late, deliveries.Answer("200", "OK"))])

    assert log() == []
    assert Delivery.objects.get().lease_token == current.lease_token


def test_what_kills_every_worker_is_given_up(shop, hook, receiver):
    hook()
    happen(shop.alice)
    for _ in range(MOST_ATTEMPTS):
        deliveries.claim()
        wait_over()

    deliveries.deliver_due()

    assert receiver.received == []
    assert log() == [(None, deliveries.LOST)]
    assert not Delivery.objects.exists()


def test_only_one_worker_is_telling(shop, hook):
    hook()
    happen(shop.alice)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT PG_ADVISORY_LOCK(%s)", [deliveries.LOCK])
        assert deliveries.deliver_due() == 0
        with other.cursor() as cursor:
            cursor.execute("SELECT PG_ADVISORY_UNLOCK(%s)", [deliveries.LOCK])
    finally:
        other.close()

    assert deliveries.deliver_due() == 1
