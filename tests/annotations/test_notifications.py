import pytest

from annotations.models import Notification
from tests.annotations.test_links import forget
from tests.api import error, identifier
from tests.orders import goods

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop):
    return goods.make_pending(goods.make_market(shop.environment), shop.alice)


def post(shop, notifiable, **attributes):
    return shop.integration.post(
        "notifications",
        attributes={"name": "A free gift", **attributes},
        relationships={"notifiable": notifiable},
    )


def test_it_stands_beside_orders_and_line_items(shop, order):
    for kind, row in {"orders": order, "line_items": order.line_items.get()}.items():
        data = post(shop, identifier(kind, row), body={"sku": "BAG"}, flash=True).json()["data"]

        assert data["attributes"]["body"] == {"sku": "BAG"}
        assert data["attributes"]["flash"] is True
        listed = shop.integration.get(f"{kind}/{row.uid}/notifications").json()["data"]
        assert [one["id"] for one in listed] == [data["id"]]
        back = shop.integration.get(f"notifications/{data['id']}/notifiable").json()["data"]
        assert (back["type"], back["id"]) == (kind, row.uid)


def test_it_is_quiet_and_empty_unless_it_says_otherwise(shop, order):
    attributes = post(shop, identifier("orders", order)).json()["data"]["attributes"]

    assert (attributes["flash"], attributes["body"]) == (False, {})


def test_it_moves_and_changes(shop, order):
    uid = post(shop, identifier("orders", order)).json()["data"]["id"]
    line = order.line_items.get()

    reply = shop.integration.patch(
        "notifications",
        uid,
        attributes={"name": "Two gifts"},
        relationships={"notifiable": identifier("line_items", line)},
    )

    assert reply.json()["data"]["attributes"]["name"] == "Two gifts"
    assert Notification.objects.get().notifiable == line


@pytest.mark.parametrize("body", [[], "text", None, {"deep": [[[[]]]] * 3, "n": "\0"}])
def test_its_body_is_an_object(shop, order, body):
    reply = post(shop, identifier("orders", order), body=body)

    assert reply.status_code in (400, 422)


def test_it_stands_beside_nothing_else(shop):
    reply = post(shop, identifier("customers", shop.alice))

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/relationships/notifiable"}


@pytest.mark.parametrize("who", ["guest", "as_alice"])
def test_public_clients_have_no_business_with_it(shop, order, who):
    post(shop, identifier("orders", order))

    assert getattr(shop, who).get("notifications").status_code == 401


def test_it_goes_with_the_person_it_is_about(shop, order):
    post(shop, identifier("orders", order))
    assert Notification.objects.get().subject_uid == shop.alice.uid

    forget(shop.alice)

    assert not Notification.objects.exists()
