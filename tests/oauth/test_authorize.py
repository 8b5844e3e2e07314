"""The consent page, and codes that are exchanged once."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from oauth.models import AuthorizationCode
from oauth.redirects import validate_redirect_uri
from tests.factories import make_application
from tests.oauth.wire import ask, claims, granted, is_good, refused

CALLBACK = "https://app.example/cb?x=1"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
INVALID_GRANT = ("invalid_grant", "BAD_REQUEST", 400)


@pytest.fixture
def webapp(shop):
    return make_application(shop.environment, "webapp", redirect_uris=[CALLBACK])


@pytest.fixture
def public(shop):
    """A webapp without a secret, like a single-page application."""
    client = make_application(shop.environment, "webapp", redirect_uris=[CALLBACK])
    client.secret, client.secret_hash = None, ""
    client.save()
    return client


def address(client, **query):
    usual = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": CALLBACK,
        "state": "s t&1",
    }
    given = {name: value for name, value in (usual | query).items() if value is not None}
    return "/oauth/authorize?" + urlencode(given, doseq=True)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def sent_back(reply):
    """Return the parameters that the browser takes to the webapp."""
    assert reply.status_code == 302
    assert reply["Location"].startswith(CALLBACK + "&")
    query = parse_qs(urlsplit(reply["Location"]).query)
    assert query.pop("x") == ["1"]
    assert query.pop("iss") == ["https://auth.clientele.test"]
    assert query.pop("state") == ["s t&1"]
    return {name: values[0] for name, values in query.items()}


def code_for(shop, client, **query):
    reply = browser(shop.user).post(address(client, **query), {"allow": "1"})
    return sent_back(reply)["code"]


def exchange(client, code, **body):
    body = {"redirect_uri": CALLBACK} | body
    return ask(client, grant_type="authorization_code", code=code, **body)


def test_who_is_not_signed_in_is_sent_to_the_admin_first(webapp):
    reply = Client().get(address(webapp))

    assert reply.status_code == 302
    assert reply["Location"].startswith("/admin/login/?next=/oauth/authorize")


def test_the_page_says_who_asks_for_what(shop, webapp):
    reply = browser(shop.user).get(address(webapp))

    page = reply.content.decode()
    assert reply.status_code == 200
    assert webapp.name in page
    assert "Acme" in page
    assert "https://app.example/cb" in page
    assert "no-store" in reply["Cache-Control"]
    assert reply["X-Frame-Options"] == "DENY"


def test_a_user_lets_the_webapp_in(shop, webapp):
    code = code_for(shop, webapp)

    reply = exchange(webapp, code).json()

    assert set(reply) == {
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "created_at",
        "refresh_token",
        "owner_id",
        "owner_type",
    }
    assert (reply["owner_type"], reply["owner_id"]) == ("user", shop.user.uid)
    facts = claims(reply["access_token"])
    assert facts["application"] | {"id": "", "client_id": ""} == {
        "id": "",
        "client_id": "",
        "kind": "webapp",
        "public": False,
        "confidential": True,
    }
    assert is_good(reply["access_token"])


def test_a_user_may_deny(shop, webapp):
    reply = browser(shop.user).post(address(webapp), {"deny": "1"})

    assert sent_back(reply)["error"] == "access_denied"


def test_consent_cannot_be_forged_from_another_site(shop, webapp):
    victim = Client(enforce_csrf_checks=True)
    victim.force_login(shop.user)

    assert victim.post(address(webapp), {"allow": "1"}).status_code == 403
    assert not AuthorizationCode.objects.exists()


def test_a_user_of_another_organization_is_sent_back(shop, rival, webapp):
    reply = browser(rival.user).get(address(webapp))

    assert sent_back(reply)["error"] == "access_denied"


def test_an_impossible_scope_is_sent_back(shop, webapp):
    reply = browser(shop.user).get(address(webapp, scope="market:code:nowhere"))

    assert sent_back(reply)["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/cb",
        CALLBACK + "&y=2",
        CALLBACK + "#x",
        CALLBACK.upper(),
        "https://app.example/cb/../evil?x=1",
        "https://app.example@evil.test/cb?x=1",
        "https://app.example.evil.test/cb?x=1",
        "//app.example/cb?x=1",
        "http://app.example/cb?x=1",
        'https://é"\\.test/',
        "javascript:alert(1)",
        "x" * 5000,
    ],
)
def test_it_never_sends_a_browser_elsewhere(shop, webapp, uri):
    assert browser(shop.user).get(address(webapp)).status_code == 200

    reply = browser(shop.user).get(address(webapp, redirect_uri=uri))

    assert reply.status_code == 400
    assert "Location" not in reply


@pytest.mark.parametrize(
    "query",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"client_id": "\0"},
        {"response_type": "token"},
        {"response_type": 'é"'},
        {"response_type": None},
        {"redirect_uri": ["https://a.test", CALLBACK]},
        {"state": "\0"},
    ],
)
def test_it_explains_a_broken_link(shop, webapp, query):
    reply = browser(shop.user).get(address(webapp, **query))

    assert reply.status_code == 400
    assert "This link does not work" in reply.content.decode()


def test_other_kinds_of_applications_have_no_consent_page(shop):
    channel = make_application(shop.environment, redirect_uris=[CALLBACK])

    assert sent_back(browser(shop.user).get(address(channel)))["error"] == "unauthorized_client"


def test_the_only_address_need_not_be_named(shop, webapp):
    code = code_for(shop, webapp, redirect_uri=None)

    reply = ask(webapp, grant_type="authorization_code", code=code)

    assert reply.status_code == 200


def test_js_auth_calls_the_address_callback_url(shop, webapp):
    code = code_for(shop, webapp)

    reply = ask(webapp, grant_type="authorization_code", code=code, callback_url=CALLBACK)

    assert reply.status_code == 200


@pytest.mark.parametrize("uri", ["https://app.example/cb", CALLBACK + "/", "", "é"])
def test_the_address_must_be_the_same_at_the_exchange(shop, webapp, uri):
    code = code_for(shop, webapp)

    assert refused(exchange(webapp, code, redirect_uri=uri)) == INVALID_GRANT
    assert exchange(webapp, code).status_code == 200


def test_a_second_exchange_takes_back_what_the_first_one_gave(shop, webapp):
    code = code_for(shop, webapp)
    first = exchange(webapp, code).json()
    assert is_good(first["access_token"])

    assert refused(exchange(webapp, code)) == INVALID_GRANT

    assert not is_good(first["access_token"])
    answer = ask(webapp, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert refused(answer) == INVALID_GRANT


def test_a_code_dies_after_ten_minutes(shop, webapp):
    code = code_for(shop, webapp)
    row = AuthorizationCode.objects.get()
    assert row.code_hash != code
    assert abs(row.expires_at - timezone.now() - timedelta(minutes=10)) < timedelta(seconds=5)
    AuthorizationCode.objects.update(expires_at=timezone.now())

    assert refused(exchange(webapp, code)) == INVALID_GRANT


def test_another_client_cannot_use_the_code(shop, webapp):
    code = code_for(shop, webapp)
    thief = make_application(shop.environment, "webapp", redirect_uris=[CALLBACK])

    assert refused(exchange(thief, code)) == INVALID_GRANT


def test_a_client_without_a_secret_proves_itself_with_pkce(shop, public):
    query = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = code_for(shop, public, **query)

    for wrong in ({"code_verifier": "w" * 43}, {"code_verifier": CHALLENGE}):
        assert refused(exchange(public, code, **wrong)) == INVALID_GRANT
    for malformed in ({}, {"code_verifier": "short"}, {"code_verifier": "é" * 43}):
        answer = exchange(public, code, **malformed)
        assert refused(answer) == ("invalid_request", "BAD_REQUEST", 400)
    reply = exchange(public, code, code_verifier=VERIFIER)

    assert reply.status_code == 200
    facts = claims(reply.json()["access_token"])
    assert facts["application"]["public"] is True
    assert facts["application"]["confidential"] is False


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": CHALLENGE},
        {"code_challenge_method": "S256"},
        {"code_challenge": "short", "code_challenge_method": "S256"},
    ],
)
def test_a_client_without_a_secret_must_use_s256(shop, public, query):
    reply = browser(shop.user).get(address(public, **query))

    assert sent_back(reply)["error"] == "invalid_request"


def test_a_verifier_without_a_challenge_is_refused(shop, webapp):
    code = code_for(shop, webapp)

    answer = exchange(webapp, code, code_verifier=VERIFIER)

    assert refused(answer) == ("invalid_request", "BAD_REQUEST", 400)


def test_the_scope_that_was_allowed_is_kept(shop, webapp, market):
    code = code_for(shop, webapp, scope="market:code:europe")

    wider = exchange(webapp, code, scope="market:all")
    assert refused(wider) == ("invalid_scope", "BAD_REQUEST", 400)
    reply = exchange(webapp, code).json()

    assert reply["scope"] == "market:code:europe"
    assert claims(reply["access_token"])["market"]["id"] == [market.uid]
    renewed = granted(webapp, grant_type="refresh_token", refresh_token=reply["refresh_token"])
    assert renewed["scope"] == "market:code:europe"


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/cb?x=1",
        "http://localhost:3000/cb",
        "http://127.0.0.1/cb",
        "com.example.shop:/cb",
    ],
)
def test_an_address_that_can_be_registered(uri):
    validate_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "http://app.example/cb",
        "https://app.example/#x",
        "https://u:p@app.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/cb",
        "",
        "https://",
        "https://[",
        "https://é.test/",
        "https://a.test/ b",
    ],
)
def test_an_address_that_cannot_be_registered(uri):
    with pytest.raises(ValidationError):
        validate_redirect_uri(uri)
