"""What an order needs to be placed, at once or by a worker."""

import pytest

from activity.models import Event
from orders import services
from orders.models import Order
from orders.tasks import place, sweep
from tests.api import error
from tests.factories import make_address, make_customer
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_market,
    make_order,
    make_pending,
    make_private_market,
    make_sku,
    shopping_in,
    trigger,
)


def topics(order):
    return list(
        Event.objects.filter(resource_uid=order.uid).order_by("pk").values_list("name", flat=True)
    )


def test_placing_needs_a_customer_and_a_line(shop, market):
    order = make_order(market)

    refused = trigger(shop.integration, order, "_place")

    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {
            "title": "can't be blank",
            "detail": f"{name} - can't be blank",
            "code": "VALIDATION_ERROR",
            "source": {"pointer": f"/data/relationships/{name}"},
            "status": "422",
            "meta": {"error": "blank"},
        }
        for name in ("customer", "line_items")
    ]


def test_an_order_of_nothing_but_shipping_cannot_be_placed(shop, market):
    order = make_order(market, shop.alice)
    add_line(order, item_type="shipments")

    refused = trigger(shop.integration, order, "_place")

    assert error(refused)["detail"] == "line_items - can't be blank"


def test_a_guest_fills_and_places_an_order(shop, market):
    guest = shopping_in(shop, market)
    sku = make_sku(shop.environment, price=2500)
    uid = guest.post("orders", attributes={"customer_email": "x@example.com"}).json()["data"]["id"]
    guest.post(
        "line_items",
        attributes={"sku_code": sku.code, "quantity": 2},
        relationships={"order": {"type": "orders", "id": uid}},
    )

    placed = attributes(guest.patch("orders", uid, attributes={"_place": True}))

    assert placed["status"] == "placed"
    assert placed["guest"] is True
    assert placed["place_total_amount_cents"] == 5000
    assert placed["editable"] is False
    assert attributes(guest.get(f"orders/{uid}"))["status"] == "placed"
    assert guest.patch("orders", uid, attributes={"cart_url": "x"}).status_code == 401


def test_a_customer_who_was_disabled_meanwhile_cannot_place(shop, market):
    order = make_pending(market, shop.alice)
    shop.alice.enabled = False
    shop.alice.save()

    refused = trigger(shop.integration, order, "_place")

    assert error(refused)["detail"] == "customer - is disabled"


def test_a_customer_who_left_the_group_cannot_place(shop):
    private = make_private_market(shop.environment)
    member = make_customer(shop.environment, customer_group=private.customer_group)
    order = make_pending(private, member)
    member.customer_group = None
    member.save()

    refused = trigger(shop.integration, order, "_place")

    assert error(refused)["meta"]["error"] == "not_a_member"


def test_addresses_are_needed_only_where_the_market_says_so(shop):
    strict = make_market(shop.environment, addresses_required=True)
    order = make_pending(strict, shop.alice)

    refused = trigger(shop.integration, order, "_place")

    pointers = [one["source"]["pointer"] for one in refused.json()["errors"]]
    assert pointers == [
        "/data/relationships/shipping_address",
        "/data/relationships/billing_address",
    ]
    address = make_address(shop.environment)
    shop.integration.patch(
        "orders",
        order.uid,
        attributes={"_shipping_address_same_as_billing": True},
        relationships={"billing_address": linked("addresses", address)},
    )
    assert attributes(trigger(shop.integration, order, "_place"))["status"] == "placed"


def test_what_is_not_shipped_needs_no_shipping_address(shop):
    strict = make_market(shop.environment, addresses_required=True, shipping_required=True)
    sku = make_sku(shop.environment, do_not_ship=True)
    order = make_order(strict, shop.alice, billing_address=make_address(shop.environment))
    services.add_line(
        order=order,
        values={"environment_id": order.environment_id, "sku": sku, "quantity": 1},
    )

    placed = attributes(trigger(shop.integration, order, "_place"))

    assert placed["fulfillment_status"] == "not_required"


