"""What is held, taken, given up and given back, and what that makes of the order."""

import pytest

from orders import services
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_market,
    make_order,
    make_pending,
    make_placed,
    make_run,
    shopping_in,
    trigger,
)


@pytest.fixture
def order(shop):
    """A placed order of 40 euros."""
    made = make_order(make_market(shop.environment), shop.alice)
    add_line(made, unit_amount_cents=4000)
    services.place(order=made)
    return made


def money(api, order, kind):
    """Return the amounts of an order's transactions of one kind, by their ids."""
    rows = api.get(f"orders/{order.uid}/{kind}").json()["data"]
    return {row["id"]: row["attributes"]["amount_cents"] for row in rows}


def payment_status(api, order):
    return attributes(api.get(f"orders/{order.uid}"))["payment_status"]


def test_a_payment_is_held_taken_and_given_back_in_parts(shop, order):
    api = shop.integration

    def act(kind, uid, **sent):
        assert attributes(api.patch(kind, uid, attributes=sent))
        return payment_status(api, order)

    assert act("orders", order.uid, _authorization_amount_cents=3000, _authorize=True) == (
        "partially_authorized"
    )
    assert act("orders", order.uid, _authorize=True) == "authorized"
    assert list(money(api, order, "authorizations").values()) == [3000, 1000]
    first, second = money(api, order, "authorizations")
    assert act("authorizations", first, _capture_amount_cents=500, _capture=True) == (
        "partially_paid"
    )
    shown = attributes(api.get(f"authorizations/{first}"))
    assert (shown["capture_balance_cents"], shown["capture_amount_cents"]) == (2500, None)
    assert act("authorizations", first, _capture=True) == "partially_paid"
    assert act("authorizations", first, _capture=True) == "partially_paid"
    assert act("orders", order.uid, _capture=True) == "paid"
    assert list(money(api, order, "captures").values()) == [500, 2500, 1000]
    assert act("authorizations", second, _void=True) == "paid"
    assert money(api, order, "voids") == {}
    some, most, rest = money(api, order, "captures")
    assert act("captures", most, _refund_amount_cents=700, _refund=True) == "partially_refunded"
    assert act("captures", some, _refund=True) == "partially_refunded"
    assert act("orders", order.uid, _refund=True) == "refunded"
    assert list(money(api, order, "refunds").values()) == [700, 500, 1800, 1000]
    assert attributes(api.get(f"captures/{rest}"))["refund_balance_cents"] == 0
    numbers = [one.number for one in order.refunds.order_by("pk")]
    assert numbers[0] == f"#{order.number}/T/006"


def test_no_more_is_moved_than_there_is(shop, order):
    api = shop.integration

    def refused(kind, uid, name, value):
        return error(api.patch(kind, uid, attributes={name: value}))["meta"]["count"]

    assert refused("orders", order.uid, "_authorization_amount_cents", 4001) == 4000
    services.authorize(order=order)
    authorization = order.authorizations.get()
    assert refused("authorizations", authorization.uid, "_capture_amount_cents", 4001) == 4000
    services.capture(order=order)
    capture = order.captures.get()
    assert refused("captures", capture.uid, "_refund_amount_cents", 4001) == 4000
    late = api.patch("orders", order.uid, attributes={"_authorization_amount_cents": 1})
    assert error(late)["meta"]["error"] == "invalid_transition"


def test_giving_up_what_was_not_taken_keeps_what_was(shop, order):
    services.authorize(order=order)
    authorization = order.authorizations.get()
    services.set_capture_amount(authorization=authorization, amount=1500)
    services.capture_authorization(authorization=authorization)

    assert attributes(trigger(shop.integration, authorization, "_void", True, "authorizations"))

    assert list(money(shop.integration, order, "voids").values()) == [2500]
    assert payment_status(shop.integration, order) == "partially_paid"


def test_a_void_of_one_of_two_authorizations_is_partial(shop, order):
    services.set_authorization_amount(order=order, amount=1000)
    services.authorize(order=order)
    services.authorize(order=order)

    trigger(shop.integration, order.authorizations.first(), "_void", True, "authorizations")

    assert payment_status(shop.integration, order) == "partially_voided"
    trigger(shop.integration, order.authorizations.last(), "_void", True, "authorizations")
    assert payment_status(shop.integration, order) == "voided"


