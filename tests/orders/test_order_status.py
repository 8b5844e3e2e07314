"""How an order moves from cart to closed."""

import pytest

from activity.models import Event
from customers.models import Address, CustomerAddress
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
    make_placed,
    make_private_market,
    make_sku,
    shopping_in,
    trigger,
)

TRIGGERS = {
    "_pending",
    "_place",
    "_approve",
    "_approve_and_capture",
    "_cancel",
    "_start_editing",
    "_stop_editing",
    "_authorize",
    "_capture",
    "_refund",
    "_fulfill",
}
# What is possible from each status, nothing being paid; repeating what has led there included.
POSSIBLE = {
    "draft": {"_pending"},
    "pending": {"_pending", "_place", "_authorize"},
    "placing": {"_pending", "_place", "_authorize"},
    "placed": {
        "_place",
        "_approve",
        "_cancel",
        "_start_editing",
        "_stop_editing",
        "_authorize",
    },
    "editing": {"_start_editing", "_stop_editing", "_authorize"},
    "approved": {"_approve", "_cancel", "_authorize", "_fulfill"},
    "cancelled": {"_cancel"},
}
LEADS_TO = {
    "_pending": "pending",
    "_place": "placed",
    "_approve": "approved",
    "_cancel": "cancelled",
    "_start_editing": "editing",
    "_stop_editing": "placed",
}


@pytest.fixture
def market(shop):
    return make_market(shop.environment)


def bring_to(status, market, customer):
    """Return an order with that status, by the services only."""
    if status == "draft":
        return make_order(market, customer)
    order = make_pending(market, customer, place_async=status == "placing")
    if status != "pending":
        services.place(order=order)
    steps = {
        "editing": services.start_editing,
        "approved": services.approve,
        "cancelled": services.cancel,
    }
    if status in steps:
        steps[status](order=order)
    return order


def topics(order):
    return list(
        Event.objects.filter(resource_uid=order.uid).order_by("pk").values_list("name", flat=True)
    )


@pytest.mark.parametrize("name", sorted(TRIGGERS))
@pytest.mark.parametrize("status", sorted(POSSIBLE))
def test_a_trigger_acts_where_it_can_and_says_so_where_it_cannot(shop, market, status, name):
    order = bring_to(status, market, shop.alice)
    assert order.status == status

    reply = trigger(shop.integration, order, name)

    if name in POSSIBLE[status]:
        waits_for_worker = (status, name) == ("placing", "_place")
        expected = status if waits_for_worker else LEADS_TO.get(name, status)
        assert attributes(reply)["status"] == expected
    else:
        assert reply.status_code == 422
        problems = reply.json()["errors"]
        if (status, name) == ("draft", "_place"):
            assert [one["detail"] for one in problems] == ["line_items - can't be blank"]
        else:
            assert problems[0]["source"] == {"pointer": f"/data/attributes/{name}"}
            assert problems[0]["meta"] == {"error": "invalid_transition", "value": status}
        order.refresh_from_db()
        assert order.status == status


@pytest.mark.parametrize(
    ("name", "status", "column", "topic"),
    [
        ("_place", "pending", "placed_at", "orders.place"),
        ("_approve", "placed", "approved_at", "orders.approve"),
        ("_cancel", "placed", "cancelled_at", "orders.cancel"),
        ("_fulfill", "approved", "fulfillment_updated_at", "orders.fulfill"),
        ("_authorize", "placed", "payment_updated_at", "orders.authorize"),
        ("_archive", "placed", "archived_at", None),
    ],
)
def test_repeating_a_trigger_changes_nothing(  # noqa: PLR0917
    shop, market, name, status, column, topic
):
    order = bring_to(status, market, shop.alice)
    first = attributes(trigger(shop.integration, order, name))
    assert first[column] is not None

    second = attributes(trigger(shop.integration, order, name))

    assert second == first
    if topic:
        assert topics(order).count(topic) == 1


def test_false_is_not_a_trigger(shop, market):
    order = make_pending(market, shop.alice)

    assert attributes(trigger(shop.integration, order, "_place", False))["status"] == "pending"


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


def test_a_payment_goes_from_authorized_to_paid_to_refunded(shop, market):
    order = make_placed(market, shop.alice)

    seen = [
        attributes(trigger(shop.integration, order, name))["payment_status"]
        for name in ("_authorize", "_approve_and_capture", "_refund")
    ]

    assert seen == ["authorized", "paid", "refunded"]
    assert topics(order)[-4:] == [
        "orders.authorize",
        "orders.pay",
        "orders.approve",
        "orders.refund",
    ]


