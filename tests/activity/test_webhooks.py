"""Webhooks as a resource of the API."""

import re

import pytest

from activity import deliveries
from activity.models import Delivery, Event, EventCallback, EventStore, Webhook
from activity.services import publish
from activity.topics import TOPICS, known
from organizations.models import Role
from tests.api import Api, error, token_for
from tests.factories import make_application

pytestmark = pytest.mark.django_db

URL = "https://listener.example.com/hook?shop=1"


def post(api, **attributes):
    return api.post(
        "webhooks", attributes={"topic": "customers.create", "callback_url": URL, **attributes}
    )


def made(shop, **fields):
    fields = {"topic": "customers.create", "callback_url": URL, **fields}
    return Webhook.objects.create(environment=shop.environment, **fields)


def test_it_is_made_with_a_secret_and_a_closed_circuit(shop):
    data = post(shop.integration, include_resources=["customer_group"]).json()["data"]

    attributes = data["attributes"]
    assert re.fullmatch(r"[0-9a-f]{32}", attributes["shared_secret"])
    assert attributes["name"] == f"Webhook {data['id']}"
    assert attributes["topic"] == "customers.create"
    assert attributes["callback_url"] == URL
    assert attributes["include_resources"] == ["customer_group"]
    assert attributes["circuit_state"] == "closed"
    assert attributes["circuit_failure_count"] == 0
    assert attributes["disabled_at"] is None


def test_every_topic_of_what_is_served_can_be_subscribed_to(shop):
    for topic in known():
        assert post(shop.integration, topic=topic).status_code == 201, topic

    assert {"orders.place", "customers.anonymization_completed"} <= set(known())
    assert set(known()) & {f"{name}.{event}" for name, some in TOPICS.items() for event in some}


@pytest.mark.parametrize(
    "topic",
    ["customers", "customers.", "customers.explode", "nothings.create", "", "webhooks.create"],
)
def test_it_refuses_other_topics(shop, topic):
    reply = post(shop.integration, topic=topic)

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/attributes/topic"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.com/",
        "//example.com",
        "https://",
        "https://user:password@example.com/",
        "https://example.com/#fragment",
        "https://example.com/a b",
        "https://example.com/\u00e4",
        "https://example.com:99999/",
        "http://example.com:25/",
        "http://127.0.0.1/",
        "http://localhost:8000/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/latest/meta-data",
        "http://10.0.0.1/",
    ],
)
def test_it_refuses_addresses_that_nothing_is_sent_to(shop, url):
    reply = post(shop.integration, callback_url=url)

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/attributes/callback_url"}


@pytest.mark.parametrize("paths", [["nothing"], ["customer_group.nothing"], "customer_group", [1]])
def test_it_refuses_includes_that_lead_nowhere(shop, paths):
    reply = post(shop.integration, include_resources=paths)

    assert reply.status_code == 422
    assert error(reply)["source"]["pointer"].startswith("/data/attributes/include_resources")


def test_the_rules_hold_for_changes_too(shop):
    webhook = made(shop)

    for attributes in ({"topic": "x.y"}, {"callback_url": "ftp://x"}, {"include_resources": ["x"]}):
        assert (
            shop.integration.patch("webhooks", webhook.uid, attributes=attributes).status_code
            == 422
        )
    other = {"topic": "orders.place", "include_resources": ["market"]}
    assert shop.integration.patch("webhooks", webhook.uid, attributes=other).status_code == 200


@pytest.mark.parametrize("name", ["shared_secret", "circuit_state", "circuit_failure_count"])
def test_it_keeps_its_own_books(shop, name):
    reply = shop.integration.patch("webhooks", made(shop).uid, attributes={name: "7" * 32})

    assert reply.status_code == 400


@pytest.mark.parametrize("who", ["guest", "as_alice"])
def test_public_clients_have_no_business_with_it(shop, who):
    made(shop)

    for path in ("webhooks", "event_callbacks"):
        assert getattr(shop, who).get(path).status_code == 401
    assert post(getattr(shop, who)).status_code == 401


