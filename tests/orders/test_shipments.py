"""What an order sends: made, priced, moved and called off with it."""

from datetime import timedelta

import pytest

from activity.models import Event, EventStore
from anonymization import services as anonymization
from orders import services
from orders.models import Shipment
from organizations.models import Organization
from tests.anonymization.steps import request
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_bundle,
    make_due,
    make_market,
    make_order,
    make_payment_method,
    make_pending,
    make_placed,
    make_shipping_method,
    make_sku,
    shopping_in,
    subscribe,
    trigger,
)


@pytest.fixture
def market(shop):
    return make_market(shop.environment)


@pytest.fixture
def post(shop):
    return make_shipping_method(shop.environment, price=700)


def choose(api, shipment, method):
    """Have a shipment sent by a method, or by none."""
    chosen = method and linked("shipping_methods", method)
    return api.patch("shipments", shipment.uid, relationships={"shipping_method": chosen})


def move(api, shipment, *names):
    """Pull triggers of a shipment, one after the other; return the last reply."""
    for name in names:
        reply = trigger(api, shipment, name, resource_type="shipments")
        assert reply.status_code == 200, reply.content
    return reply


def totals(order):
    order.refresh_from_db()
    return order.shipping_amount_cents, order.total_amount_cents


def topics(row):
    return list(
        Event.objects.filter(resource_uid=row.uid).order_by("pk").values_list("name", flat=True)
    )


def test_an_order_of_goods_has_one(shop, market, post):
    order = make_order(market, shop.alice)
    assert not order.shipments.exists()

    add_line(order, quantity=2)
    add_line(order, sku=make_sku(shop.environment))
    add_line(order, sku=make_sku(shop.environment, do_not_ship=True))

    reply = shop.integration.get(f"orders/{order.uid}", {"include": "shipments.line_items"})
    (shipment,) = order.shipments.all()
    assert attributes(reply)["shipments_count"] == 1
    included = {row["type"] for row in reply.json()["included"]}
    assert included == {"shipments", "line_items"}
    shown = attributes(shop.integration.get(f"shipments/{shipment.uid}"))
    assert (shown["number"], shown["status"]) == (f"#{order.number}/S/001", "draft")
    assert (shown["skus_count"], shown["currency_code"], shown["cost_amount_cents"]) == (
        *(3, "EUR"),
        None,
    )
    assert len(shop.integration.get(f"shipments/{shipment.uid}/line_items").json()["data"]) == 2
    related = shop.integration.get(f"orders/{order.uid}/shipments").json()["data"]
    assert [row["id"] for row in related] == [shipment.uid]
    assert topics(shipment) == ["shipments.create"]


def test_it_goes_with_the_last_line_that_ships(shop, market, post):
    order = make_order(market, shop.alice)
    line = add_line(order)
    (shipment,) = order.shipments.all()
    choose(shop.integration, shipment, post)
    add_line(order, sku=make_sku(shop.environment, do_not_ship=True), unit_amount_cents=300)

    services.remove_line(line=line)

    order.refresh_from_db()
    assert (order.shipments_count, order.shipments.count()) == (0, 0)
    assert totals(order) == (0, 300)
    assert topics(shipment) == ["shipments.destroy"]
    assert topics(order)[-1] == "orders.rebuild_shipments"


def test_what_is_not_sent_has_none(shop, market):
    order = make_order(market, shop.alice)
    add_line(order, sku=make_sku(shop.environment, do_not_ship=True))

    assert not order.shipments.exists()


def test_bundles_are_sent_as_far_as_what_is_in_them(shop, market):
    there = shop.environment
    order = make_order(market, shop.alice)
    sold = {"environment_id": there.pk, "quantity": 1}
    services.add_line(order=order, values={**sold, "bundle": make_bundle(there, ticket(there))})
    assert not order.shipments.exists()

    services.add_line(order=order, values={**sold, "bundle": make_bundle(there, make_sku(there))})

    shipment = order.shipments.get()
    assert shipment.skus_count == 1
    assert len(shop.integration.get(f"shipments/{shipment.uid}/line_items").json()["data"]) == 1


def ticket(environment):
    """Return a SKU that is not sent."""
    return make_sku(environment, do_not_ship=True)


def test_a_shopper_chooses_how_it_is_sent(shop, market, post):
    order = make_pending(market, shop.alice)
    guest = shopping_in(shop, market)
    there = shop.environment
    make_shipping_method(there, market=make_market(there), name="Elsewhere")
    make_shipping_method(there, currency_code="NOK")
    trigger(
        shop.integration, make_shipping_method(there), "_disable", resource_type="shipping_methods"
    )

    path = f"orders/{order.uid}"
    offer = {"include": "shipments.available_shipping_methods,shipments.shipping_method"}
    offered = guest.get(path, offer).json()["included"]
    reply = choose(guest, order.shipments.get(), post)

    assert [row["id"] for row in offered if row["type"] == "shipping_methods"] == [post.uid]
    assert reply.status_code == 200
    assert totals(order) == (700, 1700)
    choose(guest, order.shipments.get(), None)
    assert totals(order) == (0, 1000)


