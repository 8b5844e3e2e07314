"""Webhooks on their page: written by the rules of the API, watched, and mended."""

import pytest

from activity import deliveries
from activity.models import CircuitState, Delivery, Event, EventCallback, Webhook
from activity.services import publish
from tests.activity.receiver import receiving
from tests.admin.rows import address, make_webhook, page_of
from tests.admin.test_writing import errors_of, press

FORM = {
    "name": "",
    "topic": "customers.create",
    "callback_url": "https://hooks.example.com/",
    "include_resources": "customer_group\r\n\r\ntags",
    "metadata": "{}",
}


def form(shop, **values):
    return {**FORM, "environment": shop.environment.pk, **values}


def test_it_is_made_and_changed(shop, staff):
    assert staff.post(address(Webhook, "add"), form(shop)).status_code == 302
    webhook = Webhook.objects.get()
    assert webhook.include_resources == ["customer_group", "tags"]
    assert webhook.name == f"Webhook {webhook.uid}"
    assert "customer_group\ntags" in staff.get(page_of(webhook)).content.decode()

    changed = form(shop, topic="orders.place", include_resources="", name="Orders")
    assert staff.post(page_of(webhook), changed).status_code == 302

    webhook.refresh_from_db()
    assert (webhook.topic, webhook.include_resources) == ("orders.place", [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topic", "customers.explode"),
        ("callback_url", "http://127.0.0.1/"),
        ("include_resources", "nothing"),
    ],
)
def test_the_rules_of_the_api_hold(shop, staff, name, value):
    reply = staff.post(address(Webhook, "add"), form(shop, **{name: value}))

    assert name in errors_of(reply)
    assert not Webhook.objects.exists()


def test_only_who_runs_the_organization_writes_them(shop, member_with):
    webhook = make_webhook(shop.environment)
    member = member_with("custom", webhooks=["list", "retrieve", "create", "update"])

    assert member.get(page_of(webhook)).status_code == 200
    assert member.post(address(Webhook, "add"), form(shop)).status_code == 403


def test_its_secret_is_not_shown(shop, staff):
    webhook = make_webhook(shop.environment)

    assert webhook.shared_secret not in staff.get(page_of(webhook)).content.decode()


def test_its_page_shows_how_telling_went_and_the_circuit_is_reset(shop, staff, settings):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    with receiving() as receiver:
        receiver.answers = [503]
        webhook = make_webhook(shop.environment)
        Webhook.objects.update(callback_url=receiver.url, circuit_failure_count=29)
        publish(instance=shop.alice, topic=webhook.topic)
        deliveries.deliver_due()
    page = staff.get(page_of(webhook)).content.decode()
    assert "503 Service Unavailable" in page
    webhook.refresh_from_db()
    assert webhook.circuit_state == CircuitState.OPEN

    press(staff, webhook, "reset_circuit")

    webhook.refresh_from_db()
    assert webhook.circuit_state == CircuitState.CLOSED
    assert webhook.circuit_failure_count == 0


def test_an_event_is_told_again(shop, staff):
    make_webhook(shop.environment)
    event = publish(instance=shop.alice, topic="customers.create")
    assert Delivery.objects.count() == 1

    press(staff, event, "trigger")

    assert Delivery.objects.filter(event=event).count() == 2
    assert Event.objects.filter(name="customers.create").count() == 1
    assert not EventCallback.objects.exists()
