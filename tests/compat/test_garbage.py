"""Garbage at the doors of plain JSON: refused in their own format, never a 500."""

import itertools
import json

import pytest
from django.test import Client

from tests.compat.sdk import sentence

WRONG = [
    None,
    True,
    0,
    -1,
    1.5,
    2**70,
    1e308,
    "",
    " ",
    "a\0b",
    "😀\u202e",
    "x" * 3000,
    "%00",
    "../..",
    [],
    ["a"],
    [[]],
    {},
    {"a": {"b": 1}},
    {"address": {"country": []}},
]
OF_CUSTOMERS = (
    *("id", "email", "shipping", "defaultSourceId", "metadata", "locale", "type", "enabled"),
    *("requestToBeForgotten", "unheard"),
)
OF_STOREFRONT = (
    *("email", "username", "display_name", "first_name", "phone", "organization", "metadata"),
    *("language", "password", "auth_token", "site_id", "old_password", "new_password", "token"),
    *("confirm_new_password", "password_confirmation", "email_verify_token", "profile_photo"),
)
PATHS = (
    *("auth/register", "auth/login", "auth/logout", "password/forgot", "password/reset"),
    *("password/update", "customer", "customer/refresh", "customer/email/verify"),
    "customer/picture",
)
QUERIES = ("limit", "startingAfter", "endingBefore", "email", "ids", "requestToBeForgotten")


def check_customers(reply, what):
    assert reply.status_code < 500, (what, reply.content)
    if reply.status_code >= 400:
        assert set(reply.json()) == {"type", "errors"}, what


def check_storefront(reply, what):
    assert reply.status_code < 500, (what, reply.content)
    if reply.status_code >= 400:
        assert set(reply.json()) in ({"error"}, {"errors"}), what


def test_no_member_of_a_customer_takes_garbage(door):
    door.make(id="one")
    for name, value in itertools.product(OF_CUSTOMERS, WRONG):
        for path in ("", "/one"):
            check_customers(door.post(path, {name: value}), (path, name, value))


def test_no_member_of_a_source_takes_garbage(door):
    for name, value in itertools.product(("type", "creditCard", "unheard"), WRONG):
        body = {"type": "creditCard", name: value}
        check_customers(door.send("POST", "/sources", body), (name, value))


def test_no_query_of_a_list_takes_garbage(door):
    times = [f"{name}[{word}]" for name in ("createdTime", "updatedTime") for word in ("gt", "x")]
    for name, value in itertools.product((*QUERIES, *times), map(str, WRONG)):
        check_customers(door.get(**{name: value}), (name, value))


@pytest.mark.parametrize("path", PATHS)
def test_no_member_of_the_storefront_takes_garbage(settings, as_ada, path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    token = as_ada.token
    for name, value in itertools.product(OF_STOREFRONT, WRONG):
        body = {"email": "b@x.example", "password": "a good one", name: value}
        as_ada.token = None if name == "auth_token" else token
        check_storefront(as_ada.post(path, **body), (path, name, value))
        if path == "customer":
            check_storefront(as_ada.put(**{name: value}), (path, name, value))


@pytest.mark.parametrize("media_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_broken_form_is_refused(as_ada, media_type):
    for data in (b"", b"--x", b"--x\r\nContent-Disposition: form-data\r\n\r\n", b"\xff" * 100):
        reply = as_ada.send("POST", "customer/picture", data, **{"Content-Type": media_type})
        check_storefront(reply, (media_type, data))
        assert reply.status_code == 400


def test_a_bad_host_is_refused_in_the_format_of_the_door(db, settings):
    settings.ALLOWED_HOSTS = ["good.example"]
    client = Client(headers={"Host": "bad.example"})

    assert sentence(client.post("/api/v1/sdk/auth/login?site_id=1"))[0] == 400
    assert client.get("/customers").json()["type"] == "bad_request"


def test_deep_json_is_refused(door, as_ada):
    deep = b'{"metadata": ' * 2000 + b"{}" + b"}" * 2000

    check_customers(door.post("", deep), "deep")
    assert door.post("", deep).status_code == 400
    reply = as_ada.send("PUT", "customer", deep)
    assert sentence(reply)[0] == 400
    assert json.loads(reply.content)