def test_cancelling_gives_up_an_authorization(shop, market):
    order = make_placed(market, shop.alice)
    trigger(shop.integration, order, "_authorize")
    trigger(shop.integration, order, "_approve")

    cancelled = attributes(trigger(shop.integration, order, "_cancel"))

    assert (cancelled["status"], cancelled["payment_status"]) == ("cancelled", "voided")
    assert topics(order)[-2:] == ["orders.cancel", "orders.void"]


@pytest.mark.parametrize("first", ["_capture", "_fulfill"])
def test_an_approved_order_that_is_paid_or_fulfilled_cannot_be_cancelled(shop, market, first):
    order = make_placed(market, shop.alice)
    services.authorize(order=order)
    services.approve(order=order)
    assert trigger(shop.integration, order, first).status_code == 200

    refused = trigger(shop.integration, order, "_cancel")

    assert error(refused)["meta"] == {"error": "invalid_transition", "value": "approved"}


def test_an_edited_order_cannot_cost_more_than_before(shop, market):
    order = make_placed(market, shop.alice)
    trigger(shop.integration, order, "_start_editing")
    line = order.line_items.get()
    shop.integration.patch("line_items", line.uid, attributes={"quantity": 2})

    refused = trigger(shop.integration, order, "_stop_editing")

    assert error(refused)["meta"] == {
        "error": "less_than_or_equal_to",
        "value": 2000,
        "count": 1000,
    }
    shop.integration.patch("line_items", line.uid, attributes={"quantity": 1})
    assert attributes(trigger(shop.integration, order, "_stop_editing"))["status"] == "placed"


def test_an_order_is_archived_and_unarchived(shop, market):
    order = make_pending(market, shop.alice)

    assert attributes(trigger(shop.integration, order, "_archive"))["archived_at"] is not None
    assert attributes(trigger(shop.integration, order, "_unarchive"))["archived_at"] is None


@pytest.mark.parametrize(
    "name", ["_pending", "_approve", "_authorize", "_capture", "_refund", "_fulfill"]
)
def test_a_storefront_cannot_speak_for_the_shop(shop, market, name):
    order = make_pending(market, shop.alice)

    refused = trigger(shopping_in(shop, market, shop.alice), order, name)

    assert refused.status_code == 401
    assert error(refused)["code"] == "UNAUTHORIZED"


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


def test_placing_copies_addresses_out_of_the_address_book(shop, market):
    address = make_address(shop.environment, customer=shop.alice)
    CustomerAddress.objects.create(
        environment=shop.environment, customer=shop.alice, address=address
    )
    order = make_pending(market, shop.alice, shipping_address=address, billing_address=address)

    trigger(shop.integration, order, "_place")

    order.refresh_from_db()
    assert order.shipping_address != address
    assert order.shipping_address == order.billing_address
    assert order.shipping_address.city == address.city
    assert order.shipping_address.customer == shop.alice


def test_placing_keeps_an_address_that_is_the_orders_own(shop, market):
    address = make_address(shop.environment)
    order = make_pending(market, shop.alice, shipping_address=address)

    trigger(shop.integration, order, "_place")

    order.refresh_from_db()
    assert order.shipping_address == address
    assert order.shipping_address.customer == shop.alice


def test_an_address_is_cloned_by_its_id(shop, market):
    address = make_address(shop.environment, customer=shop.alice, city="Rome", country_code="IT")
    order = make_pending(market, shop.alice)

    reply = trigger(shop.integration, order, "_billing_address_clone_id", address.uid)

    assert attributes(reply)["country_code"] == "IT"
    order.refresh_from_db()
    assert order.billing_address != address
    assert order.billing_address.city == "Rome"


def test_an_address_of_somebody_else_cannot_be_cloned(shop, market):
    bobs = make_address(shop.environment, customer=shop.bob)
    order = make_pending(market, shop.alice)
    alice = shopping_in(shop, market, shop.alice)

    refused = trigger(alice, order, "_shipping_address_clone_id", bobs.uid)

    assert error(refused)["detail"] == "_shipping_address_clone_id - must exist"
    assert Address.objects.count() == 1


def test_an_address_is_saved_to_the_address_book_once(shop, market):
    order = make_pending(market, shop.alice, shipping_address=make_address(shop.environment))
    name = "_save_shipping_address_to_customer_address_book"

    for _ in range(2):
        assert trigger(shop.integration, order, name).status_code == 200

    entry = CustomerAddress.objects.get()
    assert entry.customer == shop.alice
    assert entry.address.line_1 == order.shipping_address.line_1
    assert entry.address != order.shipping_address


def test_nothing_is_saved_to_nobodys_address_book(shop, market):
    order = make_order(market, shipping_address=make_address(shop.environment))

    refused = trigger(shop.integration, order, "_save_shipping_address_to_customer_address_book")

    assert error(refused)["detail"] == "customer - can't be blank"