def test_a_method_that_is_not_offered_cannot_be_chosen(shop, market):
    order = make_pending(market, shop.alice)
    crowns = make_shipping_method(shop.environment, currency_code="NOK")

    refused = choose(shop.integration, order.shipments.get(), crowns)

    assert error(refused)["meta"]["error"] == "not_available"
    assert error(refused)["source"] == {"pointer": "/data/relationships/shipping_method"}
    assert totals(order) == (0, 1000)


@pytest.mark.parametrize(
    ("goods", "use_subtotal", "cost"),
    [((3, 0), False, 700), ((4, 0), False, 0), ((4, -1000), False, 700), ((4, -1000), True, 0)],
)
def test_it_is_free_over_an_amount(shop, market, goods, use_subtotal, cost):
    pieces, discount = goods
    method = make_shipping_method(
        shop.environment, free_over_amount_cents=3000, use_subtotal=use_subtotal
    )
    order = make_pending(market, shop.alice)
    choose(shop.integration, order.shipments.get(), method)

    add_line(order, quantity=pieces - 1)
    if discount:
        add_line(order, unit_amount_cents=discount, item_type="external_promotions")

    assert totals(order)[0] == cost


def test_a_market_has_a_default(shop, market, post):
    body = {"default_shipping_method": linked("shipping_methods", post)}
    assert shop.integration.patch("markets", market.uid, relationships=body).status_code == 200
    market.refresh_from_db()

    order = make_pending(market, shop.alice)

    assert totals(order) == (700, 1700)
    shown = shop.integration.get(f"orders/{order.uid}/default_shipping_method").json()["data"]
    assert shown["id"] == post.uid
    crowns = make_shipping_method(shop.environment, currency_code="NOK")
    body = {"default_shipping_method": linked("shipping_methods", crowns)}
    refused = shop.integration.patch("markets", market.uid, relationships=body)
    assert error(refused)["meta"]["error"] == "not_available"


def test_the_price_follows_the_catalog_until_the_order_is_placed(shop, market, post):
    order = make_pending(market, shop.alice)
    choose(shop.integration, order.shipments.get(), post)
    type(post).objects.update(price_amount_cents=900)

    trigger(shop.integration, order, "_place")
    assert totals(order) == (900, 1900)
    type(post).objects.update(price_amount_cents=100)
    trigger(shop.integration, order, "_start_editing")
    trigger(shop.integration, order, "_refresh")

    assert totals(order) == (900, 1900)


def test_a_method_that_is_disabled_is_let_go(shop, market, post):
    order = make_pending(market, shop.alice)
    choose(shop.integration, order.shipments.get(), post)
    trigger(shop.integration, post, "_disable", resource_type="shipping_methods")

    trigger(shop.integration, order, "_refresh")

    assert totals(order) == (0, 1000)
    assert order.shipments.get().shipping_method is None


def test_a_strict_market_with_methods_wants_one(shop, post):
    strict = make_market(shop.environment, shipping_required=True)
    order = make_pending(strict, shop.alice)

    refused = trigger(shop.integration, order, "_place")
    choose(shop.integration, order.shipments.get(), post)

    assert error(refused)["source"] == {"pointer": "/data/relationships/shipments"}
    assert trigger(shop.integration, order, "_place").status_code == 200


def test_nothing_is_chosen_once_the_order_is_placed(shop, market, post):
    order = make_placed(market, shop.alice)
    shipment = order.shipments.get()

    refused = choose(shop.integration, shipment, post)

    assert error(refused)["meta"]["error"] == "not_editable"
    assert choose(shopping_in(shop, market), shipment, post).status_code == 401
    trigger(shop.integration, order, "_start_editing")
    assert choose(shop.integration, shipment, post).status_code == 200
    assert error(trigger(shop.integration, order, "_stop_editing"))["meta"]["error"]


def test_fulfillment_follows_the_way_to_the_customer(shop, market):
    order = make_placed(market, shop.alice)
    shipment = order.shipments.get()
    refused = trigger(shop.integration, shipment, "_picking", resource_type="shipments")
    assert error(refused)["meta"]["error"] == "invalid_transition"

    trigger(shop.integration, order, "_approve")
    assert Shipment.objects.get().status == "upcoming"
    seen = []
    for name in ("_on_hold", "_picking", "_packing", "_ready_to_ship", "_ship", "_deliver"):
        shown = attributes(move(shop.integration, shipment, name, name))
        order.refresh_from_db()
        seen.append((shown["status"], order.fulfillment_status))

    assert seen == [
        ("on_hold", "unfulfilled"),
        ("picking", "in_progress"),
        ("packing", "in_progress"),
        ("ready_to_ship", "in_progress"),
        ("shipped", "fulfilled"),
        ("delivered", "fulfilled"),
    ]
    assert shown["delivered_at"] > shown["picking_at"]
    assert topics(order)[-2:] == ["orders.start_fulfilling", "orders.fulfill"]
    assert topics(shipment)[-2:] == ["shipments.ship", "shipments.deliver"]
    late = trigger(shop.integration, shipment, "_cancel", resource_type="shipments")
    assert error(late)["meta"]["error"] == "invalid_transition"


