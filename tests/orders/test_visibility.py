"""Whose orders one sees, and what one may still do to them."""

import pytest

from customers.models import CustomerPaymentSource
from orders import services
from orders.models import Order
from tests.api import error
from tests.factories import ADDRESS, make_address, make_customer
from tests.orders.goods import (
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
from tests.queries import cost


def listed(api, path="orders"):
    reply = api.get(path)
    assert reply.status_code == 200, reply.content
    return [row["id"] for row in reply.json()["data"]]


def test_a_customer_sees_their_own_orders_of_any_status_and_nobody_elses(shop, market):
    mine = [make_pending(market, shop.alice), make_placed(market, shop.alice)]
    services.approve(order=mine[1])
    bobs = make_placed(market, shop.bob)
    alice = shopping_in(shop, market, shop.alice)

    assert listed(alice) == [order.uid for order in mine]
    for reply in (
        alice.get(f"orders/{bobs.uid}"),
        alice.get(f"orders/{bobs.uid}/line_items"),
        alice.get(f"orders/{bobs.uid}/relationships/customer"),
        trigger(alice, bobs, "_cancel"),
        alice.patch("orders", bobs.uid, attributes={"cart_url": "x"}),
    ):
        assert reply.status_code == 404
        assert error(reply)["code"] == "RECORD_NOT_FOUND"
    assert alice.get("orders/unknown").status_code == 404
    bobs.refresh_from_db()
    assert bobs.status == "placed"


def test_a_customers_orders_are_listed_below_the_customer(shop, market):
    mine = make_placed(market, shop.alice)
    make_placed(market, shop.bob)

    assert listed(shopping_in(shop, market, shop.alice), f"customers/{shop.alice.uid}/orders") == [
        mine.uid
    ]


def test_the_orders_page_of_an_account_works(shop, market):
    make_pending(market, shop.alice)
    placed = [make_placed(market, shop.alice) for _ in range(2)]

    reply = shopping_in(shop, market, shop.alice).get(
        f"customers/{shop.alice.uid}/orders",
        {"filter[q][status_not_in]": "draft,pending", "sort": "-number"},
    )

    assert [row["id"] for row in reply.json()["data"]] == [placed[1].uid, placed[0].uid]


def test_no_order_crosses_tenants(shop, rival, market):
    theirs = make_placed(make_market(rival.environment), rival.alice)

    assert listed(shop.integration) == []
    assert shop.integration.get(f"orders/{theirs.uid}").status_code == 404
    assert trigger(shop.integration, theirs, "_cancel").status_code == 404
    assert shop.integration.delete(f"orders/{theirs.uid}").status_code == 404
    assert rival.integration.get(f"orders/{theirs.uid}").status_code == 200


@pytest.mark.parametrize(
    ("status", "readable"),
    [("draft", 200), ("pending", 200), ("placed", 200), ("approved", 404), ("cancelled", 404)],
)
def test_a_guest_reads_an_order_until_it_is_approved(shop, market, status, readable):
    order = make_order(market, guest=True) if status == "draft" else None
    if order is None:
        order = make_pending(market, shop.alice, guest=True)
    if status not in ("draft", "pending"):
        services.place(order=order)
    if status in ("approved", "cancelled"):
        {"approved": services.approve, "cancelled": services.cancel}[status](order=order)

    reply = shopping_in(shop, market).get(f"orders/{order.uid}")

    assert reply.status_code == readable


def test_a_guest_never_lists_orders(shop, market):
    refused = shopping_in(shop, market).get("orders")

    assert refused.status_code == 401
    assert error(refused)["code"] == "UNAUTHORIZED"


def test_a_guest_sees_only_orders_of_the_scopes_markets(shop, market):
    elsewhere = make_order(make_market(shop.environment), guest=True)

    assert shopping_in(shop, market).get(f"orders/{elsewhere.uid}").status_code == 404
    assert shop.guest.get(f"orders/{elsewhere.uid}").status_code == 200


def test_a_guest_changes_an_order_only_before_it_is_placed(shop, market):
    order = make_placed(market, shop.alice, guest=True)
    guest = shopping_in(shop, market)

    refused = guest.patch("orders", order.uid, attributes={"cart_url": "x"})

    assert refused.status_code == 401
    assert guest.get(f"orders/{order.uid}").status_code == 200


def test_a_shop_can_keep_guests_to_guest_orders(shop, market):
    shop.organization.orders_sales_channel_guest_only = True
    shop.organization.save()
    alices = make_pending(market, shop.alice, guest=False)
    guests = make_pending(market, shop.bob, guest=True)
    guest = shopping_in(shop, market)

    assert guest.get(f"orders/{alices.uid}").status_code == 404
    assert guest.get(f"orders/{guests.uid}").status_code == 200
    assert listed(shopping_in(shop, market, shop.alice)) == [alices.uid]


def test_a_guest_learns_nothing_about_the_customer_of_an_order(shop, market):
    order = make_pending(market, shop.alice, guest=True)

    refused = shopping_in(shop, market).get(f"orders/{order.uid}", {"include": "customer.orders"})

    document = refused.json()
    assert refused.status_code == 401 or document["included"] == []
    market_refused = shopping_in(shop, market).get(f"orders/{order.uid}", {"include": "market"})
    assert "shared_secret" not in market_refused.content.decode()


def test_a_shopper_keeps_to_triggers_and_notes_once_an_order_is_placed(shop, market):
    order = make_placed(market, shop.alice)
    alice = shopping_in(shop, market, shop.alice)

    refused = alice.patch("orders", order.uid, attributes={"language_code": "it"})

    assert error(refused)["source"] == {"pointer": "/data/attributes/language_code"}
    assert error(refused)["meta"] == {"error": "not_editable"}
    noted = alice.patch("orders", order.uid, attributes={"metadata": {"gift": True}})
    assert attributes(noted)["metadata"] == {"gift": True}
    assert attributes(trigger(alice, order, "_cancel"))["status"] == "cancelled"


@pytest.mark.parametrize("who", ["guest", "alice"])
def test_only_the_shop_deletes_orders(shop, market, who):
    order = make_pending(market, shop.alice, guest=True)
    api = shopping_in(shop, market, shop.alice if who == "alice" else None)

    assert api.delete(f"orders/{order.uid}").status_code == 401
    assert Order.objects.count() == 1


@pytest.mark.parametrize("name", ["number", "expires_at", "expiration_info", "tags"])
def test_what_only_the_shop_writes_is_refused_to_customers(shop, market, name):
    order = make_pending(market, shop.alice)
    alice = shopping_in(shop, market, shop.alice)
    members = {"attributes": {name: "2030-01-01"}}
    if name == "tags":
        members = {"relationships": {"tags": []}}

    refused = alice.patch("orders", order.uid, **members)

    assert refused.status_code == 401


@pytest.mark.parametrize("member", ["attributes", "relationships"])
def test_a_customer_cannot_give_an_order_away(shop, market, member):
    order = make_pending(market, shop.alice)
    name = {"attributes": "customer_email", "relationships": "customer"}[member]

    refused = shopping_in(shop, market, shop.alice).patch(
        "orders", order.uid, **{member: {name: None}}
    )

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": f"/data/{member}/{name}"}


def test_a_private_market_is_closed_to_others(shop):
    private = make_private_market(shop.environment)
    member = make_customer(
        shop.environment,
        email="member@example.com",
        password="correct horse battery",
        customer_group=private.customer_group,
    )
    sku = make_sku(shop.environment)
    api = shopping_in(shop, private, member)

    reply = api.post("orders")
    assert reply.status_code == 201, reply.content
    line = api.post(
        "line_items",
        attributes={"sku_code": sku.code, "quantity": 1},
        relationships={"order": {"type": "orders", "id": reply.json()["data"]["id"]}},
    )
    assert line.status_code == 201, line.content

    refused = shop.as_alice.post("orders", relationships={"market": linked("markets", private)})
    assert refused.status_code == 404
    assert error(refused)["source"] == {"pointer": "/data/relationships/market"}


def test_listing_costs_the_same_for_one_order_as_for_nine(shop, market):
    path = "orders?include=customer,line_items,market,shipping_address"

    def listed():
        assert shop.integration.get(path).status_code == 200

    make_placed(market, shop.alice)
    listed()  # gets the token
    one = cost(listed)
    for _ in range(8):
        make_placed(market, shop.alice)

    assert cost(listed) == one == 5  # the count, the page, three paths that lead somewhere


def test_a_guest_sees_the_addresses_of_their_order_also_once_it_is_placed(shop, market):
    guest = shopping_in(shop, market)
    sku = make_sku(shop.environment)
    address = guest.post("addresses", attributes=ADDRESS).json()["data"]["id"]
    order = guest.post(
        "orders",
        attributes={"customer_email": shop.alice.email},
        relationships={"shipping_address": {"type": "addresses", "id": address}},
    ).json()["data"]["id"]
    guest.post(
        "line_items",
        attributes={"sku_code": sku.code, "quantity": 1},
        relationships={"order": {"type": "orders", "id": order}},
    )
    assert guest.patch("addresses", address, attributes={"city": "Rome"}).status_code == 200
    guest.patch("orders", order, attributes={"_place": True})

    shown = guest.get(f"orders/{order}", {"include": "shipping_address"}).json()

    assert shown["data"]["attributes"]["status"] == "placed"
    assert shown["included"][0]["attributes"]["city"] == "Rome"
    refused = guest.patch("addresses", address, attributes={"city": "Elsewhere"})
    assert refused.status_code == 401
    assert guest.delete(f"addresses/{address}").status_code >= 400
    assert shop.integration.get(f"addresses/{address}").status_code == 200


def test_a_customer_cannot_rewrite_where_a_placed_order_went(shop, market):
    order = make_placed(market, shop.alice, shipping_address=make_address(shop.environment))
    alice = shopping_in(shop, market, shop.alice)
    uid = order.shipping_address.uid

    assert alice.patch("addresses", uid, attributes={"city": "Elsewhere"}).status_code == 401
    assert shop.integration.patch("addresses", uid, attributes={"city": "Oslo"}).status_code == 200


def test_the_wallet_of_an_orders_customer_is_shown_to_who_may_see_it(shop, market):
    order, guests = make_pending(market, shop.alice), make_order(market)
    sources = [
        CustomerPaymentSource.objects.create(environment=shop.environment, customer=customer)
        for customer in (shop.alice, shop.bob, None)
    ]
    wallet = "available_customer_payment_sources"

    for caller in (shop.integration, shopping_in(shop, market, shop.alice)):
        assert listed(caller, f"orders/{order.uid}/{wallet}") == [sources[0].uid]
    assert listed(shop.integration, f"orders/{guests.uid}/{wallet}") == []
    assert shop.guest.get(f"orders/{guests.uid}/{wallet}").status_code == 401
    bob = shopping_in(shop, market, shop.bob)
    assert bob.get(f"orders/{order.uid}/{wallet}").status_code == 404
