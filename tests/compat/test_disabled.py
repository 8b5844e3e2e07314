"""A customer who was disabled at /customers orders nothing, whoever tries at whatever door."""

import pytest

from tests.api import Api
from tests.compat.door import refusal
from tests.orders import goods


@pytest.fixture
def disabled(shop, door, ada, as_ada):
    """Ada, who signed in before she was disabled."""
    reply = door.post(f"/{ada.uid}", {"enabled": False})
    assert reply.json()["enabled"] is False
    return ada


@pytest.fixture
def market(shop):
    return goods.make_market(shop.environment)


def as_guest(shop, market, email):
    return goods.shopping_in(shop, market).post("orders", attributes={"customer_email": email})


def test_no_order_is_made_for_a_disabled_customer(shop, disabled, as_ada, market):
    link = {"market": goods.linked("markets", market)}
    named = {**link, "customer": goods.linked("customers", disabled)}
    by_email = {"customer_email": disabled.email.upper()}

    refused = [
        shop.integration.post("orders", relationships=named),
        shop.integration.post("orders", attributes=by_email, relationships=link),
        as_guest(shop, market, disabled.email),
        Api(as_ada.token).post("orders", relationships=link),
    ]

    for reply in refused:
        assert reply.status_code == 422, reply.content
        assert fault_of(reply) == "disabled"
    assert not disabled.orders.exists()


def fault_of(reply):
    (problem,) = reply.json()["errors"]
    assert problem["source"] == {"pointer": "/data/relationships/customer"}
    return problem["meta"]["error"]


def test_no_order_of_a_disabled_customer_is_placed(shop, door, ada, as_ada, market):
    by_guest = goods.shopping_in(shop, market)
    carts = [goods.make_pending(market, ada) for _ in range(2)]
    guests = by_guest.post("orders", attributes={"customer_email": ada.email})
    assert guests.status_code == 201, guests.content
    guests_uid = guests.json()["data"]["id"]
    door.post(f"/{ada.uid}", {"enabled": False})

    refused = [
        shop.integration.patch("orders", carts[0].uid, attributes={"_place": True}),
        Api(as_ada.token).patch("orders", carts[1].uid, attributes={"_place": True}),
        by_guest.patch("orders", guests_uid, attributes={"_place": True}),
    ]

    for reply in refused:
        assert reply.status_code == 422, reply.content
        found = {one["meta"]["error"] for one in reply.json()["errors"]}
        assert "disabled" in found
    assert not ada.orders.filter(placed_at__isnull=False).exists()


def test_a_guests_order_is_not_handed_to_a_disabled_customer(shop, disabled, market):
    by_guest = goods.shopping_in(shop, market)
    made = by_guest.post("orders").json()["data"]["id"]

    reply = by_guest.patch("orders", made, attributes={"customer_email": disabled.email})

    assert fault_of(reply) == "disabled"


def test_who_is_enabled_again_orders_again(shop, door, disabled, as_ada, market):
    door.post(f"/{disabled.uid}", {"enabled": True})
    link = {"market": goods.linked("markets", market)}

    assert Api(as_ada.token).post("orders", relationships=link).status_code == 201
    assert as_guest(shop, market, disabled.email).status_code == 201


def test_everything_else_goes_on(door, disabled, as_ada):
    path = f"/{disabled.uid}"

    assert door.get(path).json()["enabled"] is False
    assert door.post(path, {"type": "business"}).json()["type"] == "business"
    assert door.post(f"{path}/sources/{door.source()}").status_code == 200
    assert as_ada.post("customer").status_code == 200
    assert refusal(door.post(path, {"enabled": None}))[2] == "invalid_empty"