def test_a_role_gets_no_more_from_it_than_it_may_read(shop):
    permissions = {"webhooks": ["create"], "customers": ["retrieve"]}
    role = Role.objects.create(
        organization=shop.organization, name="Hooks", kind="custom", permissions=permissions
    )
    api = Api(token_for(make_application(shop.environment, "integration", role=role)))

    assert post(api).status_code == 201
    assert post(api, topic="orders.place").status_code == 401
    assert post(api, include_resources=["orders"]).status_code == 401


def test_it_can_be_disabled_and_enabled_also_when_it_is_made(shop):
    uid = post(shop.integration, _disable=True).json()["data"]["id"]
    assert Webhook.objects.get().disabled_at is not None

    reply = shop.integration.patch("webhooks", uid, attributes={"_enable": True})

    assert reply.json()["data"]["attributes"]["disabled_at"] is None


def test_its_secret_can_be_replaced(shop):
    webhook = made(shop)

    reply = shop.integration.patch(
        "webhooks", webhook.uid, attributes={"_regenerate_shared_secret": True}
    )

    secret = reply.json()["data"]["attributes"]["shared_secret"]
    assert re.fullmatch(r"[0-9a-f]{32}", secret)
    assert secret != webhook.shared_secret


def test_its_secret_stays_out_of_the_audit_trail(shop):
    uid = post(shop.integration).json()["data"]["id"]
    shop.integration.patch("webhooks", uid, attributes={"_regenerate_shared_secret": True})

    trail = str(list(EventStore.objects.filter(resource_uid=uid).values()))

    assert URL in trail
    assert Webhook.objects.get().shared_secret not in trail
    assert "shared_secret" not in trail


def test_an_event_leads_to_the_webhooks_that_are_about_it(shop, rival):
    webhook = made(shop)
    made(shop, topic="customers.destroy")
    made(rival)
    event = publish(instance=shop.alice, topic="customers.create")

    listed = shop.integration.get(f"events/{event.uid}/webhooks").json()["data"]
    included = shop.integration.get(f"events/{event.uid}", {"include": "webhooks"}).json()
    found = shop.integration.get("events", {"filter[q][webhooks_name_eq]": webhook.name}).json()

    assert [one["id"] for one in listed] == [webhook.uid]
    assert [one["id"] for one in included["included"]] == [webhook.uid]
    assert [one["id"] for one in found["data"]] == [event.uid]


def test_an_event_leads_to_its_callbacks_and_so_does_the_webhook(shop, receiver):
    webhook = made(shop, callback_url=receiver.url)
    event = publish(instance=shop.alice, topic="customers.create")
    deliveries.deliver_due()
    callback = EventCallback.objects.get()

    for path in (f"events/{event.uid}", f"webhooks/{webhook.uid}"):
        [one] = shop.integration.get(f"{path}/last_event_callbacks").json()["data"]
        assert one["id"] == callback.uid
    back = shop.integration.get(f"event_callbacks/{callback.uid}/webhook").json()
    assert back["data"]["id"] == webhook.uid


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_nobody_writes_the_log(shop, receiver, method):
    made(shop, callback_url=receiver.url)
    publish(instance=shop.alice, topic="customers.create")
    deliveries.deliver_due()
    uid = EventCallback.objects.get().uid

    path = "event_callbacks" if method == "POST" else f"event_callbacks/{uid}"
    body = {"data": {"type": "event_callbacks", "id": uid, "attributes": {}}}

    assert shop.integration.request(method, path, body).status_code == 403


def test_it_goes_with_its_log_and_what_it_waits_for(shop, receiver):
    webhook = made(shop, callback_url=receiver.url)
    publish(instance=shop.alice, topic="customers.create")
    deliveries.deliver_due()
    publish(instance=shop.alice, topic="customers.create")
    assert EventCallback.objects.count() == Delivery.objects.count() == 1

    assert shop.integration.delete(f"webhooks/{webhook.uid}").status_code == 204

    assert not EventCallback.objects.exists()
    assert not Delivery.objects.exists()
    assert Event.objects.filter(name="customers.create").count() == 2


def test_another_tenants_webhooks_do_not_exist(shop, rival):
    webhook = made(shop)

    assert shop.integration.get(f"webhooks/{webhook.uid}").status_code == 200
    assert rival.integration.get(f"webhooks/{webhook.uid}").status_code == 404