def test_cancelling_gives_up_all_that_is_held(shop, order):
    services.set_authorization_amount(order=order, amount=1000)
    services.authorize(order=order)
    services.authorize(order=order)

    trigger(shop.integration, order, "_cancel")

    assert list(money(shop.integration, order, "voids").values()) == [1000, 3000]


def test_nothing_is_taken_for_a_cancelled_order(shop, order):
    services.authorize(order=order)
    authorization = order.authorizations.get()
    type(order).objects.filter(pk=order.pk).update(status="cancelled")

    refused = trigger(shop.integration, authorization, "_capture", True, "authorizations")

    assert error(refused)["meta"]["error"] == "invalid_transition"


def test_transactions_are_told_and_cannot_be_made_up(shop, order):
    services.authorize(order=order)
    authorization = order.authorizations.get()

    assert list(authorization.events.values_list("name", flat=True)) == ["authorizations.create"]
    made_up = shop.integration.post("captures", relationships={"order": linked("orders", order)})
    assert made_up.status_code == 403
    changed = shop.integration.patch(
        "authorizations", authorization.uid, attributes={"amount_cents": 1}
    )
    assert (changed.status_code, error(changed)["code"]) == (400, "PARAM_NOT_ALLOWED")
    noted = shop.integration.patch(
        "authorizations", authorization.uid, attributes={"reference": "psp-1"}
    )
    assert attributes(noted)["reference"] == "psp-1"
    assert shop.as_alice.get(f"authorizations/{authorization.uid}").status_code == 401


def wallet(shop, customer, **fields):
    fields = {"type": "creditCard", "details": {"brand": "visa", "last4": "4242"}, **fields}
    return customer.customer_payment_sources.create(environment=shop.environment, **fields)


@pytest.fixture
def cart(shop):
    return make_pending(make_market(shop.environment), shop.alice)


SHOWN = {"payment_source_type": "creditCard", "brand": "visa", "last4": "4242"}


def test_an_order_is_paid_with_an_entry_of_the_wallet(shop, cart):
    source = wallet(shop, shop.alice)
    alice = shopping_in(shop, cart.market, shop.alice)

    chosen = trigger(alice, cart, "_customer_payment_source_id", source.uid)

    assert attributes(chosen)["payment_source_details"] == SHOWN
    found = shop.integration.get(f"orders/{cart.uid}/payment_source").json()["data"]
    assert (found["type"], found["id"]) == ("external_payments", source.payment_source.uid)
    dropped = trigger(alice, cart, "_nullify_payment_source")
    assert attributes(dropped)["payment_source_details"] is None
    assert shop.integration.get(f"orders/{cart.uid}/payment_source").json()["data"] is None


def test_somebody_elses_wallet_does_not_exist(shop, cart):
    bobs, alices = wallet(shop, shop.bob), wallet(shop, shop.alice)
    callers = {
        shop.integration: bobs.uid,
        shopping_in(shop, cart.market, shop.alice): bobs.uid,
        shopping_in(shop, cart.market): alices.uid,
    }

    for caller, uid in callers.items():
        refused = trigger(caller, cart, "_customer_payment_source_id", uid)
        assert error(refused)["detail"] == "_customer_payment_source_id - must exist"
    taken = shop.integration.patch(
        "orders",
        cart.uid,
        relationships={"payment_source": linked("customer_payment_sources", bobs)},
    )
    assert error(taken)["source"] == {"pointer": "/data/relationships/payment_source"}


def test_the_source_of_a_payment_that_began_stays(shop, order):
    source = wallet(shop, shop.alice)

    refused = trigger(shop.integration, order, "_customer_payment_source_id", source.uid)

    assert error(refused)["meta"]["error"] == "invalid_transition"


def test_a_source_of_nobodys_is_saved_to_the_wallet(shop, cart):
    source = wallet(shop, shop.alice)
    type(source).objects.filter(pk=source.pk).update(customer=None)
    shop.integration.patch(
        "orders",
        cart.uid,
        relationships={"payment_source": linked("customer_payment_sources", source)},
    )

    for _ in range(2):
        saved = trigger(shop.integration, cart, "_save_payment_source_to_customer_wallet")
        assert attributes(saved)["payment_source_details"] == SHOWN

    source.refresh_from_db()
    assert source.customer == shop.alice


def test_nothing_is_saved_where_nothing_was_chosen(shop, cart):
    refused = trigger(shop.integration, cart, "_save_payment_source_to_customer_wallet")

    assert error(refused)["detail"] == "payment_source - can't be blank"


