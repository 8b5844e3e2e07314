"""/api/v1/sdk: signing up, in and out."""

import json

import pytest
from django.test import Client

from anonymization.erasers import erase_all
from compat.storefront.words import EN, WORDS
from customers.models import Customer
from oauth.models import Application
from tests.api import Api, token_for
from tests.compat.sdk import Sdk, faults, sentence
from tests.factories import PASSWORD, make_customer

MEMBERS = {
    *("id", "name", "full_name", "first_name", "last_name", "email", "username", "display_name"),
    *("phone", "phone_confirm", "language", "email_confirm", "email_hardbounce", "has_password"),
    *("salutation", "title", "organization", "tin", "metadata", "currency", "created"),
    *("created_at", "source", "sources", "addresses", "subscriptions", "expired_subscriptions"),
    *("gift_recipients", "invoices", "charges", "orders", "auth_token", "token"),
}


GOOD = {"email": "a@x.example", "password": PASSWORD}


def test_registering_signs_in(shop, sdk):
    data = sdk.register(
        email="Ada@example.com",
        first_name="Ada",
        last_name="Byron",
        username="ada-b",
        phone="+1 (514) 555-0100",
        organization="Engines",
        metadata={"newsletter": "yes"},
    )

    assert data.keys() >= MEMBERS
    assert data["auth_token"] == data["token"]
    shown = {name: data[name] for name in ("email", "name", "full_name", "username", "phone")}
    assert shown == {
        "email": "ada@example.com",
        "name": "Ada Byron",
        "full_name": "Ada Byron",
        "username": "ada-b",
        "phone": "15145550100",
    }
    assert data["organization"]["name"] == "Engines"
    assert data["metadata"] == {"newsletter": "yes"}
    assert (data["email_confirm"], data["has_password"], data["language"]) == (False, True, "en")
    assert data["id"] == Customer.objects.get(email="ada@example.com").pk
    assert sdk.post("customer").json()["data"]["id"] == data["id"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"email": "required", "password": "required"}),
        ({"email": "nobody", "password": PASSWORD}, {"email": "email"}),
        ({"email": "", "password": ""}, {"email": "required", "password": "required"}),
        ({"email": None, "password": None}, {"email": "required", "password": "required"}),
        ({"email": 5, "password": 5}, {"email": "email", "password": "invalid"}),
        ({"email": "a@x.example", "password": "12345"}, {"password": "min_length"}),
        ({**GOOD, "username": "a b"}, {"username": "username"}),
        ({**GOOD, "phone": "1234"}, {"phone": "phone"}),
        ({**GOOD, "display_name": "x" * 101}, {"display_name": "max_length"}),
        ({**GOOD, "language": "pt"}, {"language": "invalid"}),
        ({**GOOD, "metadata": "x"}, {"metadata": "invalid"}),
    ],
)
def test_faults_are_told_field_by_field_as_lists(sdk, body, expected):
    counts = {"min_length": 6, "max_length": 100}

    found = faults(sdk.post("auth/register", **body))

    assert found == {
        name: [EN[key].format(name=name.replace("_", " "), count=counts.get(key))]
        for name, key in expected.items()
    }
    assert not Customer.objects.exists()


def test_a_taken_email_is_told_in_the_words_that_clients_compare(sdk, ada):
    reply = sdk.post("auth/register", email="ADA@example.com", password=PASSWORD)

    assert faults(reply) == {"email": ["This email is already in use."]}


def test_a_taken_user_name_is_told_whatever_its_case(sdk, ada):
    reply = sdk.post("auth/register", email="b@x.example", password=PASSWORD, username="ADA-B")

    assert faults(reply) == {"username": ["This username is already in use."]}


@pytest.mark.parametrize(
    "name", [{"email": "ADA@example.com"}, {"username": "ada-b"}, {"username": "ADA-B"}]
)
def test_one_signs_in_with_email_or_user_name(sdk, ada, name):
    assert sdk.use(sdk.post("auth/login", password=PASSWORD, **name))["id"] == ada.pk


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ada@example.com", "password": "wrong"},
        {"email": "nobody@example.com", "password": PASSWORD},
        {"username": "nobody", "password": PASSWORD},
        {"email": "ada@example.com\0", "password": PASSWORD},
        {"email": "guest@example.com", "password": PASSWORD},
        {"email": "ada@example.com", "password": "x" * 2000},
    ],
)
def test_every_failure_to_sign_in_reads_the_same(shop, sdk, ada, body):
    make_customer(shop.environment, email="guest@example.com")  # without a password

    reply = sdk.post("auth/login", **body)

    if "\0" in body["email" if "email" in body else "username"]:
        assert sentence(reply)[0] == 400  # no JSON that could be stored anywhere
    else:
        assert sentence(reply) == (404, "Invalid credentials! Please try again.")


def test_a_customer_of_another_site_cannot_sign_in(rival, ada):
    reply = Sdk(rival.environment.pk).post("auth/login", email=ada.email, password=PASSWORD)

    assert sentence(reply)[0] == 404


def test_the_token_is_echoed_and_good_at_the_other_door(shop, as_ada, ada):
    data = as_ada.post("customer").json()["data"]

    assert data["token"] == data["auth_token"] == as_ada.token
    own = Api(as_ada.token).get(f"customers/{ada.uid}").json()["data"]
    assert own["attributes"]["email"] == ada.email


