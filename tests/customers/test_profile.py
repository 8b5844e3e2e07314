"""What a customer says about themselves, whatever the door."""

import pytest
from django.db import IntegrityError

from anonymization.erasers import erase_all
from customers.models import Customer, CustomerPaymentSource
from tests.factories import make_customer

PROFILE = {
    "first_name": "Ada",
    "last_name": "Byron",
    "display_name": "Ada B.",
    "username": "ada-b",
    "salutation": "Ms",
    "title": "Countess",
    "company": "Engines Ltd",
    "tin": "GB123",
    "phone": "15145550100",
    "type": "individual",
    "language": "fr",
    "locale": "en_US",
    "shipping": {"name": "Ada Byron"},
    "confirmed_email": "ada@example.com",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("username", "a b"),
        ("username", ""),
        ("phone", "1234"),
        ("phone", "1234x"),
        ("phone", "+15145550100"),
        ("type", "company"),
        ("language", "pt"),
        ("locale", "en-US"),
    ],
)
def test_the_database_refuses_a_malformed_value(shop, name, value):
    with pytest.raises(IntegrityError):
        make_customer(shop.environment, **{name: value})


def test_a_username_is_unique_whatever_its_case_but_only_within_a_shop(shop, rival):
    make_customer(shop.environment, username="Ada")
    make_customer(rival.environment, username="ada")

    with pytest.raises(IntegrityError):
        make_customer(shop.environment, username="ada")


def test_many_customers_may_have_neither_email_nor_username(shop):
    for _ in range(2):
        Customer.objects.create(environment=shop.environment)

    assert Customer.objects.filter(environment=shop.environment, email=None).count() == 2


def test_a_new_email_is_not_confirmed_whoever_writes_it(shop):
    customer = make_customer(shop.environment, email="a@x.example", confirmed_email="A@x.example")
    customer.refresh_from_db()
    assert customer.email_confirm is True

    reply = shop.integration.patch("customers", customer.uid, attributes={"email": "b@x.example"})

    assert reply.status_code == 200
    customer.refresh_from_db()
    assert customer.email_confirm is False


def test_the_json_api_lists_none_of_it_and_still_wants_an_email(shop):
    customer = make_customer(shop.environment, **PROFILE)

    attributes = shop.integration.get(f"customers/{customer.uid}").json()["data"]["attributes"]
    assert attributes.keys().isdisjoint(PROFILE)
    for email in ({}, {"email": None}):
        reply = shop.integration.post("customers", attributes=email)
        assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, "VALIDATION_ERROR")


def test_it_is_forgotten_with_the_customer(shop):
    customer = make_customer(shop.environment, email="ada@example.com", **PROFILE)

    erase_all(customer.environment_id, customer.uid)

    customer.refresh_from_db()
    left = {name: getattr(customer, name) for name in PROFILE}
    assert left == {**dict.fromkeys(PROFILE), "language": "en"}
    assert customer.email_confirm is False


def test_a_wallet_has_one_default_source_that_is_the_customers(shop):
    def add(**fields):
        return CustomerPaymentSource.objects.create(environment=shop.environment, **fields)

    add(customer=shop.alice, is_default=True)
    add(customer=shop.alice)
    add(customer=shop.bob, is_default=True)
    assert shop.alice.customer_payment_sources.count() == 2

    with pytest.raises(IntegrityError):
        add(customer=shop.alice, is_default=True)


@pytest.mark.parametrize("fields", [{"is_default": True}, {"state": "stolen"}])
def test_the_database_refuses_an_impossible_source(shop, fields):
    with pytest.raises(IntegrityError):
        CustomerPaymentSource.objects.create(environment=shop.environment, **fields)


def test_a_cancelled_source_is_nobodys(shop):
    with pytest.raises(IntegrityError):
        CustomerPaymentSource.objects.create(
            environment=shop.environment, customer=shop.alice, state="cancelled"
        )