def test_shipping_is_needed_only_where_the_market_says_so(shop):
    strict = make_market(shop.environment, shipping_required=True)
    order = make_pending(strict, shop.alice)

    refused = trigger(shop.integration, order, "_place")

    assert error(refused)["source"] == {"pointer": "/data/attributes/shipping_amount_cents"}
    add_line(order, item_type="shipments", unit_amount_cents=0)
    assert attributes(trigger(shop.integration, order, "_place"))["status"] == "placed"


def test_payment_is_needed_only_where_the_market_says_so(shop):
    strict = make_market(shop.environment, payment_required=True)
    order = make_pending(strict, shop.alice)

    refused = trigger(shop.integration, order, "_place")

    assert error(refused)["source"] == {"pointer": "/data/attributes/payment_status"}
    reply = shop.integration.patch(
        "orders", order.uid, attributes={"_place": True, "_authorize": True}
    )
    assert attributes(reply)["status"] == "placed"


def test_an_order_for_nothing_is_free(shop, market):
    order = make_order(market, shop.alice)
    add_line(order, unit_amount_cents=0)

    placed = attributes(trigger(shop.integration, order, "_place"))

    assert placed["payment_status"] == "free"
    approved = attributes(trigger(shop.integration, order, "_approve_and_capture"))
    assert (approved["status"], approved["payment_status"]) == ("approved", "free")


def test_a_shipping_country_can_be_locked(shop, market):
    order = make_order(market, shop.alice, shipping_address=make_address(shop.environment))
    add_line(order)
    shop.integration.patch("orders", order.uid, attributes={"shipping_country_code_lock": "IT"})

    refused = trigger(shop.integration, order, "_place")

    assert error(refused)["detail"] == "shipping_address - must be in IT"


def test_validating_says_what_is_missing_and_changes_nothing(shop, market):
    order = make_order(market, shop.alice)

    refused = trigger(shop.integration, order, "_validate")
    assert error(refused)["detail"] == "line_items - can't be blank"

    add_line(order)
    assert attributes(trigger(shop.integration, order, "_validate"))["status"] == "pending"


def test_a_worker_places_what_shall_be_placed_later(shop, market):
    order = make_pending(market, shop.alice, place_async=True)

    placing = attributes(trigger(shop.integration, order, "_place"))
    assert placing["status"] == "placing"
    assert attributes(trigger(shop.integration, order, "_place"))["status"] == "placing"

    place(order.pk)
    place(order.pk)  # delivered twice

    order.refresh_from_db()
    assert order.status == "placed"
    assert topics(order).count("orders.place") == 1


def test_the_sweeper_places_what_no_message_told_of(shop, market):
    orders = [make_pending(market, shop.alice, place_async=True) for _ in range(2)]
    for order in orders:
        services.place(order=order)

    sweep()

    assert set(Order.objects.values_list("status", flat=True)) == {"placed"}


def test_an_order_that_cannot_be_placed_later_is_pending_again(shop, market):
    order = make_pending(market, shop.alice, place_async=True)
    services.place(order=order)
    shop.alice.enabled = False
    shop.alice.save()

    place(order.pk)

    order.refresh_from_db()
    assert (order.status, order.errors_count, order.placed_at) == ("pending", 1, None)


@pytest.fixture
def disabled(shop):
    shop.as_alice  # noqa: B018 - signs in while that is still possible
    shop.alice.enabled = False
    shop.alice.save()
    return shop.alice


def test_a_disabled_customer_gets_no_new_order(shop, market, disabled):
    market_link = {"market": linked("markets", market)}
    guest = shopping_in(shop, market)
    named = {**market_link, "customer": linked("customers", disabled)}
    attempts = [
        shop.integration.post("orders", relationships=named),
        shop.integration.post(
            "orders", attributes={"customer_email": disabled.email}, relationships=market_link
        ),
        guest.post("orders", attributes={"customer_email": disabled.email}),
        shop.as_alice.post("orders", relationships=market_link),
    ]

    for refused in attempts:
        assert refused.status_code == 422
        assert error(refused)["detail"] == "customer - is disabled"
    assert not Order.objects.exists()


def test_no_order_moves_to_a_disabled_customer(shop, market, disabled):
    order = make_pending(market, shop.bob)

    refused = shop.integration.patch(
        "orders", order.uid, relationships={"customer": linked("customers", disabled)}
    )

    assert error(refused)["meta"]["error"] == "disabled"
