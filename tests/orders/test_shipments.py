"""What an order sends: made, priced, moved and called off with it."""

from datetime import timedelta

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
    choose,
    make_bundle,
    make_due,
    make_order,
    make_payment_method,
    make_pending,
    make_placed,
    make_sku,
    shopping_in,
    subscribe,
    totals,
    trigger,
)


def move(api, shipment, *names):
    """Pull triggers of a shipment, one after the other; return the last reply."""
    for name in names:
        reply = trigger(api, shipment, name, resource_type="shipments")
        assert reply.status_code == 200, reply.content
    return reply


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
