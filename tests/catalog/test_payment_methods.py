"""By which means orders can be paid."""

import pytest
from django.utils import timezone

from catalog.models import PaymentMethod
from tests.api import error
from tests.factories import make_customer
from tests.orders.goods import (
    attributes,
    linked,
    make_market,
    make_payment_method,
    make_private_market,
    shopping_in,
    trigger,
)

CARD = {"payment_source_type": "stripe_payments", "price_amount_cents": 150}


def create(api, relationships=None, **more):
    return api.post(
        "payment_methods", attributes={**CARD, **more}, relationships=relationships or {}
    )


def names(api, path="payment_methods"):
    reply = api.get(path, {"sort": "name"})
    assert reply.status_code == 200, reply.content
    return [one["attributes"]["name"] for one in reply.json()["data"]]


def test_it_shows_what_it_is_and_costs(shop):
    made = attributes(create(shop.integration, name="Card", currency_code="EUR"))

    for name in ("created_at", "updated_at"):
        assert made.pop(name)
    assert made == {
        "name": "Card",
        "payment_source_type": "stripe_payments",
        "currency_code": "EUR",
        "moto": False,
        "require_capture": False,
        "auto_place": False,
        "auto_capture": False,
        "disabled_at": None,
        "price_amount_cents": 150,
        "price_amount_float": 1.5,
        "formatted_price_amount": "€1,50",
        "auto_capture_max_amount_cents": None,
        "auto_capture_max_amount_float": None,
        "formatted_auto_capture_max_amount": None,
        "reference": None,
        "reference_origin": None,
        "metadata": {},
    }


def test_a_market_says_the_currency_and_a_store_the_market(shop):
    market = make_market(shop.environment, currency_code="USD")
    store = market.stores.create(environment=shop.environment, name="Quay")

    of_market = create(shop.integration, {"market": linked("markets", market)})
    of_store = create(shop.integration, {"store": linked("stores", store)}, currency_code=None)

    assert attributes(of_market)["currency_code"] == "USD"
    assert attributes(of_store)["currency_code"] == "USD"
    uid = of_store.json()["data"]["id"]
    assert PaymentMethod.objects.get(uid=uid).market == market
    there = shop.integration.get(f"stores/{store.uid}/payment_methods").json()["data"]
    assert [one["id"] for one in there] == [uid]


def test_it_needs_a_currency_or_a_market(shop):
    refused = error(create(shop.integration))

    assert refused["source"] == {"pointer": "/data/attributes/currency_code"}
    assert refused["meta"]["error"] == "blank"


def test_it_has_the_currency_of_its_market_always(shop):
    market = make_market(shop.environment, currency_code="USD")
    own = {"market": linked("markets", market)}
    method = make_payment_method(shop.environment)

    refused = create(shop.integration, own, currency_code="EUR")
    moved = shop.integration.patch("payment_methods", method.uid, relationships=own)

    for reply in (refused, moved):
        assert error(reply)["detail"] == "currency_code - is not the currency of the market"
    both = shop.integration.patch(
        "payment_methods", method.uid, attributes={"currency_code": "USD"}, relationships=own
    )
    assert attributes(both)["currency_code"] == "USD"


def test_it_belongs_to_the_market_of_its_store(shop):
    market, other = make_market(shop.environment), make_market(shop.environment)
    store = market.stores.create(environment=shop.environment, name="Quay")
    both = {"market": linked("markets", other), "store": linked("stores", store)}

    refused = error(create(shop.integration, both))

    assert refused["source"] == {"pointer": "/data/relationships/store"}
    assert refused["detail"] == "store - does not belong to the market"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("payment_source_type", "bitcoin"),
        ("currency_code", "XXQ"),
        ("price_amount_cents", -1),
        ("price_amount_cents", 10**11 + 1),
        ("price_amount_cents", None),
        ("auto_capture_max_amount_cents", -1),
        ("auto_place", "yes"),
    ],
)
def test_it_refuses(shop, name, value):
    refused = error(create(shop.integration, **{"currency_code": "EUR", name: value}))

    assert refused["source"] == {"pointer": f"/data/attributes/{name}"}
    assert not PaymentMethod.objects.exists()


def test_it_is_disabled_and_enabled(shop):
    method = make_payment_method(shop.environment)

    assert attributes(trigger(shop.integration, method, "_disable", True, "payment_methods"))[
        "disabled_at"
    ]
    assert (
        attributes(trigger(shop.integration, method, "_enable", True, "payment_methods"))[
            "disabled_at"
        ]
        is None
    )
    made = create(shop.integration, currency_code="EUR", _disable=True)
    assert attributes(made)["disabled_at"]
    assert trigger(shop.guest, method, "_disable", True, "payment_methods").status_code == 401


def test_shoppers_see_the_enabled_ones_of_their_markets(shop):
    market, other = make_market(shop.environment), make_market(shop.environment)
    dollars = make_market(shop.environment, currency_code="USD")
    private = make_private_market(shop.environment)
    for name, fields in {
        "everywhere": {},
        "here": {"market": market},
        "off": {"disabled_at": timezone.now()},
        "there": {"market": other},
        "abroad": {"market": dollars, "currency_code": "USD"},
        "in any dollar market": {"currency_code": "USD"},
        "among members": {"market": private},
    }.items():
        make_payment_method(shop.environment, name=name, **fields)
    member = make_customer(
        shop.environment, password="correct horse battery", customer_group=private.customer_group
    )

    assert names(shopping_in(shop, market)) == ["everywhere", "here"]
    assert names(shopping_in(shop, dollars)) == ["abroad", "in any dollar market"]
    assert names(shopping_in(shop, private, member)) == ["among members", "everywhere"]
    assert len(names(shop.guest)) == 5  # no scope: every open market
    assert len(names(shop.integration)) == 7
    off = PaymentMethod.objects.get(name="off")
    assert shop.guest.get(f"payment_methods/{off.uid}").status_code == 404


def test_only_back_ends_write_them(shop, rival):
    method = make_payment_method(shop.environment)

    for api in (shop.guest, shop.as_alice):
        assert create(api, currency_code="EUR").status_code == 401
        changed = api.patch("payment_methods", method.uid, attributes={"price_amount_cents": 0})
        assert changed.status_code == 401
        assert api.delete(f"payment_methods/{method.uid}").status_code == 401
    assert rival.integration.get(f"payment_methods/{method.uid}").status_code == 404
    assert shop.integration.delete(f"payment_methods/{method.uid}").status_code == 204


def test_its_history_is_kept_and_documents_are_attached(shop):
    uid = create(shop.integration, currency_code="EUR").json()["data"]["id"]
    shop.integration.patch("payment_methods", uid, attributes={"price_amount_cents": 200})
    shop.integration.post(
        "attachments",
        attributes={"name": "Terms", "url": "https://example.com/terms.pdf"},
        relationships={"attachable": {"type": "payment_methods", "id": uid}},
    )

    history = shop.integration.get(f"payment_methods/{uid}/event_stores").json()["data"]
    assert [one["attributes"]["event"] for one in history] == ["update", "create"]
    changed = history[0]["attributes"]["payload"]["price_amount_cents"]
    assert changed == {"from": 150, "to": 200}
    found = shop.integration.get(f"payment_methods/{uid}/attachments").json()["data"]
    assert [one["attributes"]["name"] for one in found] == ["Terms"]