def test_the_other_doors_token_is_good_here(shop, sdk, ada):
    sdk.token = token_for(
        shop.channel, grant_type="password", username=ada.email, password=PASSWORD
    )

    assert sdk.post("customer").json()["data"]["id"] == ada.pk


def test_a_token_may_come_in_the_body_and_forms_are_read(shop, as_ada, ada):
    token, as_ada.token = as_ada.token, None
    client = Client()

    replies = [
        as_ada.post("customer", auth_token=token),
        as_ada.post("customer/", auth_token=token),
        client.post(as_ada.url("customer"), {"auth_token": token}),
        client.post(
            "/api/v1/sdk/customer/",
            json.dumps({"auth_token": token, "site_id": shop.environment.pk}),
            content_type="application/json",
        ),
        client.post("/api/v1/sdk/customer", {"auth_token": token, "site_id": shop.environment.pk}),
    ]

    assert [reply.status_code for reply in replies] == [200] * 5
    form = b"first_name=Ada&metadata[colour]=red&auth_token=" + token.encode()
    changed = as_ada.send(
        "PUT", "customer", form, **{"Content-Type": "application/x-www-form-urlencoded"}
    ).json()["data"]
    assert (changed["first_name"], changed["metadata"]) == ("Ada", {"colour": "red"})


PROTECTED = [
    *[("POST", path) for path in ("customer", "customer/refresh", "auth/logout")],
    *[("PUT", "customer"), ("POST", "password/update")],
]


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_without_a_token_nothing_is_told(sdk, rival, ada, method, path):
    assert sentence(sdk.send(method, path)) == (401, "Token not provided")

    foreign = Sdk(rival.environment.pk)
    foreign.register(email="r@x.example")
    for token in ("nonsense", "a.b.c", foreign.token):
        sdk.token = token
        reply = sdk.send(method, path)
        assert sentence(reply) == (401, "Invalid or expired token")
        assert reply["WWW-Authenticate"] == "Bearer"


def test_a_back_ends_token_is_nobodys_here(shop, sdk):
    sdk.token = token_for(shop.application)

    assert sentence(sdk.post("customer"))[0] == 401


def test_signing_out_ends_the_token_and_those_that_followed(as_ada):
    first = as_ada.token
    second = as_ada.use(as_ada.post("customer/refresh"))["token"]
    assert first != second

    reply = as_ada.post("auth/logout")

    assert reply.status_code == 200
    assert reply.json()["data"].keys().isdisjoint({"token", "auth_token"})
    for token in (first, second):
        as_ada.token = token
        assert sentence(as_ada.post("customer")) == (
            403,
            "Authentication token has been blacklisted, please try again",
        )


def test_signing_out_here_leaves_other_devices_alone(as_ada, ada):
    other = Sdk(as_ada.site)
    other.use(other.post("auth/login", email=ada.email, password=PASSWORD))

    as_ada.post("auth/logout")

    assert other.post("customer").status_code == 200


@pytest.mark.parametrize("language", sorted(WORDS))
def test_everything_is_said_in_the_asked_language(shop, language):
    sdk = Sdk(shop.environment.pk, language)
    words = WORDS[language]

    assert sentence(sdk.post("customer"))[1] == words["token_missing"]
    assert (
        sentence(sdk.post("auth/login", email="x@x.example", password="x"))[1]
        == (words["credentials"])
    )
    assert faults(sdk.post("auth/register", password=PASSWORD)) == {
        "email": [words["required"].format(name="email")]
    }
    assert sdk.register(email="x@x.example")["language"] == language


def test_an_unknown_language_is_english(shop):
    assert sentence(Sdk(shop.environment.pk, "pt").post("customer"))[1] == "Token not provided"


def test_every_language_says_the_same_things():
    holes = {key: text.count("{") for key, text in EN.items()}
    for words in WORDS.values():
        assert {key: text.count("{") for key, text in words.items()} == holes


@pytest.mark.parametrize(
    ("site", "status"), [(None, 400), ("", 400), ("x", 404), ("0", 404), ("9" * 30, 404)]
)
def test_without_a_known_site_nothing_works(db, site, status):
    assert sentence(Sdk(site).post("auth/login", email="a", password="b"))[0] == status


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"', b'{"email": "\\u0000"}'])
def test_what_cannot_be_read_is_refused(sdk, body):
    assert sentence(sdk.send("POST", "auth/login", body)) == (
        400,
        "The request could not be read.",
    )


def test_what_is_not_there_is_refused_in_the_format_of_the_door(sdk):
    assert sentence(sdk.get("nothing"))[0] == 404
    assert sentence(sdk.send("DELETE", "customer"))[0] == 405
    assert sentence(sdk.get("auth/login"))[0] == 405


def test_each_site_has_one_application_for_its_storefront(shop, as_ada, sdk):
    sdk.register(email="b@x.example")

    assert Application.objects.filter(environment=shop.environment, uid="storefront").count() == 1


def test_whoever_is_forgotten_is_signed_out(shop, as_ada, ada):
    assert Api(as_ada.token).get(f"customers/{ada.uid}").status_code == 200

    erase_all(ada.environment_id, ada.uid)

    assert sentence(as_ada.post("customer"))[0] == 403
    assert Api(as_ada.token).get(f"customers/{ada.uid}").status_code == 401


def test_pages_of_other_origins_may_ask(sdk):
    reply = sdk.client.options(
        sdk.url("auth/login"),
        headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
    )

    assert reply["Access-Control-Allow-Origin"]
