"""Card numbers and security codes get in nowhere."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import connection
from django.test import Client

from config.cards import MESSAGE, has_card
from tests.api import Api, error
from tests.oauth.wire import ask

VISA = "4111111111111111"
CARDS = [
    VISA,
    "4242424242424242",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6200000000000005",
]


def grouped(number, gap):
    return gap.join(number[at : at + 4] for at in range(0, len(number), 4))


@pytest.mark.parametrize("number", CARDS)
def test_numbers_of_all_issuers_are_seen(number):
    for text in (f'{{"a":{number}}}', f'"x {number}."', f"a={number}&b", f'{{"{number}":1}}'):
        assert has_card(text.encode()), text
    for text in (number[:-1] + str((int(number[-1]) + 1) % 10), f"0{number}", f"1{number}1"):
        assert not has_card(text.encode()), text


@pytest.mark.parametrize("gap", [" ", "-", "+", "%20"])
def test_groups_are_seen(gap):
    assert has_card(f'"{grouped(VISA, gap)}"'.encode())
    assert has_card(f'"3782{gap}822463{gap}10005"'.encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"cvc":"123"}',
        '{"card":{"CVV": 1234}}',
        '{"card_cvc":"123","x":1}',
        '{"security_code":"123"}',
        "number=x&cvc=123",
        "card[cvv]=123&x=1",
    ],
)
def test_security_codes_are_seen(text):
    assert has_card(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"at":1790000000000,"micro":1790000000123456,"snowflake":1790000000000000001}',
        '{"lat":45.4111111111111111,"lng":-0.4111111111111111}',
        '{"id":"0VbgYwpGzc58n5mYlr","hash":"a4111111111111111b"}',
        '{"phone":"+39 02 1234567","zip":"4111-1111"}',
        '{"ean":"4006381333931","iban":"DE89 3704 0044 0532 0130 00"}',
        '{"cvc":null,"cvc_check":"pass","securityCode":"","code":"123"}',
        '{"last_four_digits":"1111","expiration_year":2030}',
        '{"number":"XXXX-XXXX-XXXX-1111"}',
    ],
)
def test_other_numbers_pass(text):
    assert not has_card(text.encode())


def deep(value, depth=20):
    for _ in range(depth):
        value = {"a": [value]}
    return value


def told(reply):
    """Return the text of a refusal, in whatever format."""
    assert reply.status_code == 400, reply.content
    return reply.content.decode()


@pytest.mark.parametrize("place", ["value", "key", "number", "unknown", "relationship"])
def test_the_api_refuses_them_at_any_depth(shop, place, caplog):
    secret = {
        "value": {"attributes": {"metadata": deep(f"my card is {VISA}")}},
        "key": {"attributes": {"metadata": deep({VISA: 1})}},
        "number": {"attributes": {"metadata": {"n": int(VISA)}}},
        "unknown": {"attributes": {"card": {"cvc": "123"}}},
        "relationship": {"relationships": {"x": {"type": "x", "id": VISA}}},
    }[place]

    with caplog.at_level(logging.DEBUG):
        refused = error(shop.integration.patch("customers", shop.alice.uid, **secret))

    assert (refused["status"], refused["code"]) == ("400", "CARD_DATA_REFUSED")
    assert refused["detail"] == MESSAGE
    assert VISA not in caplog.text
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%{VISA}%'")
            assert cursor.fetchone() == (0,), table


def test_the_api_refuses_them_in_addresses(shop):
    refused = error(shop.integration.get("customers", {"filter[q][reference_eq]": VISA}))

    assert refused["code"] == "CARD_DATA_REFUSED"


def test_strangers_are_refused_too(db):
    assert error(Api().post("customers", attributes={"reference": VISA}))["status"] == "400"


def test_the_authorization_server_refuses_them(shop):
    reply = ask(shop.channel, grant_type="password", username="x", password=VISA)

    assert reply.status_code == 400
    assert reply.json()["errors"][0]["detail"] == MESSAGE


@pytest.mark.parametrize(
    "path", ["/customers", "/sources", "/api/v1/sdk/customer", "/api/v1/sdk/auth/register"]
)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_the_plain_doors_refuse_them(db, path, content_type):
    body = json.dumps({"a": deep(VISA)}) if "json" in content_type else f"a={VISA}"

    reply = Client().post(path, body, content_type=content_type)

    text = told(reply)
    assert MESSAGE in text
    assert VISA not in text


def test_forms_of_the_admin_refuse_them(db):
    assert told(Client().post("/admin/login/", {"username": VISA}, content_type="text/plain"))
    reply = Client().post(
        "/admin/login/", f"username={VISA}", content_type="application/x-www-form-urlencoded"
    )
    assert told(reply) == MESSAGE


def test_what_is_no_card_comes_through(shop):
    metadata = {"at": 1790000000123456, "cvc_check": "pass", "last_four": "1111"}

    reply = shop.integration.patch("customers", shop.alice.uid, attributes={"metadata": metadata})

    assert reply.json()["data"]["attributes"]["metadata"] == metadata
