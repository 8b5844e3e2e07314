"""Whatever is sent to the authorization server, it answers in its one form, never with a 500."""

import base64
import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oauth.wire import JWT_BEARER, credentials, post, refused

INVALID_REQUEST = ("invalid_request", "BAD_REQUEST", 400)
PATHS = ["/oauth/token", "/oauth/revoke"]
GOOD = {"grant_type": "client_credentials", "client_id": "x"}


@pytest.fixture(autouse=True)
def _database(db):
    pass


ANYTHING = st.text(max_size=50) | st.none() | st.integers() | st.lists(st.text(max_size=5))
GRANTS = ["client_credentials", "password", "refresh_token", "authorization_code", JWT_BEARER]
PARAMETERS = ["assertion", "code", "code_verifier", "password", "redirect_uri", "refresh_token"]
PARAMETERS += ["scope", "token", "token_type_hint", "username"]


@settings(
    max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    path=st.sampled_from(PATHS),
    grant_type=st.sampled_from(GRANTS),
    body=st.dictionaries(st.sampled_from(PARAMETERS), ANYTHING),
)
def test_no_body_is_too_strange(shop, path, grant_type, body):
    client = shop.application if grant_type == JWT_BEARER else shop.channel
    answer = post(path, credentials(client) | body | {"grant_type": grant_type})

    if answer.status_code != 200:
        assert refused(answer)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"5",
        b'"text"',
        b"[]",
        b"[[]]",
        b"[" * 60_000,
        b"\xff\xfe",
        b'{"a": "\\ud800"}',
        b'{"client_id": "a\\u0000b"}',
        b'{"client_id": ' + b"1" * 60_000 + b"}",
    ],
)
def test_a_body_that_cannot_be_read(path, body):
    assert refused(post(path, body)) == INVALID_REQUEST


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "scope", "username"])
@pytest.mark.parametrize("value", [5, 1.5, True, [], ["a"], {}, {"a": 1}, "\0", "a\0"])
def test_a_parameter_of_the_wrong_type(name, value):
    assert refused(post("/oauth/token", GOOD | {name: value})) == INVALID_REQUEST


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [65_537, 1_000_000, 3_000_000])
def test_a_body_that_is_too_large(path, size):
    body = json.dumps(GOOD | {"padding": "x" * size})

    assert refused(post(path, body)) == ("request_too_large", "PAYLOAD_TOO_LARGE", 413)
    form = f"grant_type=client_credentials&padding={'x' * size}"
    answer = post(path, form, "application/x-www-form-urlencoded")
    assert refused(answer) == ("request_too_large", "PAYLOAD_TOO_LARGE", 413)


@pytest.mark.parametrize(
    "form",
    [
        "grant_type=password&grant_type=client_credentials",
        "client_id=%00",
        "client_id=%ff",
        "&".join(f"a{number}=1" for number in range(100)),
    ],
)
def test_a_form_that_cannot_be_read(form):
    answer = post("/oauth/token", form, "application/x-www-form-urlencoded")

    assert refused(answer) == INVALID_REQUEST


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data", "", "a/b;c"])
def test_another_media_type(content_type):
    answer = post("/oauth/token", b"grant_type=password", content_type)

    assert refused(answer) == INVALID_REQUEST


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_another_method(path, method):
    answer = Client().generic(method, path)

    assert refused(answer) == ("method_not_allowed", "METHOD_NOT_ALLOWED", 405)
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize("header", ["Basic", "Basic é", "Basic ====", "Basic /w==", "Basic YQ"])
def test_credentials_that_cannot_be_read(header):
    answer = post("/oauth/token", GOOD, Authorization=header)

    assert refused(answer)[0] in ("invalid_request", "invalid_client")


def test_wrong_credentials_in_the_header_are_not_forgiven(shop):
    body = {"grant_type": "client_credentials", "client_id": shop.channel.client_id}
    assert post("/oauth/token", body).status_code == 200

    answer = post("/oauth/token", body, Authorization="Basic eDp5")

    assert refused(answer) == ("invalid_client", "UNAUTHORIZED", 401)
    assert answer["WWW-Authenticate"] == "Basic"


def test_right_credentials_in_the_header_are_as_good_as_in_the_body(shop):
    sent = credentials(shop.application)
    text = f"{sent['client_id']}:{sent['client_secret']}".encode()

    answer = post(
        "/oauth/token",
        {"grant_type": "client_credentials"},
        Authorization=f"Basic {base64.b64encode(text).decode()}",
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("missing", ["username", "password"])
def test_a_sign_in_without_its_half(shop, missing):
    body = {"grant_type": "password", "username": "a@b.c", "password": "x"}
    del body[missing]

    assert refused(post("/oauth/token", credentials(shop.channel) | body)) == INVALID_REQUEST


@pytest.mark.parametrize("username", ["", "é" * 5000, "'; --", "a@b\r\nBcc: c", "%"])
def test_a_strange_address_is_nobody(shop, username):
    body = {"grant_type": "password", "username": username, "password": "x" * 20_000}

    assert refused(post("/oauth/token", credentials(shop.channel) | body)) == (
        "invalid_grant",
        "BAD_REQUEST",
        400,
    )
