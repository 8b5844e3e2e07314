"""Returns."""

from orders import services
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_order,
    make_pending,
    make_placed,
    shopping_in,
)


def open_return(api, order):
    return api.post("returns", relationships={"order": linked("orders", order)})


def add_return_line(api, returned_uid, line, quantity):
    return api.post(
        "return_line_items",
        attributes={"quantity": quantity},
        relationships={
            "return": {"type": "returns", "id": returned_uid},
            "line_item": linked("line_items", line),
        },
    )


def move(api, uid, name):
    return api.patch("returns", uid, attributes={name: True})


def test_a_return_belongs_to_the_order_and_its_customer(shop, market):
    order = make_placed(market, shop.alice)
    order_again = open_return(shop.integration, order)

    shown = attributes(order_again)
    assert shown["number"] == f"#{order.number}/R/001"
    assert shown["status"] == "draft"
    assert shown["customer_email"] == shop.alice.email
    assert attributes(open_return(shop.integration, order))["number"].endswith("/R/002")
    listed = shop.integration.get(f"customers/{shop.alice.uid}/returns").json()["data"]
    assert len(listed) == 2


def test_only_what_was_placed_can_come_back(shop, market):
    refused = open_return(shop.integration, make_pending(market, shop.alice))

    assert error(refused)["detail"] == "order - can't be returned: it is pending"


def test_no_more_comes_back_than_was_bought(shop, market):
    order = make_order(market, shop.alice)
    line = add_line(order, quantity=3, unit_amount_cents=500)
    services.place(order=order)
    uid = open_return(shop.integration, order).json()["data"]["id"]

    refused = add_return_line(shop.integration, uid, line, 4)
    assert error(refused)["meta"] == {"error": "less_than_or_equal_to", "value": 4, "count": 3}

    added = attributes(add_return_line(shop.integration, uid, line, 2))
    assert (added["total_amount_cents"], added["name"]) == (1000, "A mug")
    returned = attributes(shop.integration.get(f"returns/{uid}"))
    assert returned["skus_count"] == 2
    assert returned["formatted_estimated_refund_amount"] == "€10,00"

    other = open_return(shop.integration, order).json()["data"]["id"]
    assert add_return_line(shop.integration, other, line, 2).status_code == 422
    assert add_return_line(shop.integration, other, line, 1).status_code == 201


def test_a_return_goes_its_way_and_no_other(shop, market):
    order = make_placed(market, shop.alice)
    uid = open_return(shop.integration, order).json()["data"]["id"]
    empty = move(shop.integration, uid, "_request")
    assert error(empty)["detail"] == "return_line_items - can't be blank"
    add_return_line(shop.integration, uid, order.line_items.get(), 1)

    refused = move(shop.integration, uid, "_approve")
    assert error(refused)["source"] == {"pointer": "/data/attributes/_approve"}
    assert error(refused)["meta"] == {"error": "invalid_transition", "value": "draft"}

    seen = []
    for name in ("_request", "_request", "_approve", "_ship", "_receive", "_restock", "_refund"):
        seen.append(attributes(move(shop.integration, uid, name))["status"])
    assert seen == [
        "requested",
        "requested",
        "approved",
        "shipped",
        "received",
        "received",
        "refunded",
    ]
    lines = shop.integration.get(f"returns/{uid}/return_line_items").json()["data"]
    assert lines[0]["attributes"]["restocked_at"] is not None


def test_a_customer_asks_for_a_return_of_their_own_order_only(shop, market):
    mine, bobs = make_placed(market, shop.alice), make_placed(market, shop.bob)
    alice = shopping_in(shop, market, shop.alice)

    assert open_return(alice, bobs).status_code == 404
    uid = open_return(alice, mine).json()["data"]["id"]
    assert add_return_line(alice, uid, mine.line_items.get(), 1).status_code == 201
    assert attributes(move(alice, uid, "_request"))["status"] == "requested"
    assert move(alice, uid, "_approve").status_code == 401
    assert shopping_in(shop, market, shop.bob).get(f"returns/{uid}").status_code == 404


def test_returns_and_subscriptions_follow_an_order_to_its_new_customer(shop, market):
    order = make_placed(market, shop.alice)
    open_return(shop.integration, order)
    values = {"environment_id": shop.environment.pk, "source_order": order, "frequency": "daily"}
    services.create_subscription(values=values)

    services.update_order(order=order, trusted=True, values={"customer": shop.bob})

    assert order.returns.get().customer == shop.bob
    assert order.order_subscriptions.get().customer_email == shop.bob.email
