"""What is in a token, and which forgeries are refused."""

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from oauth.callers import caller_of
from oauth.keys import ring
from oauth.models import SigningKey
from oauth.tokens import EscapingEncoder
from tests.oauth.wire import (
    JWT_BEARER,
    claim,
    claims,
    encode,
    granted,
    is_good,
    owner,
    segment,
    sign_in,
)

FOREIGN_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def test_its_header_names_the_algorithm_and_the_key(shop):
    header = segment(guest_token(shop), 0)

    assert header == {"alg": "RS512", "typ": "JWT", "kid": SigningKey.objects.get().kid}
    assert len(header["kid"]) == 64


def test_it_says_what_official_clients_read(shop, settings):
    settings.DOMAIN = "shop.test:8443"
    payload = claims(guest_token(shop))

    assert payload.pop("rand") < 1
    assert payload.pop("jti")
    now = payload.pop("iat")
    assert abs(now - time.time()) < 5
    assert payload == {
        "organization": {
            "id": shop.organization.uid,
            "slug": "acme",
            "enterprise": True,
            "region": "self-hosted",
        },
        "application": {
            "id": shop.channel.uid,
            "client_id": shop.channel.client_id,
            "kind": "sales_channel",
            "public": True,
            "confidential": False,
        },
        "scope": "market:all",
        "exp": now + 14_400,
        "test": True,
        "iss": "https://auth.shop.test:8443",
    }


def guest_token(shop):
    return granted(shop.channel, grant_type="client_credentials")["access_token"]


def test_live_applications_get_live_tokens(shop):
    shop.mode = "live"

    assert claims(guest_token(shop))["test"] is False


@given(
    st.recursive(
        st.text() | st.integers() | st.sampled_from([">?~\x7f", "日本", "\U0001d518"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_payload_never_holds_what_atob_cannot_read(value):
    text = json.dumps({"name": value}, separators=(",", ":"), cls=EscapingEncoder)

    encoded = base64.urlsafe_b64encode(text.encode()).decode()

    assert "-" not in encoded
    assert "_" not in encoded
    assert json.loads(text) == {"name": value}


def test_a_name_full_of_awkward_characters_survives(shop):
    wish = {"why": ">>>???~~~\x7f ÿ 日本 \U0001d518" * 9}
    token = granted(shop.application, grant_type=JWT_BEARER, assertion=claim(custom_claim=wish))

    payload = token["access_token"].split(".")[1]

    assert set("-_") & set(payload) == set()
    assert claims(token["access_token"])["custom_claim"] == wish


def forged(shop):
    """Yield a reason and a token that must be refused for it."""
    good = guest_token(shop)
    header, payload, signature = good.split(".")
    kid, facts = segment(good, 0)["kid"], claims(good)
    public = SigningKey.objects.get(kid=kid).public_key
    yield "no signature", f"{encode({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{payload}."
    yield "none, shouted", f"{encode({'alg': 'NONE', 'typ': 'JWT', 'kid': kid})}.{payload}."
    signing_input = f"{encode({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{payload}"
    mac = hmac.new(public.encode(), signing_input.encode(), hashlib.sha256).digest()
    yield "HS256 with the public key", f"{signing_input}.{encode(mac)}"
    names = ["unknown", "f" * 64, "../../dev/null", "' OR 1=1 --", "x" * 10_000, "\0", 5, None]
    for name in names:
        yield f"kid {str(name)[:20]}", resigned(facts, {"kid": name})
    yield "no kid", resigned(facts, {})
    yield "another algorithm", resigned(facts, {"kid": kid}, "RS256")
    yield "a key of its own", resigned(facts, {"kid": kid, "jwk": ring.signing.jwk}, foreign=True)
    yield "expired by a second", resigned(facts | {"exp": int(time.time()) - 1}, {"kid": kid})
    for name in ("exp", "jti", "iss"):
        yield f"without {name}", resigned(without(facts, name), {"kid": kid})
    yield "another issuer", resigned(facts | {"iss": "https://auth.evil.test"}, {"kid": kid})
    strange = facts["organization"] | {"id": "nobody"}
    yield "no such organization", resigned(facts | {"organization": strange}, {"kid": kid})
    yield "another payload", f"{header}.{encode(facts | {'test': False})}.{signature}"
    yield "a cut signature", good[:-4]
    yield "a longer signature", good + "AAAA"
    yield "a fourth part", good + ".AAAA"
    yield "two parts", f"{header}.{payload}"
    yield "one megabyte", f"{header}.{'A' * 1_000_000}.{signature}"
    yield "a deep header", f"{encode(b'[' * 9000)}.{payload}.{signature}"
    yield "a deep payload", f"{header}.{encode(b'[' * 9000)}.{signature}"
    yield "a header that is no object", f"{encode([1])}.{payload}.{signature}"
    yield "letters of another alphabet", "é.ü.ñ"
    yield "nothing", ""
    yield "dots", ".."


def resigned(facts, header, algorithm="RS512", foreign=False):
    own = jwt.get_algorithm_by_name("RS512").prepare_key(ring.signing.private)
    key = FOREIGN_KEY if foreign else own
    text = json.dumps(facts).encode()
    parts = f"{encode({'alg': algorithm, 'typ': 'JWT', **header})}.{encode(text)}"
    signature = jwt.get_algorithm_by_name(algorithm).sign(parts.encode(), key)
    return f"{parts}.{encode(signature)}"


def without(facts, name):
    return {key: value for key, value in facts.items() if key != name}


def test_it_refuses_every_forgery(shop):
    good = guest_token(shop)
    assert is_good(good)
    assert is_good(resigned(claims(good), {"kid": segment(good, 0)["kid"]}))

    accepted = [reason for reason, token in forged(shop) if is_good(token)]

    assert accepted == []


def test_it_refuses_a_huge_token_at_once(shop):
    huge = guest_token(shop) + "A" * 1_000_000
    is_good("warm.up.please")

    started = time.perf_counter()

    assert not is_good(huge)
    assert time.perf_counter() - started < 0.05


def test_a_refresh_token_opens_nothing(shop):
    reply = sign_in(shop)

    assert is_good(reply["access_token"])
    assert not is_good(reply["refresh_token"])


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token abc", "bearer é", "Bearer a b"]
)
def test_it_refuses_a_request_without_a_token(shop, client, header):
    headers = {"Authorization": header} if header else {}

    reply = client.get("/api/application", headers=headers)

    assert reply.status_code == 401
    assert reply.json()["errors"][0]["code"] == "INVALID_TOKEN"


def test_a_known_token_costs_no_query(shop):
    token = sign_in(shop)["access_token"]
    caller = caller_of(token)

    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            assert caller_of(token) == caller

    assert len(queries) <= 3  # permissions and revocations, if their time is over


def test_a_caller_says_who_is_calling(shop):
    caller = caller_of(sign_in(shop)["access_token"])

    assert caller.environment_id == shop.environment.pk
    assert (caller.organization_slug, caller.mode, caller.kind) == ("acme", "test", "sales_channel")
    assert caller.owner("Customer") == shop.alice.uid
    assert caller.owner("User") is None
    assert caller.market_ids is caller.store_ids is None
    assert not caller.is_trusted


def test_only_back_ends_without_a_shopper_are_trusted(shop):
    plain = granted(shop.application, grant_type="client_credentials")
    as_user = granted(
        shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(shop.user))
    )
    as_customer = granted(
        shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(shop.alice))
    )

    assert caller_of(plain["access_token"]).is_trusted
    assert caller_of(as_user["access_token"]).is_trusted
    assert not caller_of(as_customer["access_token"]).is_trusted
