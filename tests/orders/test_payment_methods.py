"""By which method an order is paid, and what that costs."""

import pytest
from django.utils import timezone

from catalog.models import PaymentMethod
from orders import services
from tests.api import error
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_market,
    make_order,
    make_payment_method,
    make_pending,
    make_run,
    shopping_in,
    trigger,
)


@pytest.fixture
def cart(shop, market):
    """An order of 40 euros that is being put together."""
    order = make_order(market, shop.alice)
    add_line(order, unit_amount_cents=4000)
    return order


def choose(api, order, method):
    data = None if method is None else linked("payment_methods", method)
    return api.patch("orders", order.uid, relationships={"payment_method": data})


def sums(order):
    order.refresh_from_db()
    return order.payment_method_amount_cents, order.total_amount_with_taxes_cents


def ids(reply):
    assert reply.status_code == 200, reply.content
    return [one["id"] for one in reply.json()["data"]]


def test_its_price_is_a_part_of_the_total(shop, market, cart):
    method = make_payment_method(shop.environment, price_amount_cents=150)

    shown = attributes(choose(shopping_in(shop, market, shop.alice), cart, method))

    assert shown["payment_method_amount_cents"] == 150
    assert shown["formatted_payment_method_amount"] == "€1,50"
    assert shown["total_amount_cents"] == shown["total_amount_with_taxes_cents"] == 4150
    assert shown["subtotal_amount_cents"] == 4000
    choose(shop.integration, cart, make_payment_method(shop.environment, price_amount_cents=10))
    assert sums(cart) == (10, 4010)
    choose(shop.integration, cart, None)
    assert sums(cart) == (0, 4000)


def test_an_order_can_have_one_from_the_start(shop, market):
    method = make_payment_method(shop.environment, price_amount_cents=150)
    own = {"market": linked("markets", market), "payment_method": linked("payment_methods", method)}

    made = shop.integration.post("orders", relationships=own)

    assert attributes(made)["total_amount_cents"] == 150
    path = f"orders/{made.json()['data']['id']}/payment_method"
    assert shop.integration.get(path).json()["data"]["id"] == method.uid
    found = shop.integration.get("orders", {"filter[q][payment_method_id_eq]": method.uid})
    assert ids(found) == [made.json()["data"]["id"]]


def test_a_new_price_holds_where_prices_are_still_open(shop, market, cart):
    method = make_payment_method(shop.environment, price_amount_cents=150)
    placed = make_pending(market, shop.alice)
    for order in (cart, placed):
        choose(shop.integration, order, method)
    services.place(order=placed)
    before = sums(placed)
    method.price_amount_cents = 500
    method.save()

    add_line(cart, unit_amount_cents=1000)

    assert sums(cart) == (500, 5500)
    trigger(shop.integration, placed, "_refresh")
    assert sums(placed) == before


def test_lines_of_the_same_kind_are_added(shop, cart):
    choose(shop.integration, cart, make_payment_method(shop.environment, price_amount_cents=150))

    add_line(cart, item_type="payment_methods", name="Insurance", unit_amount_cents=50)

    assert sums(cart) == (200, 4200)


@pytest.mark.parametrize(
    "make",
    [
        lambda environment: {"disabled_at": timezone.now()},
        lambda environment: {"currency_code": "USD"},
        lambda environment: {"market": make_market(environment)},
        lambda environment: {
            "store": make_market(environment).stores.create(environment=environment, name="Quay")
        },
    ],
)
def test_a_method_that_is_not_available_is_refused(shop, cart, make):
    method = make_payment_method(shop.environment, **make(shop.environment))

    refused = choose(shop.integration, cart, method)

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": "/data/relationships/payment_method"}
    assert error(refused)["detail"] == "payment_method - is not available for the order"
    assert error(refused)["meta"]["error"] == "not_available"
    cart.refresh_from_db()
    assert cart.payment_method is None


def test_a_shopper_chooses_what_they_see_only(shop, market, cart):
    off = make_payment_method(shop.environment, disabled_at=timezone.now())

    refused = choose(shopping_in(shop, market, shop.alice), cart, off)

    assert refused.status_code == 404
    assert error(refused)["source"] == {"pointer": "/data/relationships/payment_method"}


def test_it_stays_available_when_the_order_moves(shop, market):
    method = make_payment_method(shop.environment, market=market)
    order = make_order(market, shop.alice)
    choose(shop.integration, order, method)
    other = {"market": linked("markets", make_market(shop.environment))}

    refused = error(shop.integration.patch("orders", order.uid, relationships=other))

    assert refused["source"] == {"pointer": "/data/relationships/payment_method"}
    moved = {**other, "payment_method": None}
    assert shop.integration.patch("orders", order.uid, relationships=moved).status_code == 200


