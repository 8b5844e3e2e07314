"""The authorization server against garbage, and what the log tells about those who knock."""

from __future__ import annotations

import itertools
import json
import logging
from urllib.parse import urlencode

import pytest
from django.test import Client

from config.logs import WithoutValues
from customers.models import CustomerPaymentSource
from tests import factories
from tests.factories import PASSWORD
from tests.oauth.wire import JWT_BEARER
from tests.orders import goods

WRONG = [
    None,
    True,
    0,
    1.5,
    2**70,
    "",
    " ",
    "a\0b",
    "😀\u202e",
    "x" * 3000,
    "a.b.c",
    "eyJhbGciOiJub25lIn0.e30.",
    "e30.e30.e30",
    "%00",
    "../..",
    [],
    ["a"],
    {},
    {"a": {"b": 1}},
]
FIELDS = (
    *("grant_type", "client_id", "client_secret", "scope", "username", "password"),
    *("refresh_token", "code", "redirect_uri", "code_verifier", "assertion", "token"),
    *("token_type_hint", "client_assertion", "client_assertion_type", "unheard_of"),
)
GRANTS = ("client_credentials", "password", "refresh_token", "authorization_code", JWT_BEARER)
CANARY = "canary-7q@leaks.example"
SECRET = "hunter2-canary-password"


def check(reply, what):
    assert reply.status_code < 500, (what, reply.content)
    if reply.status_code >= 400 and reply.content:
        assert reply["Content-Type"].split(";")[0] in ("application/json", "text/html"), what


def test_no_field_of_the_token_endpoint_takes_garbage(shop):
    for application, path in itertools.product(
        (shop.channel, shop.application), ("/oauth/token", "/oauth/revoke")
    ):
        for at, (grant, field) in enumerate(itertools.product(GRANTS, FIELDS)):
            base = {
                "grant_type": grant,
                "client_id": application.client_id,
                "client_secret": application.secret,
                "username": shop.alice.email,
                "password": "wrong",
            }
            for value in WRONG[at % 4 :: 4]:
                sent = {**base, field: value}
                reply = Client().post(path, json.dumps(sent), content_type="application/json")
                check(reply, (path, grant, field, value))
                reply = Client().post(
                    path, urlencode(sent), content_type="application/x-www-form-urlencoded"
                )
                check(reply, (path, "form", grant, field, value))


def test_no_other_door_takes_garbage(shop):
    fields = (
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method", "prompt", "unheard_of"),
    )
    base = {"response_type": "code", "client_id": shop.application.client_id}
    for field, value in itertools.product(fields, WRONG):
        for method in ("get", "post"):
            path = f"/oauth/authorize?{urlencode({**base, field: value})}"
            check(getattr(Client(), method)(path), (method, field, value))
    for value in WRONG:
        for path in ("/oauth/tokeninfo", "/.well-known/jwks.json", "/api/customers"):
            text = str(value).replace("\0", "").encode("ascii", "replace").decode()
            for scheme in ("Bearer", "Basic", "", "Bearer Bearer"):
                reply = Client().get(
                    f"{path}?{urlencode({'x': value})}",
                    headers={"Authorization": f"{scheme} {text}"},
                )
                assert reply.status_code in (200, 401), (path, value, reply.content)
    for path in ("/oauth/tokeninfo", "/.well-known/jwks.json", "/oauth/token", "/oauth/revoke"):
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "OPTIONS"):
            check(Client().generic(method, path), (method, path))


@pytest.mark.parametrize("host", ["a b", 'x"><script>', "a@b", "a:b:c", "[::1"])
@pytest.mark.parametrize(("path", "status"), [("/api/customers", "400"), ("/oauth/token", 400)])
def test_a_host_that_is_none_is_refused_in_the_format_of_the_door(db, host, path, status):
    reply = Client().post(path, "{}", content_type="application/json", headers={"Host": host})

    assert reply.status_code == 400
    (error,) = reply.json()["errors"]
    assert error["status"] == status
    assert host.encode() not in reply.content


@pytest.fixture
def log(caplog):
    """Everything that is logged, by whomever."""
    logging.getLogger("django.request").disabled = False
    caplog.set_level(logging.DEBUG)
    # The driver's own notes are not ours.
    return caplog