def test_an_order_that_moves_leaves_the_wallet_behind(shop, cart):
    source = wallet(shop, shop.alice)
    trigger(shop.integration, cart, "_customer_payment_source_id", source.uid)

    services.update_order(order=cart, trusted=True, values={"customer": shop.bob})

    assert (cart.payment_source, cart.payment_source_details) == (None, None)


def test_subscriptions_pay_from_the_wallet(shop, cart):
    source = wallet(shop, shop.alice)
    trigger(shop.integration, cart, "_customer_payment_source_id", source.uid)
    services.place(order=cart)
    values = {"environment_id": cart.environment_id, "source_order": cart, "frequency": "daily"}
    subscription = services.create_subscription(values=values)

    assert make_run(subscription).reuse_wallet
    assert subscription.customer_payment_source == source
    assert subscription.orders.get().payment_source_details == SHOWN


def paid_return(shop, market):
    """Return an order that is paid, and a return of all of it that has arrived."""
    order = make_placed(market, shop.alice)
    services.authorize(order=order)
    services.capture(order=order)
    values = {"environment_id": order.environment_id, "order": order}
    returned = services.create_return(values=values)
    line = {"environment_id": order.environment_id, "return": returned, "quantity": 1}
    services.add_return_line(values={**line, "line_item": order.line_items.get()})
    for step in ("_request", "_approve", "_ship", "_receive"):
        services.move_return(returned=returned, trigger=step)
    return order, returned


@pytest.mark.parametrize(("asked", "given"), [(None, 1000), (300, 300)])
def test_a_return_gives_money_back(shop, asked, given):
    order, returned = paid_return(shop, make_market(shop.environment))
    sent = {"_refund": True} | ({"_refund_amount_cents": asked} if asked else {})

    reply = shop.integration.patch("returns", returned.uid, attributes=sent)

    assert attributes(reply)["status"] == "refunded"
    path = f"returns/{returned.uid}"
    refund = shop.integration.get(f"{path}/reference_refund").json()["data"]
    capture = shop.integration.get(f"{path}/reference_capture").json()["data"]
    assert refund["attributes"]["amount_cents"] == given
    assert capture["attributes"]["refund_balance_cents"] == 1000 - given
    expected = "refunded" if given == 1000 else "partially_refunded"
    assert payment_status(shop.integration, order) == expected
    for kind, row in (("captures", capture), ("refunds", refund)):
        path = f"{kind}/{row['id']}"
        document = shop.integration.get(path, {"include": "return"}).json()
        link = document["data"]["relationships"]["return"]["data"]
        assert link == {"type": "returns", "id": returned.uid}
        assert shop.integration.get(f"{path}/return").json()["data"]["id"] == returned.uid
        sent = {"return": linked("returns", returned)}
        assert shop.integration.patch(kind, row["id"], relationships=sent).status_code == 200


def test_money_that_no_return_asked_for_leads_to_none(shop, order):
    services.authorize(order=order)
    services.capture(order=order)
    services.refund(order=order)

    for row, kind in ((order.captures.get(), "captures"), (order.refunds.get(), "refunds")):
        found = shop.integration.get(f"{kind}/{row.uid}/return")
        assert (found.status_code, found.json()["data"]) == (200, None)
    _, returned = paid_return(shop, make_market(shop.environment))
    sent = {"return": linked("returns", returned)}
    refused = error(
        shop.integration.patch("captures", order.captures.get().uid, relationships=sent)
    )
    assert refused["code"] == "PARAM_NOT_ALLOWED"


def test_a_return_gives_no_more_back_than_was_paid(shop):
    _, returned = paid_return(shop, make_market(shop.environment))

    sent = {"_refund": True, "_refund_amount_cents": 1001}
    refused = shop.integration.patch("returns", returned.uid, attributes=sent)

    assert error(refused)["source"] == {"pointer": "/data/attributes/_refund_amount_cents"}
    returned.refresh_from_db()
    assert returned.status == "received"


def test_the_capture_of_another_order_pays_no_return_back(shop):
    market = make_market(shop.environment)
    order, _ = paid_return(shop, market)
    _, returned = paid_return(shop, market)

    refused = shop.integration.patch(
        "returns",
        returned.uid,
        relationships={"reference_capture": linked("captures", order.captures.get())},
    )

    assert error(refused)["source"] == {"pointer": "/data/relationships/reference_capture"}
