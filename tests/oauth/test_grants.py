"""What each grant answers: js-auth's own tests demand exactly these keys."""

from urllib.parse import urlencode

import pytest

from oauth.models import Kind
from tests.factories import PASSWORD, make_application
from tests.oauth.wire import (
    JWT_BEARER,
    ask,
    claim,
    claims,
    granted,
    is_good,
    owner,
    post,
    refused,
    sign_in,
)

SIX = {"access_token", "token_type", "expires_in", "scope", "created_at"}
OWNED = SIX | {"refresh_token", "owner_id", "owner_type"}


def test_a_guest_gets_a_token_without_anything_to_refresh_it(shop):
    reply = granted(shop.channel, grant_type="client_credentials", scope="market:all")

    assert set(reply) == SIX
    assert reply["token_type"] == "bearer"
    assert reply["expires_in"] == 14_400
    assert reply["scope"] == "market:all"
    assert claims(reply["access_token"])["iat"] == reply["created_at"]
    assert is_good(reply["access_token"])


def test_an_integration_gets_a_token_for_two_hours(shop):
    reply = granted(shop.application, grant_type="client_credentials")

    assert set(reply) == SIX
    assert reply["expires_in"] == 7200
    assert reply["scope"] == "market:all"


def test_a_customer_signs_in_with_a_password(shop):
    reply = sign_in(shop)

    assert set(reply) == OWNED
    assert (reply["owner_type"], reply["owner_id"]) == ("customer", shop.alice.uid)
    assert claims(reply["access_token"])["owner"] == {"id": shop.alice.uid, "type": "Customer"}
    assert is_good(reply["access_token"])


def test_a_customer_signs_in_whatever_the_case_of_the_address(shop):
    assert shop.alice.email == "alice@example.com"

    reply = ask(
        shop.channel, grant_type="password", username="Alice@Example.COM", password=PASSWORD
    )

    assert reply.status_code == 200


def test_a_form_is_as_good_as_json(shop):
    reply = ask_as_form(client_id=shop.channel.client_id, grant_type="client_credentials")

    assert set(reply.json()) == SIX


def ask_as_form(**body):
    return post("/oauth/token", urlencode(body), "application/x-www-form-urlencoded")


@pytest.mark.parametrize("kind", ["sales_channel", "integration", "webapp"])
def test_an_assertion_speaks_for_a_customer_or_a_user(shop, kind):
    client = with_secret(shop, kind)
    for row in (shop.alice, shop.user):
        reply = granted(client, grant_type=JWT_BEARER, assertion=claim(owner=owner(row)))

        assert set(reply) == OWNED
        assert reply["owner_type"] == type(row).__name__.lower()
        token = claims(reply["access_token"])
        assert token["owner"] == {"id": row.uid, "type": type(row).__name__}
        assert token["application"]["kind"] == kind
        assert is_good(reply["access_token"])


def test_an_assertion_may_hold_only_a_custom_claim(shop):
    wish = {"why": "gdpr", "Ünïcode": ["~", {"?": 1.5}]}

    reply = granted(shop.application, grant_type=JWT_BEARER, assertion=claim(custom_claim=wish))

    assert set(reply) == SIX | {"refresh_token"}
    token = claims(reply["access_token"])
    assert token["custom_claim"] == wish
    assert "owner" not in token
    renewed = granted(
        shop.application, grant_type="refresh_token", refresh_token=reply["refresh_token"]
    )
    assert claims(renewed["access_token"])["custom_claim"] == wish


def with_secret(shop, kind):
    client = make_application(shop.environment, kind)
    if kind == Kind.SALES_CHANNEL:
        client.secret = client.set_secret()
        client.save()
    return client


def test_a_sales_channel_that_shows_its_secret_is_confidential(shop):
    client = with_secret(shop, "sales_channel")

    with_it = granted(client, grant_type="client_credentials")
    client.secret = None
    without = granted(client, grant_type="client_credentials")

    assert application_of(with_it) == {"public": True, "confidential": True}
    assert application_of(without) == {"public": True, "confidential": False}


def application_of(reply):
    application = claims(reply["access_token"])["application"]
    return {name: application[name] for name in ("public", "confidential")}


@pytest.mark.parametrize(
    ("kind", "grant_type"),
    [
        ("sales_channel", "authorization_code"),
        ("integration", "password"),
        ("integration", "authorization_code"),
        ("webapp", "client_credentials"),
        ("webapp", "password"),
    ],
)
def test_an_application_is_refused_a_grant_of_other_kinds(shop, kind, grant_type):
    reply = ask(make_application(shop.environment, kind), grant_type=grant_type)

    assert refused(reply) == ("unauthorized_client", "FORBIDDEN", 403)


def test_it_refuses_an_unknown_grant(shop):
    for grant_type in ("implicit", "", 'é"\\', "x" * 5000):
        reply = ask(shop.channel, grant_type=grant_type)

        assert refused(reply) == ("unsupported_grant_type", "BAD_REQUEST", 400)


def test_it_refuses_unknown_clients_and_wrong_secrets_alike(shop):
    integration = {"client_id": shop.application.client_id}
    bodies = [
        {"client_id": "nobody"},
        {"client_id": "é"},
        {"client_id": "../../etc/passwd"},
        {},
        integration,
        integration | {"client_secret": ""},
        integration | {"client_secret": "wrong"},
        integration | {"client_secret": shop.application.secret_hash},
        {"client_id": shop.channel.client_id, "client_secret": "it has none"},
    ]
    for body in bodies:
        reply = ask(grant_type="client_credentials", **body)

        assert refused(reply) == ("invalid_client", "UNAUTHORIZED", 401)
        assert reply.json()["errors"][0]["detail"] == (
            "Client authentication failed due to unknown client, no client authentication"
            " included, or unsupported authentication method."
        )


def test_a_wrong_password_an_unknown_address_and_no_password_look_alike(shop):
    passwordless = "carol@example.com"
    shop.alice.__class__.objects.create(environment=shop.environment, email=passwordless)
    attempts = [
        (shop.alice.email, "wrong"),
        (shop.alice.email, ""),
        (shop.alice.email, PASSWORD + "x" * 2000),
        (passwordless, ""),
        (passwordless, PASSWORD),
        ("nobody@example.com", PASSWORD),
    ]
    replies = [
        ask(shop.channel, grant_type="password", username=name, password=password)
        for name, password in attempts
    ]

    assert {refused(reply) for reply in replies} == {("invalid_grant", "BAD_REQUEST", 400)}
    assert len({reply.content for reply in replies}) == 1


def test_a_customer_of_another_shop_or_mode_is_unknown(shop, rival):
    live = make_application(shop.organization.environments.get(mode="live"))
    assert sign_in(shop)
    for channel in (rival.channel, live):
        reply = ask(channel, grant_type="password", username=shop.alice.email, password=PASSWORD)

        assert refused(reply) == ("invalid_grant", "BAD_REQUEST", 400)