def test_cancelling_a_shipment_takes_fulfillment_back(shop, market):
    order = make_placed(market, shop.alice)
    trigger(shop.integration, order, "_approve")

    move(shop.integration, order.shipments.get(), "_picking", "_cancel")

    order.refresh_from_db()
    assert order.fulfillment_status == "unfulfilled"
    assert topics(order)[-1] == "orders.cancel_fulfilling"
    assert trigger(shop.integration, order, "_cancel").status_code == 200


def test_an_order_may_have_nothing_left_to_send_after_editing(shop, market):
    order = make_pending(market, shop.alice)
    add_line(order, sku=make_sku(shop.environment, do_not_ship=True))
    services.place(order=order)
    services.start_editing(order=order)
    services.remove_line(line=order.line_items.order_by("pk").first())

    reply = trigger(shop.integration, order, "_stop_editing")

    assert attributes(reply)["fulfillment_status"] == "not_required"
    assert attributes(reply)["shipments_count"] == 0


def test_fulfilling_an_order_delivers_what_is_left(shop, market):
    order = make_placed(market, shop.alice)
    trigger(shop.integration, order, "_approve")

    trigger(shop.integration, order, "_fulfill")

    shipment = order.shipments.get()
    assert (shipment.status, shipment.delivered_at is not None) == ("delivered", True)
    told = EventStore.objects.filter(resource_uid=shipment.uid).latest("pk")
    assert told.payload["status"] == ["upcoming", "delivered"]


def test_cancelling_an_order_cancels_them(shop, market):
    order = make_placed(market, shop.alice)

    trigger(shop.integration, order, "_cancel")

    assert order.shipments.get().status == "cancelled"


def test_nothing_leaves_before_it_is_paid_where_the_method_says_so(shop, market):
    method = make_payment_method(shop.environment, require_capture=True)
    order = make_placed(market, shop.alice, payment_method=method)
    trigger(shop.integration, order, "_approve")

    refused = trigger(
        shop.integration, order.shipments.get(), "_picking", resource_type="shipments"
    )

    assert error(refused)["meta"]["error"] == "not_captured"


def test_a_customer_sees_their_own_only(shop, market):
    mine, theirs = make_pending(market, shop.alice), make_pending(market, shop.bob)
    alice = shopping_in(shop, market, shop.alice)

    listed = alice.get("shipments").json()["data"]

    assert [row["id"] for row in listed] == [mine.shipments.get().uid]
    assert alice.get(f"shipments/{theirs.shipments.get().uid}").status_code == 404
    assert shopping_in(shop, market).get("shipments").status_code == 401
    step = trigger(alice, mine.shipments.get(), "_cancel", resource_type="shipments")
    assert step.status_code == 401
    cost = alice.patch("shipments", mine.shipments.get().uid, attributes={"cost_amount_cents": 1})
    assert cost.status_code == 401


def test_back_ends_write_what_the_carrier_takes(shop, market):
    shipment = make_placed(market, shop.alice).shipments.get()

    given = {"cost_amount_cents": 430, "number": "DHL 1"}
    shown = attributes(shop.integration.patch("shipments", shipment.uid, attributes=given))

    assert (shown["formatted_cost_amount"], shown["number"]) == ("€4,30", "DHL 1")
    made = shop.integration.post("shipments", attributes={})
    assert made.status_code == 403
    assert shop.integration.delete(f"shipments/{shipment.uid}").status_code == 403


def test_a_number_that_is_taken_is_passed_over(shop, market):
    shipment = make_placed(market, shop.alice).shipments.get()
    order = make_order(market, shop.alice)
    Shipment.objects.filter(pk=shipment.pk).update(number=f"#{order.number}/S/001")

    add_line(order)

    assert order.shipments.get().number == f"#{order.number}/S/002"


def test_the_next_order_of_a_subscription_is_sent_alike(shop, market, post):
    order = make_pending(market, shop.alice)
    choose(shop.integration, order.shipments.get(), post)
    services.place(order=order)
    uid = subscribe(shop.integration, order).json()["data"]["id"]
    subscription = order.order_subscriptions.get(uid=uid)
    trigger(shop.integration, subscription, "_activate", resource_type="order_subscriptions")
    make_due(subscription)

    assert services.renew(subscription_id=subscription.pk)

    copy = subscription.recurring_order_copies.latest("pk").target_order
    assert copy.shipments.get().shipping_method == post
    assert totals(copy) == (700, 1700)


def test_it_forgets_whoever_it_went_to(shop, market):
    shipment = make_placed(market, shop.alice).shipments.get()
    note = {"reference": "for c4n4ry", "metadata": {"gate": "c4n4ry"}}
    shop.integration.patch("shipments", shipment.uid, attributes=note)

    Organization.objects.update(anonymization_grace=timedelta(0))
    request(shop.alice)
    anonymization.process_due()

    shipment.refresh_from_db()
    assert (shipment.reference, shipment.metadata) == (None, {})
    assert shipment.number
