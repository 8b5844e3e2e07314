"""/api/external_payments: what orders are paid with, and what entries of wallets stand for."""

import pytest
from django.db import transaction

from anonymization.erasers import erase_all
from customers.models import CustomerPaymentSource
from orders import services
from orders.models import ExternalPayment
from tests.api import error
from tests.api import identifier as linked
from tests.orders.goods import make_market, make_order, make_pending, shopping_in

CARD = {
    "issuer_type": "credit card",
    "card_type": "visa",
    "card_last_digits": "4242",
    "card_expiry_month": "3",
    "card_expiry_year": "2030",
}


@pytest.fixture
def cart(shop):
    return make_pending(make_market(shop.environment), shop.alice)


def make(api, order=None, **attributes):
    relationships = {"order": linked("orders", order)} if order else {}
    attributes = {"payment_source_token": "tok_1", **attributes}
    return api.post("external_payments", attributes=attributes, relationships=relationships)


def made(reply):
    assert reply.status_code == 201, reply.content
    return ExternalPayment.objects.get(uid=reply.json()["data"]["id"])


def in_wallet(shop, customer, payment, **attributes):
    return shop.integration.post(
        "customer_payment_sources",
        attributes=attributes,
        relationships={
            "customer": linked("customers", customer),
            "payment_source": linked("external_payments", payment),
        },
    )


def test_an_entry_of_a_wallet_leads_to_its_payment_source(shop):
    payment = made(make(shop.integration, payment_instrument=CARD, options={"foo": "bar"}))

    entry = in_wallet(shop, shop.alice, payment, customer_token="cus_1").json()["data"]

    assert entry["attributes"]["name"] == "XXXX-XXXX-XXXX-4242"
    assert entry["attributes"]["payment_source_token"] == "tok_1"
    path = f"customer_payment_sources/{entry['id']}"
    document = shop.as_alice.get(path, {"include": "payment_source.wallet"}).json()
    link = document["data"]["relationships"]["payment_source"]["data"]
    assert link == linked("external_payments", payment)
    (included,) = document["included"]
    assert included["attributes"]["payment_instrument"] == CARD
    assert included["relationships"]["wallet"]["data"]["id"] == entry["id"]
    related = shop.integration.get(f"{path}/payment_source").json()["data"]
    assert related["id"] == payment.uid
    wallet = shop.integration.get(f"external_payments/{payment.uid}/wallet").json()["data"]
    assert wallet["id"] == entry["id"]


def test_an_entry_with_tokens_only_leads_to_none(shop):
    entry = CustomerPaymentSource.objects.create(environment=shop.environment, customer=shop.alice)

    path = f"customer_payment_sources/{entry.uid}"
    document = shop.integration.get(path, {"include": "payment_source"}).json()

    assert document["data"]["relationships"]["payment_source"]["data"] is None
    assert document["data"]["attributes"]["name"] is None


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"details": {"brand": "visa", "lastFourDigits": "1111"}}, "XXXX-XXXX-XXXX-1111"),
        ({"details": {"brand": "visa", "lastFourDigits": "11111"}}, "visa"),
        ({"type": "payPal"}, "payPal"),
        ({}, None),
    ],
)
def test_the_name_is_what_a_card_shows(shop, columns, name):
    rows = CustomerPaymentSource.objects
    entry = rows.create(environment=shop.environment, customer=shop.alice, **columns)

    found = shop.as_alice.get(f"customer_payment_sources/{entry.uid}").json()["data"]

    assert found["attributes"]["name"] == name
    if name:
        listed = shop.integration.get("customer_payment_sources", {"filter[q][name_eq]": name})
        assert [one["id"] for one in listed.json()["data"]] == [entry.uid]


def test_an_entry_takes_another_payment_source_or_none(shop):
    first, second = (made(make(shop.integration, payment_instrument=CARD)) for _ in range(2))
    entry = in_wallet(shop, shop.alice, first).json()["data"]["id"]

    def change(data):
        return shop.integration.patch(
            "customer_payment_sources", entry, relationships={"payment_source": data}
        )

    assert change(linked("external_payments", second)).status_code == 200
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.wallet, second.wallet.uid) == (None, entry)
    assert change(None).status_code == 200
    second.refresh_from_db()
    assert second.wallet is None


