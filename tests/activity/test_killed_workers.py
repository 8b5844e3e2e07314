"""A worker is killed between a callback and its record: nothing is lost, the order stays."""

from pathlib import Path

import pytest

from activity import deliveries
from activity.models import Delivery, EventCallback, Webhook
from tests.anonymization.steps import eventually

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = Path(__file__).with_name("dying_teller.py")


def test_what_it_was_telling_is_told_again_under_the_same_id(shop, receiver, start_worker):
    Webhook.objects.create(
        environment=shop.environment,
        topic="customers.metadata_update",
        callback_url=receiver.url,
    )
    for number in range(3):
        shop.integration.patch("customers", shop.alice.uid, attributes={"metadata": {"n": number}})
    worker = start_worker(SCRIPT, WEBHOOKS_TO_PRIVATE_ADDRESSES="True", WEBHOOK_LEASE_SECONDS="1")
    assert worker.stdout.readline() == "sent\n"
    assert EventCallback.objects.count() == 0

    worker.kill()
    eventually(lambda: deliveries.deliver_due() and not Delivery.objects.exists())

    ids = [one.headers["Webhook-Id"] for one in receiver.received]
    assert len(ids) == 4
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    events = EventCallback.objects.order_by("pk").values_list("event", flat=True)
    assert list(events) == sorted(events)
    assert len(events) == 3
