"""What the method that an order is paid by makes happen."""

import pytest

from orders import services
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_market,
    make_order,
    make_payment_method,
    trigger,
)


@pytest.fixture
def cart(shop):
    """An order of 40 euros that is being put together."""
    order = make_order(make_market(shop.environment), shop.alice)
    add_line(order, unit_amount_cents=4000)
    return order


def choose(api, order, method):
    own = {"payment_method": linked("payment_methods", method)}
    assert api.patch("orders", order.uid, relationships=own).status_code == 200


def test_auto_place_places_an_order_once_all_is_held(shop, cart):
    choose(shop.integration, cart, make_payment_method(shop.environment, auto_place=True))
    part = {"_authorization_amount_cents": 1000, "_authorize": True}

    held = attributes(shop.integration.patch("orders", cart.uid, attributes=part))

    assert (held["status"], held["payment_status"]) == ("pending", "partially_authorized")
    placed = attributes(trigger(shop.integration, cart, "_authorize"))
    assert (placed["status"], placed["payment_status"]) == ("placed", "authorized")


def test_auto_place_notes_what_is_in_the_way(shop, cart):
    choose(shop.integration, cart, make_payment_method(shop.environment, auto_place=True))
    cart.market.addresses_required = True
    cart.market.save()

    held = attributes(trigger(shop.integration, cart, "_authorize"))

    assert (held["status"], held["payment_status"]) == ("pending", "authorized")
    assert held["errors_count"] == 2
    reasons = shop.integration.get(f"orders/{cart.uid}/resource_errors").json()["data"]
    names = [one["attributes"]["name"] for one in reasons]
    assert names == ["shipping_address", "billing_address"]


def test_auto_place_is_about_pending_orders_only(shop, cart):
    choose(shop.integration, cart, make_payment_method(shop.environment, auto_place=True))
    services.place(order=cart)
    services.approve(order=cart)

    held = attributes(trigger(shop.integration, cart, "_authorize"))

    assert (held["status"], held["errors_count"]) == ("approved", 0)


@pytest.mark.parametrize(("most", "status"), [(None, "paid"), (4000, "paid"), (3999, "authorized")])
def test_auto_capture_takes_what_is_held_up_to_an_amount(shop, cart, most, status):
    method = make_payment_method(
        shop.environment, auto_capture=True, auto_capture_max_amount_cents=most
    )
    choose(shop.integration, cart, method)
    services.place(order=cart)

    shown = attributes(trigger(shop.integration, cart, "_authorize"))

    assert shown["payment_status"] == status
    assert cart.captures.count() == (status == "paid")


@pytest.mark.parametrize("auto_capture", [False, True])
def test_require_capture_keeps_an_order_from_being_fulfilled_unpaid(shop, cart, auto_capture):
    method = make_payment_method(shop.environment, require_capture=True, auto_capture=auto_capture)
    choose(shop.integration, cart, method)
    services.place(order=cart)
    services.authorize(order=cart)
    services.approve(order=cart)

    reply = trigger(shop.integration, cart, "_fulfill")

    if auto_capture:
        assert attributes(reply)["fulfillment_status"] == "fulfilled"
        return
    assert error(reply)["source"] == {"pointer": "/data/attributes/payment_status"}
    assert error(reply)["meta"]["error"] == "not_captured"
    services.capture(order=cart)
    assert trigger(shop.integration, cart, "_fulfill").status_code == 200