def test_no_refusal_puts_a_person_into_the_log(shop, log):
    market = goods.make_market(shop.environment)
    customer = factories.make_customer(shop.environment, email=CANARY)
    sku = goods.make_sku(shop.environment, code=CANARY)
    api, guest = shop.integration, shop.guest
    log.clear()

    bodies = [
        ("customers", {"email": CANARY}),  # taken: an IntegrityError
        ("customers", {"email": f"{CANARY} x", "password": SECRET[:3]}),
        ("customers", {"email": "a@b.example", "password": SECRET * 30}),
        ("customers", {"email": CANARY, "metadata": {"x": CANARY + "\0"}}),
        ("customers", {"email": CANARY, "shopper_reference": CANARY * 20, CANARY: 1}),
        ("skus", {"code": CANARY, "name": CANARY}),  # taken
        ("addresses", {"line_1": CANARY * 99, "city": CANARY, "country_code": CANARY}),
        ("orders", {"customer_email": CANARY, "customer_password": SECRET, "number": CANARY * 99}),
        ("prices", {"sku_code": CANARY, "currency_code": "EUR", "amount_cents": 1}),
        ("customer_addresses", {"customer_email": CANARY}),
    ]
    for caller in (api, guest, shop.as_alice):
        for resource_type, attributes in bodies:
            assert caller.post(resource_type, attributes=attributes).status_code < 500
            reply = caller.patch(resource_type, customer.uid, attributes=attributes)
            assert reply.status_code < 500
        for query in (
            {"filter[q][email_eq]": CANARY},
            {"filter[q][total_orders_count_eq]": CANARY},
            {f"filter[q][{CANARY}_eq]": "1"},
            {"sort": CANARY, "include": CANARY, f"fields[{CANARY}]": CANARY},
        ):
            assert caller.get("customers", query).status_code < 500
    api.request("POST", "customers", f'{{"data": {{"x": "{CANARY}"'.encode())
    api.request("POST", "customers", f"{CANARY} {SECRET}".encode(), **{"Content-Type": CANARY})
    for grant in GRANTS:
        sent = {"grant_type": grant, "username": CANARY, "password": SECRET, "assertion": SECRET}
        sent |= {"client_id": shop.channel.client_id, "refresh_token": SECRET, "code": SECRET}
        for body in (sent, {**sent, "client_id": CANARY}, {**sent, "scope": CANARY}):
            Client().post("/oauth/token", body, content_type="application/json")
            Client().post(
                "/oauth/revoke", {**body, "token": SECRET}, content_type="application/json"
            )
            Client().get(f"/oauth/authorize?{urlencode(body)}")
    Client().get("/oauth/tokeninfo", headers={"Authorization": f"Bearer {SECRET}"})
    assert api.get(f"customers/{CANARY}").status_code == 404
    Client().get(f"/nowhere/{CANARY}")
    order = goods.make_placed(market, customer)
    assert api.delete(f"customers/{customer.uid}").status_code == 423
    assert sku.code == order.customer_email == CANARY

    assert log.records  # Django notes each refusal
    for record in log.records:
        assert WithoutValues().filter(record)
        text = logging.Formatter("%(message)s").format(record)
        assert CANARY not in text, (record.name, text)
        assert SECRET not in text, (record.name, text)


def test_a_defect_is_logged_without_what_it_was_about(shop, log, monkeypatch):
    """The traceback tells where; the exception's own text may quote a person."""

    def broken(*arguments, **options):
        raise RuntimeError(f"cannot save {CANARY} {SECRET}")

    api = shop.integration
    monkeypatch.setattr("jsonapi.at_once.create", broken)
    log.clear()
    reply = api.post("customers", attributes={"email": CANARY, "password": SECRET})

    assert reply.status_code == 500
    assert "unhandled RuntimeError" in log.text
    assert CANARY not in log.text + reply.content.decode()
    assert SECRET not in log.text + reply.content.decode()


def test_a_stranger_cannot_sign_up_as_somebody_with_anything_stored(shop):
    """Whoever knows an e-mail could take over a wallet, wishes or the way into a market."""
    market = goods.make_market(shop.environment)
    group = factories.make_group(shop.environment)
    holders = [factories.make_customer(shop.environment) for _ in range(3)]
    CustomerPaymentSource.objects.create(
        environment=shop.environment, customer=holders[0], customer_token="tok"
    )
    holders[1].sku_lists.create(environment=shop.environment, name="Wishes")
    type(holders[2]).objects.filter(pk=holders[2].pk).update(customer_group=group)
    fresh = factories.make_customer(shop.environment)

    api = goods.shopping_in(shop, market)
    for customer, status in [*((holder, 422) for holder in holders), (fresh, 201)]:
        reply = api.post(
            "orders",
            attributes={"customer_email": customer.email, "customer_password": PASSWORD},
        )
        assert reply.status_code == status, reply.content
        customer.refresh_from_db()
        assert customer.has_password is (status == 201)
