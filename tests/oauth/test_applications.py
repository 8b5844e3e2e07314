"""Applications: what the database refuses, and what they see of themselves."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client

from organizations.models import Role
from tests.factories import make_application
from tests.oauth.wire import JWT_BEARER, claim, granted, owner, sign_in


def get(path, token):
    return Client().get(path, headers={"Authorization": f"Bearer {token}"})


def token_of(application, **body):
    return granted(application, **({"grant_type": "client_credentials"} | body))["access_token"]


def test_a_client_id_is_43_random_characters(shop):
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", shop.channel.client_id)
    assert shop.channel.client_id != shop.application.client_id


def test_only_the_hash_of_a_secret_is_kept(shop):
    secret = shop.application.secret

    assert len(secret) == 43
    assert secret not in {str(value) for value in vars(shop.application).values() if value} - {
        secret
    }
    shop.application.refresh_from_db()
    assert shop.application.secret_hash != secret
    assert shop.application.check_client_secret(secret)
    assert not shop.application.check_client_secret("")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"access_token_lifetime": timedelta(minutes=119)}, "oauth_access_tokens_live"),
        ({"access_token_lifetime": timedelta(days=15, seconds=1)}, "oauth_access_tokens_live"),
        ({"kind": "dashboard"}, "oauth_application_kind_is_known"),
    ],
)
def test_the_database_refuses_nonsense(shop, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_application(shop.environment, **fields)


def test_the_database_refuses_an_integration_without_a_secret(shop):
    shop.application.secret_hash = ""

    with pytest.raises(IntegrityError, match="oauth_integrations_have"), transaction.atomic():
        shop.application.save()


def test_a_role_of_another_organization_is_refused(shop, rival):
    shop.application.role = rival.organization.roles.get()

    with pytest.raises(ValidationError, match="another organization"):
        shop.application.full_clean()


def test_a_role_cannot_be_deleted_from_under_an_application(shop):
    role = Role.objects.create(organization=shop.organization, name="Clerk", kind="read_only")
    make_application(shop.environment, "integration", role=role)

    with pytest.raises(ProtectedError):
        role.delete()


def test_a_token_sees_its_own_application(shop):
    shop.channel.redirect_uris = ["https://a.test/", "https://b.test/"]
    shop.channel.save()
    make_application(shop.environment)

    reply = get("/api/application", token_of(shop.channel))

    assert reply.status_code == 200
    data = reply.json()["data"]
    assert (data["type"], data["id"]) == ("applications", shop.channel.uid)
    common = {"created_at", "updated_at", "reference", "reference_origin", "metadata"}
    facts = {name: value for name, value in data["attributes"].items() if name not in common}
    assert facts == {
        "name": "a sales_channel",
        "kind": "sales_channel",
        "public_access": True,
        "redirect_uri": "https://a.test/",
        "scopes": "market:all",
    }
    assert "secret" not in reply.content.decode()


def test_a_token_sees_no_other_application(shop, rival):
    for other in (shop.application, rival.channel):
        reply = get(f"/api/applications/{other.uid}", token_of(shop.channel))
        assert reply.status_code == 404


def test_tokeninfo_tells_an_integration_what_it_may_do(shop):
    token = granted(
        shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(shop.user))
    )["access_token"]

    reply = get("/oauth/tokeninfo", token)

    assert reply["Cache-Control"] == "no-store"
    info = reply.json()
    assert 7190 <= info["token"].pop("lifespan") <= 7200
    assert info["token"] == {"test": True, "market_ids": [], "stock_location_ids": []}
    assert info["role"] is None
    assert info["application"] == {
        "id": shop.application.uid,
        "kind": "integration",
        "name": "a integration",
        "core": False,
    }
    assert info["owner"] == {
        "id": shop.user.uid,
        "type": "User",
        "first_name": "Travis",
        "last_name": "Muller",
        "email": shop.user.email,
        "owner": False,
        "time_zone": "UTC",
    }
    assert info["permissions"]["customers"]["actions"] == ["create", "destroy", "read", "update"]
    assert info["accessible_apps"] == []


def test_tokeninfo_tells_a_customer_who_they_are(shop, market):
    token = sign_in(shop, scope="market:code:europe")["access_token"]

    info = get("/oauth/tokeninfo", token).json()

    assert info["owner"] == {"id": shop.alice.uid, "type": "Customer", "email": shop.alice.email}
    assert info["token"]["market_ids"] == [market.uid]
    assert info["permissions"]["customers"]["actions"] == ["create", "destroy", "read", "update"]
    assert "customer_groups" not in info["permissions"]


def test_tokeninfo_shows_the_role_of_a_webapps_user(shop):
    webapp = make_application(shop.environment, "webapp")
    token = token_of(webapp, grant_type=JWT_BEARER, assertion=claim(owner=owner(shop.user)))

    info = get("/oauth/tokeninfo", token).json()

    role = shop.organization.roles.get()
    assert info["role"] == {"id": role.uid, "kind": "admin", "name": "Admin"}


def test_tokeninfo_refuses_a_bad_token_with_a_number_as_status(db):
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        reply = Client().get("/oauth/tokeninfo", headers=headers)

        (error,) = reply.json()["errors"]
        assert (reply.status_code, error["status"], error["code"]) == (401, 401, "INVALID_TOKEN")
        assert reply["WWW-Authenticate"] == "Bearer"