def test_a_payment_source_is_in_one_wallet_only(shop):
    payment = made(make(shop.integration))
    assert in_wallet(shop, shop.alice, payment).status_code == 201

    for customer in (shop.alice, shop.bob):
        refused = error(in_wallet(shop, customer, payment))
        assert refused["source"] == {"pointer": "/data/relationships/payment_source"}
        assert refused["meta"]["error"] == "taken"
    mistaken = shop.integration.post(
        "customer_payment_sources",
        relationships={
            "customer": linked("customers", shop.alice),
            "payment_source": linked("customers", shop.alice),
        },
    )
    assert error(mistaken)["code"] == "TYPE_MISMATCH"


def test_an_entry_that_moves_takes_its_payment_source_along(shop):
    payment = made(make(shop.integration))
    entry = in_wallet(shop, shop.alice, payment).json()["data"]["id"]
    assert shop.as_alice.get(f"external_payments/{payment.uid}").status_code == 200

    bob = {"customer": linked("customers", shop.bob)}
    shop.integration.patch("customer_payment_sources", entry, relationships=bob)

    assert shop.as_alice.get(f"external_payments/{payment.uid}").status_code == 404
    assert shop.as_bob.get(f"external_payments/{payment.uid}").status_code == 200


def test_a_shopper_pays_and_keeps_the_card(shop, cart):
    alice = shopping_in(shop, cart.market, shop.alice)

    payment = made(make(alice, cart))

    document = alice.get(f"orders/{cart.uid}", {"include": "payment_source"}).json()
    link = document["data"]["relationships"]["payment_source"]["data"]
    assert link == linked("external_payments", payment)
    details = document["data"]["attributes"]["payment_source_details"]
    assert details == {"payment_source_type": "external_payments"}
    saving = {"_save_payment_source_to_customer_wallet": True}
    assert alice.patch("orders", cart.uid, attributes=saving).status_code == 200
    (entry,) = alice.get("customer_payment_sources", {"include": "payment_source"}).json()["data"]
    assert entry["attributes"]["payment_source_token"] == "tok_1"
    assert entry["relationships"]["payment_source"]["data"]["id"] == payment.uid
    again = make_order(cart.market, shop.alice)
    paying = {"_customer_payment_source_id": entry["id"]}
    assert alice.patch("orders", again.uid, attributes=paying).status_code == 200
    again.refresh_from_db()
    assert again.payment_source == payment


def test_what_a_gateway_says_later_is_shown_everywhere(shop, cart):
    payment = made(make(shop.integration, cart))
    services.save_to_wallet(order=cart_of(cart), caller=None)

    shop.integration.patch(
        "external_payments", payment.uid, attributes={"payment_instrument": CARD}
    )

    cart.refresh_from_db()
    assert cart.payment_source_details["lastFourDigits"] == "4242"
    assert cart.payment_source.wallet.name == "XXXX-XXXX-XXXX-4242"


def cart_of(cart):
    cart.refresh_from_db()
    return cart


def test_shoppers_need_an_order_of_their_own_that_is_still_open(shop, cart):
    alice, guest = (shopping_in(shop, cart.market, who) for who in (shop.alice, None))
    bobs = make_pending(cart.market, shop.bob)
    placed = make_pending(cart.market, shop.alice)
    services.place(order=placed)

    for api in (alice, guest):
        assert error(make(api))["source"] == {"pointer": "/data/relationships/order"}
    assert error(make(alice, bobs))["code"] == "RECORD_NOT_FOUND"
    assert error(make(guest, placed))["meta"]["error"] == "not_editable"
    for api in (alice, shop.integration):
        assert error(make(api, placed))["meta"]["error"] == "not_editable"
    assert error(make(alice, cart, payment_instrument=CARD))["code"] == "UNAUTHORIZED"
    assert not ExternalPayment.objects.exists()


