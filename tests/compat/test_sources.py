"""Attaching sources to customers, detaching them, and which one is the default."""

import pytest

from customers.models import CustomerPaymentSource
from tests.api import identifier
from tests.compat.door import Door, refusal
from tests.factories import make_application
from tests.orders.goods import make_payment_method

CARD = {"brand": "Visa", "expirationMonth": 7, "expirationYear": 2027, "lastFourDigits": "1111"}
REUSABLE = (
    *("creditCard", "directDebit", "googlePay", "applePay", "payPalBilling"),
    *("klarnaCreditRecurring", "amazonPay"),
)
PAY_ONCE = (
    *("payPal", "payPalCredit", "wireTransfer", "customerCredit", "alipay", "bPay"),
    *("onlineBanking", "codJapan", "klarnaCredit", "konbini", "bankTransfer", "msts"),
    *("bancontact", "giftCard", "ideal", "afterPay", "ccAvenue"),
)
UNKNOWN = "fd74a5c5-0163-469a-ae8e-031f0259b576"


def card(**details):
    return {"type": "creditCard", "creditCard": details}


@pytest.fixture
def ada(door):
    door.make(id="ada")
    return "ada"


def attach(door, customer, source):
    return door.post(f"/{customer}/sources/{source}")


def detach(door, customer, source):
    return door.delete(f"/{customer}/sources/{source}")


def default_of(door, customer):
    return door.get(f"/{customer}").json().get("defaultSourceId")


def test_attaching_answers_with_the_source_and_the_first_becomes_the_default(door, ada):
    source = door.source(creditCard=CARD)
    before = door.send("GET", f"/sources/{source}").json()
    assert (before["reusable"], before["state"], "customerId" in before) == (
        False,
        "chargeable",
        False,
    )

    reply = attach(door, ada, source)

    assert reply.status_code == 200
    shown = reply.json()
    assert shown.pop("createdTime")
    assert shown == {
        "id": source,
        "type": "creditCard",
        "reusable": True,
        "state": "chargeable",
        "customerId": "ada",
        "creditCard": CARD,
        "liveMode": False,
    }
    customer = door.get("/ada").json()
    assert customer["defaultSourceId"] == source
    assert [one["id"] for one in customer["sources"]] == [source]


def test_the_second_source_changes_no_default_until_it_is_chosen(door, ada):
    first, second = door.source(), door.source()
    attach(door, ada, first)
    attach(door, ada, second)
    assert default_of(door, ada) == first

    assert door.post("/ada", {"defaultSourceId": second}).json()["defaultSourceId"] == second
    assert "defaultSourceId" not in door.post("/ada", {"defaultSourceId": None}).json()


def test_only_an_attached_source_can_be_the_default(door, ada):
    door.make(id="bob")
    bobs, nobodys = door.source(), door.source()
    attach(door, "bob", bobs)

    for source in (bobs, nobodys, UNKNOWN):
        assert refusal(door.post("/ada", {"defaultSourceId": source})) == (
            400,
            "bad_request",
            "source_not_found",
            "defaultSourceId",
        )


def test_attaching_twice_changes_nothing(door, ada):
    source = door.source()
    attach(door, ada, source)

    assert attach(door, ada, source).status_code == 200
    assert len(door.get("/ada").json()["sources"]) == 1


@pytest.mark.parametrize("kind", REUSABLE)
def test_a_kind_that_can_pay_again_is_kept(door, ada, kind):
    reply = attach(door, ada, door.source(kind))

    assert reply.status_code == 200
    assert (reply.json()["type"], reply.json()["reusable"]) == (kind, True)


@pytest.mark.parametrize("kind", PAY_ONCE)
def test_a_kind_that_pays_once_is_refused(door, ada, kind):
    assert refusal(attach(door, ada, door.source(kind))) == (
        409,
        "conflict",
        "nonreusable_source",
        None,
    )


def test_somebody_elses_source_is_refused(door, ada):
    door.make(id="bob")
    source = door.source()
    attach(door, "bob", source)

    assert refusal(attach(door, ada, source)) == (409, "conflict", "source_in_use", "sourceId")


@pytest.mark.parametrize(
    "state", ["pending_funds", "pending_redirect", "requires_action", "consumed", "failed"]
)
def test_a_source_that_is_not_chargeable_is_refused(door, ada, state):
    source = door.source()
    CustomerPaymentSource.objects.filter(uid=source).update(state=state)

    assert refusal(attach(door, ada, source)) == (
        409,
        "conflict",
        "source_not_chargeable",
        "sourceId",
    )


def test_what_is_unknown_is_not_found(door, ada, rival):
    foreign = CustomerPaymentSource.objects.create(environment=rival.environment)
    source = door.source()

    assert refusal(attach(door, "nobody", source)) == (404, "not_found", "not_found", "id")
    for unknown in (UNKNOWN, foreign.uid, "%00", "a b"):
        assert refusal(attach(door, ada, unknown)) == (
            404,
            "not_found",
            "source_not_found",
            "sourceId",
        )
        assert refusal(detach(door, ada, unknown))[2] == "source_not_found"
        assert refusal(door.send("GET", f"/sources/{unknown}"))[2] == "source_not_found"


def test_a_source_that_is_lost_keeps_no_payment_method(door, ada):
    source = door.source()
    attach(door, ada, source)
    rows = CustomerPaymentSource.objects.filter(uid=source)
    rows.update(payment_method=make_payment_method(rows.get().environment))

    detach(door, ada, source)

    assert rows.get().payment_method is None


