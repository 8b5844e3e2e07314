"""Telling webhooks: what is sent, to whom, and in which order."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import F

from activity import backlog, deliveries
from activity.models import CircuitState, Delivery, Event, EventCallback, Webhook
from annotations.models import Tag
from anonymization.models import AnonymizationRequest
from anonymization.services import process_due
from tests.activity.steps import happen, wait_over
from tests.anonymization.steps import request
from tests.factories import make_group

pytestmark = pytest.mark.django_db


def test_the_resource_is_sent_as_get_shows_it(shop, hook, receiver):
    shop.alice.customer_group = make_group(shop.environment)
    shop.alice.save()
    hook(include_resources=["customer_group"])
    happen(shop.alice)

    assert deliveries.deliver_due() == 1

    [one] = receiver.received
    path = f"customers/{shop.alice.uid}"
    expected = shop.integration.get(path, {"include": "customer_group"}).json()
    del expected["jsonapi"]
    base = f"https://acme.{settings.DOMAIN}/api"
    assert one.document == json.loads(json.dumps(expected).replace("http://testserver/api", base))
    assert one.path == "/hook"
    assert one.headers["Content-Type"] == "application/vnd.api+json"
    assert one.headers["X-CommerceLayer-Topic"] == "customers.create"


def test_the_body_is_signed_twice(shop, hook, receiver):
    webhook = hook()
    happen(shop.alice)
    deliveries.deliver_due()

    [one] = receiver.received
    secret = webhook.shared_secret
    plain = hmac.digest(secret.encode(), one.body, hashlib.sha256)
    assert one.headers["X-CommerceLayer-Signature"] == base64.b64encode(plain).decode()
    content = f"{one.headers['Webhook-Id']}.{one.headers['Webhook-Timestamp']}.".encode() + one.body
    standard = hmac.digest(base64.b64decode(secret), content, hashlib.sha256)
    assert one.headers["Webhook-Signature"] == f"v1,{base64.b64encode(standard).decode()}"


def test_every_way_of_writing_is_heard(shop, hook, receiver):
    hook("customers.create")
    hook("customers.destroy")

    uid = shop.integration.post("customers", attributes={"email": "a@example.com"}).json()
    shop.integration.delete(f"customers/{uid['data']['id']}")
    deliveries.deliver_due()

    assert receiver.topics == ["customers.create", "customers.destroy"]


def test_events_of_others_are_not_told(shop, rival, hook, receiver):
    hook("customers.create")
    Webhook.objects.create(
        environment=shop.organization.environments.get(mode="live"),
        topic="customers.create",
        callback_url=receiver.url,
    )

    happen(rival.alice)
    happen(shop.alice, "customers.acquired")

    assert deliveries.deliver_due() == 0
    happen(shop.alice)
    assert deliveries.deliver_due() == 1


def test_what_is_rolled_back_is_not_told(shop, hook):
    hook()
    with transaction.atomic():
        happen(shop.alice)
        assert Delivery.objects.exists()
        transaction.set_rollback(True)

    assert not Delivery.objects.exists()


def test_of_what_is_gone_only_the_id_is_sent(shop, hook, receiver):
    hook("customers.create")
    hook("customers.destroy")
    happen(shop.alice)
    uid = shop.alice.uid
    shop.integration.delete(f"customers/{uid}")

    deliveries.deliver_due()

    assert receiver.topics == ["customers.create", "customers.destroy"]
    for one in receiver.received:
        data = one.document["data"]
        assert (data["type"], data["id"]) == ("customers", uid)
        assert "email" in data["attributes"]
        assert set(data["attributes"].values()) == {None}


def test_tags_come_with_the_event_of_their_change(shop, hook, receiver):
    hook("customers.tagged")
    Tag.objects.create(environment=shop.environment, name="vip")
    shop.integration.patch("customers", shop.alice.uid, attributes={"_add_tags": "vip"})

    deliveries.deliver_due()

    [included] = receiver.received[0].document["included"]
    assert included["attributes"]["name"] == "vip"


def test_who_was_forgotten_meanwhile_stays_forgotten(shop, hook, receiver):
    hook("customers.create")
    hook("customers.anonymization_completed")
    happen(shop.alice)
    email = shop.alice.email
    request(shop.alice)
    AnonymizationRequest.objects.update(not_before=F("requested_at"))
    process_due()

    deliveries.deliver_due()

    assert receiver.topics == ["customers.create", "customers.anonymization_completed"]
    assert email not in str([one.body for one in receiver.received])


def test_the_log_holds_neither_payload_nor_secret(shop, hook, receiver):
    webhook = hook()
    happen(shop.alice)
    deliveries.deliver_due()

    callback = EventCallback.objects.get()
    kept = str(EventCallback.objects.values().get())
    assert callback.payload == {"data": {"type": "customers", "id": shop.alice.uid}}
    assert callback.callback_url == receiver.url
    assert shop.alice.email.encode() in receiver.received[0].body
    assert shop.alice.email not in kept
    assert webhook.shared_secret not in kept


def test_what_is_about_one_resource_comes_in_order(shop, hook, receiver):
    hook("customers.metadata_update")
    for number in range(5):
        shop.integration.patch("customers", shop.alice.uid, attributes={"metadata": {"n": number}})
    receiver.answers = [500, 200]

    deliveries.deliver_due()
    assert len(receiver.received) == 1  # the first keeps all the others waiting
    happen(shop.bob, "customers.metadata_update")
    deliveries.deliver_due()
    assert [one.uid for one in receiver.received] == [shop.alice.uid, shop.bob.uid]
    wait_over()
    deliveries.deliver_due()

    told = EventCallback.objects.filter(response_code="200").order_by("pk")
    events = list(Event.objects.filter(resource_uid=shop.alice.uid).order_by("pk"))
    assert [one.event for one in told if one.event.resource_uid == shop.alice.uid] == events
    assert len(events) == 5


def test_a_dead_webhook_keeps_no_other_of_the_address_waiting(shop, hook, receiver):
    hook("customers.create", circuit_state=CircuitState.OPEN)
    hook("customers.acquired")
    happen(shop.alice)
    happen(shop.alice, "customers.acquired")

    deliveries.deliver_due()

    assert receiver.topics == ["customers.acquired"]


def test_a_disabled_webhook_is_told_nothing(shop, hook):
    webhook = hook()
    happen(shop.alice)
    shop.integration.patch("webhooks", webhook.uid, attributes={"_disable": True})
    happen(shop.bob)

    assert deliveries.deliver_due() == 0

    shop.integration.patch("webhooks", webhook.uid, attributes={"_enable": True})
    assert deliveries.deliver_due() == 1  # what happened before


def test_the_log_is_pruned(shop, hook, receiver, settings):
    webhook = hook()
    happen(shop.alice)
    deliveries.deliver_due()
    happen(shop.alice)
    settings.WEBHOOK_LOG_KEPT = timedelta(days=3)
    assert backlog.prune() == 0

    for model in (EventCallback, Delivery):
        model.objects.update(created_at=F("created_at") - timedelta(days=4))

    assert backlog.prune() == 2
    assert Webhook.objects.get() == webhook


def test_writes_without_webhooks_leave_nothing_to_tell(shop, hook):
    hook("orders.place")
    happen(shop.alice)

    assert not Delivery.objects.exists()