def test_it_cannot_be_changed_once_the_payment_has_begun(shop, cart):
    method = make_payment_method(shop.environment, price_amount_cents=150)
    services.place(order=cart)
    services.authorize(order=cart)

    refused = error(choose(shop.integration, cart, method))

    assert refused["source"] == {"pointer": "/data/relationships/payment_method"}
    assert refused["meta"]["error"] == "not_editable"
    assert sums(cart) == (0, 4000)


def test_one_that_was_disabled_can_be_sent_back(shop, cart):
    method = make_payment_method(shop.environment)
    choose(shop.integration, cart, method)
    method.disable()
    method.save()

    assert choose(shop.integration, cart, method).status_code == 200
    assert choose(shop.integration, make_order(cart.market), method).status_code == 422


def test_an_order_lists_what_is_available_for_it(shop, market):
    quay = market.stores.create(environment=shop.environment, name="Quay")
    made = {
        name: make_payment_method(shop.environment, name=name, **fields)
        for name, fields in {
            "everywhere": {},
            "here": {"market": market},
            "at the quay": {"market": market, "store": quay},
            "off": {"disabled_at": timezone.now()},
            "dollars": {"currency_code": "USD"},
            "elsewhere": {"market": make_market(shop.environment)},
        }.items()
    }
    order = make_order(market, shop.alice)
    at_quay = make_order(market, shop.bob, store=quay)
    usual = [made["everywhere"].uid, made["here"].uid]
    path = f"orders/{order.uid}"

    for api in (shop.integration, shopping_in(shop, market, shop.alice)):
        assert ids(api.get(f"{path}/available_payment_methods")) == usual
        assert ids(api.get(f"{path}/relationships/available_payment_methods")) == usual
        document = api.get(path, {"include": "available_payment_methods"}).json()
        link = document["data"]["relationships"]["available_payment_methods"]["data"]
        assert [one["id"] for one in link] == usual
        assert [one["id"] for one in document["included"]] == usual
    there = shop.integration.get(f"orders/{at_quay.uid}/available_payment_methods")
    assert ids(there) == [*usual, made["at the quay"].uid]
    listed = shop.integration.get("orders", {"include": "available_payment_methods"}).json()
    assert len(listed["included"]) == 3
    question = {"filter[q][available_payment_methods_name_eq]": "at the quay"}
    assert ids(shop.integration.get("orders", question)) == [at_quay.uid]
    none = {"filter[q][available_payment_methods_null]": "true"}
    assert ids(shop.integration.get("orders", none)) == []
    written = {"available_payment_methods": []}
    refused = shop.integration.patch("orders", order.uid, relationships=written)
    assert error(refused)["code"] == "PARAM_NOT_ALLOWED"


def test_methods_of_another_tenant_are_not_available(shop, rival, market):
    make_payment_method(rival.environment)
    order = make_order(market, shop.alice)

    assert ids(shop.integration.get(f"orders/{order.uid}/available_payment_methods")) == []
    assert not order.available_payment_methods.exists()


def test_the_default_of_a_market_is_that_of_its_orders(shop, market):
    method = make_payment_method(shop.environment, market=market)
    own = {"default_payment_method": linked("payment_methods", method)}
    order = make_order(market, shop.alice)

    assert shop.integration.patch("markets", market.uid, relationships=own).status_code == 200

    for path in (f"markets/{market.uid}", f"orders/{order.uid}"):
        found = shop.integration.get(f"{path}/default_payment_method").json()["data"]
        assert found["id"] == method.uid
    question = {"filter[q][default_payment_method_id_eq]": method.uid}
    assert ids(shop.integration.get("orders", question)) == [order.uid]
    order.refresh_from_db()
    assert order.payment_method is None
    assert shop.integration.delete(f"payment_methods/{method.uid}").status_code == 204
    market.refresh_from_db()
    assert market.default_payment_method is None


def test_a_markets_default_is_one_of_its_own(shop, market):
    other = make_market(shop.environment)
    quay = market.stores.create(environment=shop.environment, name="Quay")
    for fields in ({"market": other}, {"currency_code": "USD"}, {"market": market, "store": quay}):
        method = make_payment_method(shop.environment, **fields)
        own = {"default_payment_method": linked("payment_methods", method)}

        refused = error(shop.integration.patch("markets", market.uid, relationships=own))

        assert refused["source"] == {"pointer": "/data/relationships/default_payment_method"}
        assert refused["meta"]["error"] == "not_available"


def test_a_method_alone_does_not_pay(shop, market, cart):
    market.payment_required = True
    market.save()
    choose(shop.integration, cart, make_payment_method(shop.environment))

    refused = error(trigger(shop.integration, cart, "_place"))

    assert refused["source"] == {"pointer": "/data/attributes/payment_status"}
    trigger(shop.integration, cart, "_authorize")
    assert attributes(trigger(shop.integration, cart, "_place"))["status"] == "placed"