def test_a_guest_pays_but_does_not_read(shop, cart):
    guest = shopping_in(shop, cart.market)
    order = make_order(cart.market, customer_email="eve@example.com", guest=True)

    payment = made(make(guest, order))

    order.refresh_from_db()
    assert (order.payment_source, payment.customer) == (payment, order.customer)
    assert guest.get(f"external_payments/{payment.uid}").status_code == 401


def test_a_guests_payment_follows_the_order_to_its_customer(shop, cart):
    order = make_order(cart.market)
    payment = made(make(shop.integration, order))

    services.update_order(order=order, trusted=True, values={"customer": shop.bob})

    payment.refresh_from_db()
    assert (order.payment_source, payment.customer) == (payment, shop.bob)


def test_it_is_deleted_until_an_order_was_placed_with_it(shop, cart):
    free, paid = made(make(shop.integration)), made(make(shop.integration, cart))
    services.place(order=cart_of(cart))

    assert shop.integration.delete(f"external_payments/{free.uid}").status_code == 204
    refused = error(shop.integration.delete(f"external_payments/{paid.uid}"))
    assert refused["code"] == "LOCKED"


def test_an_order_that_is_deleted_leaves_no_token_behind(shop, cart):
    made(make(shop.integration, cart))

    assert shop.integration.delete(f"orders/{cart.uid}").status_code == 204

    assert not ExternalPayment.objects.exists()


def test_a_detached_source_leaves_no_token_behind(shop):
    payment = made(make(shop.integration))
    entry = in_wallet(shop, shop.alice, payment).json()["data"]["id"]

    assert shop.integration.delete(f"customer_payment_sources/{entry}").status_code == 204

    assert not ExternalPayment.objects.filter(pk=payment.pk).exists()


@pytest.mark.parametrize(
    "instrument",
    [
        {"card_last_digits": "123456"},
        {"card_last_digits": ["4242"]},
        {"card_expiry_month": 13},
        {"card_expiry_year": "30"},
        {"card_type": "x" * 101},
    ],
)
def test_a_card_shows_no_more_than_may_be_kept(shop, instrument):
    refused = error(make(shop.integration, payment_instrument=instrument))

    assert refused["source"] == {"pointer": "/data/attributes/payment_instrument"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"payment_source_token": "4111111111111111"},
        {"options": {"number": "4111 1111 1111 1111"}},
        {"payment_instrument": {"cvc": "123"}},
    ],
)
def test_card_numbers_are_refused(shop, attributes):
    assert error(make(shop.integration, **attributes))["code"] == "CARD_DATA_REFUSED"
    assert not ExternalPayment.objects.exists()


def test_the_audit_trail_knows_no_tokens(shop, cart):
    payment = made(make(shop.integration, cart, options={"secret": "tok_2"}))

    trail = shop.integration.get(f"external_payments/{payment.uid}/event_stores")

    assert trail.json()["data"][0]["attributes"]["event"] == "create"
    assert "tok_" not in trail.content.decode()


def test_whoever_is_forgotten_leaves_no_token_behind(shop, cart):
    shopper = shopping_in(shop, cart.market, shop.alice)
    made(make(shopper, cart))
    kept = made(make(shop.integration))
    shopper.patch("orders", cart.uid, attributes={"_save_payment_source_to_customer_wallet": True})
    in_wallet(shop, shop.alice, kept)
    bobs = made(make(shop.integration, make_pending(cart.market, shop.bob)))
    # As if the order had got its customer behind the server's back.
    guests = made(make(shop.integration, make_order(cart.market)))
    type(cart).objects.filter(pk=guests.order_id).update(customer=shop.alice)

    with transaction.atomic():
        erase_all(shop.environment.pk, shop.alice.uid)

    assert list(ExternalPayment.objects.all()) == [bobs]
    cart.refresh_from_db()
    assert (cart.payment_source, cart.payment_source_details) == (None, None)