def test_only_who_has_a_source_can_lose_it(door, ada):
    door.make(id="bob")
    bobs, nobodys = door.source(), door.source()
    attach(door, "bob", bobs)

    for source in (bobs, nobodys):
        assert refusal(detach(door, ada, source)) == (
            404,
            "not_found",
            "source_not_found",
            "sourceId",
        )
    assert refusal(detach(door, "nobody", bobs)) == (404, "not_found", "not_found", "id")
    assert default_of(door, "bob") == bobs


def test_a_slash_at_the_end_of_a_source_does_not_matter(door, ada):
    source = door.source()

    assert attach(door, ada, f"{source}/").status_code == 200
    assert door.send("GET", f"/sources/{source}/").json()["customerId"] == "ada"
    assert detach(door, ada, f"{source}/").status_code == 204


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_sources_of_a_customer_are_attached_and_detached_only(door, ada, method):
    reply = door.send(method, f"/customers/ada/sources/{door.source()}")

    assert refusal(reply)[:3] == (405, "method_not_allowed", "method_not_allowed")


def test_a_key_that_only_reads_attaches_nothing(shop, door, ada):
    source = door.source()
    role = shop.organization.roles.create(name="Reader", kind="read_only")
    reader = Door(make_application(shop.environment, "integration", role=role).secret)

    for reply in (
        attach(reader, ada, source),
        detach(reader, ada, source),
        reader.send("POST", "/sources", {"type": "creditCard"}),
    ):
        assert refusal(reply)[:3] == (403, "forbidden", "forbidden")
    assert reader.send("GET", f"/sources/{source}").status_code == 200


def test_a_detached_source_is_dead_for_ever_and_holds_nothing_any_more(door, ada):
    source = door.source(creditCard=CARD)
    attach(door, ada, source)
    CustomerPaymentSource.objects.filter(uid=source).update(payment_source_token="tok_1")

    reply = detach(door, ada, source)

    assert (reply.status_code, reply.content) == (204, b"")
    assert door.get("/ada").json().keys().isdisjoint({"sources", "defaultSourceId"})
    assert door.send("GET", f"/sources/{source}").json()["state"] == "cancelled"
    row = CustomerPaymentSource.objects.get(uid=source)
    assert (row.details, row.payment_source_token) == ({}, None)
    assert refusal(attach(door, ada, source))[2] == "source_not_chargeable"
    assert refusal(detach(door, ada, source))[:3] == (404, "not_found", "source_not_found")


def test_after_the_default_was_detached_the_next_to_come_is_it(door, ada):
    first, second, third = door.source(), door.source(), door.source()
    attach(door, ada, first)
    attach(door, ada, second)
    detach(door, ada, first)
    assert default_of(door, ada) is None

    attach(door, ada, third)
    assert default_of(door, ada) == third


def test_the_wallet_of_the_other_door_is_the_same(door, shop):
    entry = shop.integration.post(
        "customer_payment_sources",
        attributes={"payment_source_token": "tok_1"},
        relationships={"customer": identifier("customers", shop.alice)},
    ).json()["data"]["id"]
    assert default_of(door, shop.alice.uid) == entry

    detach(door, shop.alice.uid, entry)

    assert shop.as_alice.get("customer_payment_sources").json()["data"] == []


def test_a_source_that_moves_leaves_its_default_behind(door, shop):
    def add(customer):
        reply = shop.integration.post(
            "customer_payment_sources",
            relationships={"customer": identifier("customers", customer)},
        )
        return reply.json()["data"]["id"]

    alices, bobs = add(shop.alice), add(shop.bob)

    reply = shop.integration.patch(
        "customer_payment_sources",
        alices,
        relationships={"customer": identifier("customers", shop.bob)},
    )

    assert reply.status_code == 200, reply.content
    assert default_of(door, shop.alice.uid) is None
    assert default_of(door, shop.bob.uid) == bobs


@pytest.mark.parametrize(
    ("body", "code", "parameter"),
    [
        ({}, "missing_parameter", "type"),
        ({"type": "gold"}, "invalid_parameter", "type"),
        ({"type": "creditCard", "payPal": {}}, "unknown_parameter", "payPal"),
        (
            {"type": "creditCard", "creditCard": {"number": "4111"}},
            "unknown_parameter",
            "creditCard.number",
        ),
        (
            {"type": "creditCard", "creditCard": {"lastFourDigits": "41111"}},
            "invalid_parameter",
            "creditCard.lastFourDigits",
        ),
        ({"type": ["creditCard"]}, "invalid_parameter", "type"),
        (card(expirationMonth=13), "invalid_parameter", "creditCard.expirationMonth"),
        (card(expirationYear="soon"), "invalid_integer", "creditCard.expirationYear"),
        (card(expirationYear=True), "invalid_integer", "creditCard.expirationYear"),
    ],
)
def test_a_bad_source_is_refused(door, body, code, parameter):
    assert refusal(door.send("POST", "/sources", body)) == (400, "bad_request", code, parameter)


def test_sources_go_with_their_customer(door, ada):
    source = door.source(creditCard=CARD)
    attach(door, ada, source)

    door.delete("/ada")

    assert not CustomerPaymentSource.objects.filter(uid=source).exists()