def test_what_costs_only_by_its_method_is_not_free(shop, market):
    method = make_payment_method(shop.environment, price_amount_cents=150)
    gifts = [make_order(market, shop.alice), make_order(market, shop.alice)]
    for gift in gifts:
        add_line(gift, unit_amount_cents=0)
    choose(shop.integration, gifts[0], method)

    paid, free = (attributes(trigger(shop.integration, one, "_place")) for one in gifts)

    assert (paid["payment_status"], paid["place_total_amount_cents"]) == ("unpaid", 150)
    assert free["payment_status"] == "free"


def test_a_method_that_was_disabled_keeps_an_unpaid_order_from_being_placed(shop, market):
    method = make_payment_method(shop.environment)
    unpaid, held = make_pending(market, shop.alice), make_pending(market, shop.alice)
    for order in (unpaid, held):
        choose(shop.integration, order, method)
    services.authorize(order=held)
    method.disable()
    method.save()

    refused = error(trigger(shop.integration, unpaid, "_place"))

    assert refused["source"] == {"pointer": "/data/relationships/payment_method"}
    assert attributes(trigger(shop.integration, held, "_place"))["status"] == "placed"


def test_a_method_that_orders_have_cannot_be_deleted(shop, cart):
    method = make_payment_method(shop.environment)
    choose(shop.integration, cart, method)

    assert shop.integration.delete(f"payment_methods/{method.uid}").status_code == 423
    assert PaymentMethod.objects.exists()


def test_what_repeats_an_order_is_paid_by_the_same_method(shop, market, cart):
    method = make_payment_method(shop.environment, price_amount_cents=150)
    choose(shop.integration, cart, method)
    services.place(order=cart)
    repeated = services.create_subscription(
        values={"environment_id": cart.environment_id, "source_order": cart, "frequency": "weekly"}
    )
    services.move_subscription(subscription=repeated, trigger="_activate")

    again = make_run(repeated).target_order

    assert again.payment_method == method
    assert sums(again) == (150, 4150)
    method.disable()
    method.save()
    assert make_run(repeated).target_order.payment_method is None


def test_an_order_takes_over_the_method_of_the_wallet(shop, market, cart):
    method = make_payment_method(shop.environment, price_amount_cents=150)
    alice = shopping_in(shop, market, shop.alice)
    entry = alice.post(
        "customer_payment_sources",
        attributes={"payment_source_token": "pm_1"},
        relationships={
            "customer": linked("customers", shop.alice),
            "payment_method": linked("payment_methods", method),
        },
    )
    assert entry.status_code == 401  # wallets are filled by back ends
    made = shop.integration.post(
        "customer_payment_sources",
        attributes={"payment_source_token": "pm_1"},
        relationships={"customer": linked("customers", shop.alice)},
    )
    uid = made.json()["data"]["id"]
    own = {"payment_method": linked("payment_methods", method)}
    assert alice.patch("customer_payment_sources", uid, relationships=own).status_code == 200

    paid = trigger(alice, cart, "_customer_payment_source_id", uid)

    assert attributes(paid)["total_amount_cents"] == 4150
    cart.refresh_from_db()
    assert cart.payment_method == method
    assert alice.get(f"customer_payment_sources/{uid}/payment_method").json()["data"]["id"] == (
        method.uid
    )
    question = {"filter[q][payment_method_id_eq]": method.uid}
    assert ids(shop.integration.get("customer_payment_sources", question)) == [uid]
    other = {"filter[q][payment_method_id_eq]": "nothing"}
    assert ids(shop.integration.get("customer_payment_sources", other)) == []


def test_a_method_of_the_wallet_that_is_not_available_is_left(shop, cart):
    method = make_payment_method(shop.environment, market=make_market(shop.environment))
    usual = make_payment_method(shop.environment, price_amount_cents=150)
    choose(shop.integration, cart, usual)
    source = shop.alice.customer_payment_sources.create(
        environment=shop.environment, payment_source_token="pm_1", payment_method=method
    )

    assert trigger(shop.integration, cart, "_customer_payment_source_id", source.uid)

    cart.refresh_from_db()
    assert (cart.payment_method, cart.payment_source.wallet) == (usual, source)


def test_what_is_saved_to_the_wallet_keeps_its_method(shop, cart):
    method = make_payment_method(shop.environment)
    choose(shop.integration, cart, method)
    shop.integration.post(
        "external_payments",
        attributes={"payment_source_token": "tok_1"},
        relationships={"order": linked("orders", cart)},
    )

    trigger(shop.integration, cart, "_save_payment_source_to_customer_wallet")

    entry = shop.alice.customer_payment_sources.get()
    assert entry.payment_method == method
    cart.refresh_from_db()
    choose(shop.integration, cart, None)
    assert shop.integration.delete(f"payment_methods/{method.uid}").status_code == 204
    entry.refresh_from_db()
    assert entry.payment_method is None
