from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from annotations.models import Link, in_a_month
from anonymization.models import AnonymizationRequest
from anonymization.services import process_due
from catalog.models import SkuList
from tests.anonymization.steps import request
from tests.api import error, identifier
from tests.orders import goods

pytestmark = pytest.mark.django_db

LINK = {"name": "Summer sale", "client_id": "abc", "scope": "market:id:a,market:code:eu"}


def post(shop, item, **attributes):
    return shop.integration.post(
        "links", attributes={**LINK, **attributes}, relationships={"item": item}
    )


def forget(customer):
    wish = request(customer)
    AnonymizationRequest.objects.update(not_before=wish.requested_at)
    process_due()


def made(shop, **attributes):
    reply = post(shop, identifier("skus", goods.make_sku(shop.environment)), **attributes)
    assert reply.status_code == 201, reply.json()
    return reply.json()["data"]


def test_it_has_what_it_leads_to_and_a_month(shop):
    data = made(shop)

    attributes = data["attributes"]
    assert attributes["item_type"] == "skus"
    assert attributes["domain"] == f"link.{settings.DOMAIN}"
    assert attributes["url"] == f"https://link.{settings.DOMAIN}/{data['id']}"
    assert attributes["params"] == {}
    assert (attributes["active"], attributes["status"]) == (True, "active")
    lifetime = Link.objects.get().expires_at - Link.objects.get().starts_at
    assert timedelta(days=27) < lifetime < timedelta(days=32)


def test_a_month_ends_with_its_last_day(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 1, 31, 9, tzinfo=UTC))
    assert in_a_month() == datetime(2026, 2, 28, 9, tzinfo=UTC)

    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 5, tzinfo=UTC))
    assert in_a_month() == datetime(2027, 1, 5, tzinfo=UTC)


def test_it_leads_to_orders_skus_and_lists_and_back(shop):
    order = goods.make_order(goods.make_market(shop.environment), shop.alice)
    wishes = SkuList.objects.create(environment=shop.environment, name="Wishes")
    items = {"orders": order, "skus": goods.make_sku(shop.environment), "sku_lists": wishes}
    for kind, row in items.items():
        uid = post(shop, identifier(kind, row)).json()["data"]["id"]

        assert shop.integration.get(f"links/{uid}/item").json()["data"]["id"] == row.uid
        listed = shop.integration.get(f"{kind}/{row.uid}/links").json()["data"]
        assert [one["id"] for one in listed] == [uid]


def test_it_leads_to_nothing_else(shop):
    reply = post(shop, identifier("customers", shop.alice))

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/relationships/item"}


def test_its_type_is_that_of_its_item(shop):
    sku = identifier("skus", goods.make_sku(shop.environment))

    assert post(shop, sku, item_type="skus").status_code == 201
    reply = post(shop, sku, item_type="orders")
    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/attributes/item_type"}


@pytest.mark.parametrize(
    ("times", "status"),
    [
        ({"starts_at": "2020-01-01T00:00:00Z", "expires_at": "2020-02-01T00:00:00Z"}, "expired"),
        ({"starts_at": "2090-01-01T00:00:00Z", "expires_at": "2091-01-01T00:00:00Z"}, "pending"),
        ({"starts_at": None, "expires_at": None}, "active"),
    ],
)
def test_its_status_follows_the_clock(shop, times, status):
    attributes = made(shop, **times)["attributes"]

    assert attributes["status"] == status
    assert attributes["active"] == (status == "active")


def test_it_is_disabled_and_enabled(shop):
    data = made(shop, _disable=True)
    assert data["attributes"]["status"] == "disabled"

    reply = shop.integration.patch("links", data["id"], attributes={"_enable": True})

    assert reply.json()["data"]["attributes"]["status"] == "active"
    assert reply.json()["data"]["attributes"]["disabled_at"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scope", "everything"),
        ("scope", "market:"),
        ("domain", "https://example.com"),
        ("domain", "a b"),
        ("params", []),
        ("expires_at", "2000-01-01T00:00:00Z"),
        ("name", ""),
    ],
)
def test_it_refuses_what_makes_no_link(shop, name, value):
    reply = post(shop, identifier("skus", goods.make_sku(shop.environment)), **{name: value})

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": f"/data/attributes/{name}"}


def test_its_end_stays_after_its_start_when_it_is_changed(shop):
    uid = made(shop)["id"]

    for attributes in (
        {"expires_at": "2000-01-01T00:00:00Z"},
        {"starts_at": "2090-01-01T00:00:00Z"},
    ):
        assert shop.integration.patch("links", uid, attributes=attributes).status_code == 422


def test_it_has_events(shop):
    uid = made(shop)["id"]

    [event] = shop.integration.get(f"links/{uid}/events").json()["data"]

    assert event["attributes"]["name"] == "links.create"


@pytest.mark.parametrize("who", ["guest", "as_alice"])
def test_public_clients_have_no_business_with_it(shop, who):
    made(shop)

    assert getattr(shop, who).get("links").status_code == 401


def test_it_goes_with_the_person_it_is_about(shop):
    order = goods.make_order(goods.make_market(shop.environment), shop.alice)
    post(shop, identifier("orders", order))
    assert Link.objects.get().subject_uid == shop.alice.uid
    other = made(shop)["id"]

    forget(shop.alice)

    assert Link.objects.get().uid == other
