"""customer_password_resets: asked for by a back end, finished by a storefront."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from activity.models import Event, EventStore
from customers import services
from customers.models import Customer, CustomerPasswordReset
from customers.tasks import purge
from oauth.models import RefreshToken
from tests.anonymization.steps import at_once
from tests.api import error
from tests.factories import PASSWORD, make_customer
from tests.oauth.wire import JWT_BEARER, ask, claim, granted, is_good, owner, sign_in

NEW = "a much longer secret"
TOKEN = "_reset_password_token"
NOBODY = "nobody@example.com"


def asked(shop, email=None, **members):
    email = email or shop.alice.email
    reply = shop.integration.post(
        "customer_password_resets", attributes={"customer_email": email, **members}
    )
    assert reply.status_code == 201, reply.content
    return reply.json()["data"]


def finish(api, reset, **changes):
    attributes = {"customer_password": NEW, TOKEN: reset["attributes"]["reset_password_token"]}
    return api.patch("customer_password_resets", reset["id"], attributes={**attributes, **changes})


def can_sign_in(shop, password, customer=None):
    email = (customer or shop.alice).email
    reply = ask(shop.channel, grant_type="password", username=email, password=password)
    return reply.status_code == 200


def test_a_customer_chooses_a_new_password(shop):
    assert can_sign_in(shop, PASSWORD)
    reset = asked(shop)
    assert reset["attributes"]["reset_password_at"] is None
    assert reset["attributes"]["customer_email"] == shop.alice.email

    reply = finish(shop.guest, reset)

    assert reply.status_code == 200, reply.content
    attributes = reply.json()["data"]["attributes"]
    assert attributes["reset_password_at"]
    assert attributes["reset_password_token"] is None
    assert can_sign_in(shop, NEW)
    assert not can_sign_in(shop, PASSWORD)


def test_the_token_is_shown_once_and_stored_nowhere(shop):
    reset = asked(shop)
    token = reset["attributes"]["reset_password_token"]
    assert len(token) >= 40

    path = f"customer_password_resets/{reset['id']}"
    read = [shop.integration.get(path), shop.integration.get(f"{path}/event_stores")]
    read += [shop.integration.get("customer_password_resets")]

    assert [reply.status_code for reply in read] == [200, 200, 200]
    assert not any(token.encode() in reply.content for reply in read)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{token}%"]
            )
            assert cursor.fetchone() == (0,), table


def test_sparse_fields_may_leave_the_token_out(shop):
    assert shop.alice
    body = {
        "type": "customer_password_resets",
        "attributes": {"customer_email": "ALICE@example.com"},
    }

    def made(query):
        path = f"customer_password_resets?{query}"
        return shop.integration.request("POST", path, {"data": body}).json()["data"]["attributes"]

    assert made("fields[customer_password_resets]=customer_email") == {
        "customer_email": "alice@example.com"
    }
    assert set(made("include=customer")) > {"customer_email", "reset_password_token"}


def test_a_token_works_once(shop):
    reset = asked(shop)
    assert finish(shop.guest, reset).status_code == 200

    refused = error(finish(shop.guest, reset, customer_password="yet another one"))

    assert refused["source"] == {"pointer": f"/data/attributes/{TOKEN}"}
    assert (refused["status"], refused["meta"]) == ("422", {"error": "invalid"})
    assert can_sign_in(shop, NEW)


def test_a_token_expires(shop, settings):
    settings.PASSWORD_RESET_LIFETIME = timedelta(0)

    assert error(finish(shop.guest, asked(shop)))["status"] == "422"
    assert can_sign_in(shop, PASSWORD)


@pytest.mark.parametrize("change", ["password", "email"])
def test_a_token_is_void_once_the_customer_has_changed_what_they_sign_in_with(shop, change):
    reset = asked(shop)
    value = {"password": "chosen meanwhile", "email": "new@example.com"}[change]
    changed = shop.as_alice.patch("customers", shop.alice.uid, attributes={change: value})
    assert changed.status_code == 200

    assert error(finish(shop.guest, reset))["meta"]["error"] == "invalid"


def test_one_reset_voids_the_others(shop):
    first, second = asked(shop), asked(shop)

    assert finish(shop.guest, second).status_code == 200
    assert finish(shop.guest, first).status_code == 422


def test_a_token_opens_its_own_reset_only(shop):
    own, bobs = asked(shop), asked(shop, shop.bob.email)

    mixed = {**bobs, "attributes": own["attributes"]}

    assert finish(shop.guest, mixed).status_code == 422
    assert can_sign_in(shop, PASSWORD, shop.bob)


def test_every_token_of_the_customer_dies(shop):
    tokens = sign_in(shop)
    other = granted(shop.channel, grant_type="password", username=shop.bob.email, password=PASSWORD)
    reset = asked(shop)
    assert is_good(tokens["access_token"])

    finish(shop.guest, reset)

    assert not is_good(tokens["access_token"])
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert ask(shop.channel, **refresh).status_code == 400
    assert is_good(other["access_token"])


def test_also_tokens_of_somebody_without_a_password_die(shop):
    carol = make_customer(shop.environment)
    grant = {"grant_type": JWT_BEARER, "assertion": claim(owner=owner(carol))}
    tokens = granted(shop.application, **grant)
    assert RefreshToken.objects.filter(customer=carol).exists()

    finish(shop.guest, asked(shop, carol.email))

    assert not is_good(tokens["access_token"])
    assert not RefreshToken.objects.filter(customer=carol).exists()
    assert can_sign_in(shop, NEW, carol)
    topics = Event.objects.filter(resource_uid=carol.uid).values_list("name", flat=True)
    assert "customers.create_password" in topics


def test_an_unknown_address_is_answered_like_a_known_one(shop):
    known, unknown = asked(shop), asked(shop, f" {NOBODY.upper()} ")

    def shape(data):
        return {name: type(value) for name, value in data["attributes"].items()}

    assert shape(known) == shape(unknown)
    assert set(known["relationships"]) == set(unknown["relationships"])
    assert unknown["attributes"]["customer_email"] == NOBODY
    stored = CustomerPasswordReset.objects.get(uid=unknown["id"])
    assert stored.customer is None
    made = {"token": (shop.guest, unknown), "wrong": (shop.guest, known | {"id": unknown["id"]})}
    replies = {name: finish(*one).json() for name, one in made.items()}
    assert replies["token"] == replies["wrong"]
    assert error(finish(shop.guest, unknown))["meta"] == {"error": "invalid"}


def test_asking_costs_the_same_for_everybody(shop, django_assert_num_queries):
    assert shop.alice
    for email in (shop.alice.email, NOBODY):
        with django_assert_num_queries(4):  # a savepoint, the customer, the reset
            services.request_password_reset(environment_id=shop.environment.pk, email=email)


def test_nothing_is_kept_of_an_unknown_address(shop):
    asked(shop, NOBODY)

    with connection.cursor() as cursor:
        for table in ("customers_customerpasswordreset", "activity_event", "activity_eventstore"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%nobody@%'")
            assert cursor.fetchone() == (0,), table


def test_somebody_who_is_forgotten_counts_as_unknown(shop):
    make_customer(shop.environment, email="gone@example.com", anonymization_status="completed")

    assert (
        CustomerPasswordReset.objects.get(uid=asked(shop, "gone@example.com")["id"]).customer
        is None
    )


def test_nobody_resets_somebody_who_was_forgotten_meanwhile(shop):
    reset = asked(shop)
    Customer.objects.filter(pk=shop.alice.pk).update(anonymization_status="started")

    assert error(finish(shop.guest, reset))["status"] == "409"


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ({"customer_password": NEW}, 401),
        ({"reference": "mine"}, 401),
        ({"customer_password": NEW, TOKEN: None}, 401),
        ({"customer_password": NEW, TOKEN: True}, 401),
        ({"customer_password": NEW, TOKEN: "x" * 300}, 422),
        ({"customer_password": NEW, TOKEN: "wrong"}, 422),
        ({"customer_password": "short", TOKEN: "wrong"}, 422),
    ],
)
def test_a_storefront_does_nothing_without_the_token(shop, attributes, status):
    reset = asked(shop)

    reply = shop.guest.patch("customer_password_resets", reset["id"], attributes=attributes)

    assert reply.status_code == status, reply.content
    assert NEW.encode() not in reply.content
    assert can_sign_in(shop, PASSWORD)


def test_a_back_end_needs_the_token_too(shop):
    reset = asked(shop)

    refused = shop.integration.patch(
        "customer_password_resets", reset["id"], attributes={"customer_password": NEW}
    )
    noted = shop.integration.patch(
        "customer_password_resets", reset["id"], attributes={"reference": "ticket 7"}
    )
    token = {TOKEN: reset["attributes"]["reset_password_token"]}
    unfinished = shop.integration.patch("customer_password_resets", reset["id"], attributes=token)

    assert error(refused)["detail"] == f"customer_password - needs {TOKEN}"
    assert noted.json()["data"]["attributes"]["reference"] == "ticket 7"
    assert error(unfinished)["source"] == {"pointer": "/data/attributes/customer_password"}
    assert finish(shop.integration, reset).status_code == 200


def test_storefronts_neither_create_nor_read_resets(shop):
    reset = asked(shop)
    created = {"customer_email": shop.alice.email}

    for api in (shop.guest, shop.as_alice):
        replies = [
            api.post("customer_password_resets", attributes=created),
            api.get("customer_password_resets"),
            api.get(f"customer_password_resets/{reset['id']}"),
            api.delete(f"customer_password_resets/{reset['id']}"),
        ]
        assert [error(reply)["code"] for reply in replies] == ["UNAUTHORIZED"] * 4


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({}, "customer_email"),
        ({"customer_email": ""}, "customer_email"),
        ({"customer_email": "nobody"}, "customer_email"),
    ],
)
def test_a_reset_needs_an_address(shop, attributes, field):
    refused = error(shop.integration.post("customer_password_resets", attributes=attributes))

    assert refused["source"] == {"pointer": f"/data/attributes/{field}"}


def test_a_reset_cannot_be_made_and_finished_at_once(shop):
    assert shop.alice
    reply = shop.integration.post(
        "customer_password_resets",
        attributes={"customer_email": shop.alice.email, "customer_password": NEW},
    )

    assert error(reply)["code"] == "PARAM_NOT_ALLOWED"


def test_what_happened_is_told_without_secrets(shop):
    reset = asked(shop)
    finish(shop.guest, reset)

    topics = Event.objects.filter(resource_uid=reset["id"]).values_list("name", flat=True)
    assert list(topics) == [
        "customer_password_resets.create",
        "customer_password_resets.reset_password",
    ]
    entry = EventStore.objects.get(resource_uid=shop.alice.uid, event="reset_password")
    assert entry.payload == {}
    assert entry.who["application"]["id"] == shop.channel.uid


def test_another_door_needs_no_id(shop):
    """The storefront surface knows its customers by their tokens alone."""
    reset = services.request_password_reset(
        environment_id=shop.environment.pk, email=shop.alice.email
    )
    change = {"environment_id": shop.environment.pk, "token": reset.token}

    customer = services.reset_password(**change, password_hash=make_password(NEW))

    assert customer == shop.alice
    assert can_sign_in(shop, NEW)
    with pytest.raises(services.Invalid):
        services.reset_password(**change, password_hash=make_password(PASSWORD))


def test_another_environment_does_not_know_the_token(shop, rival):
    reset = services.request_password_reset(
        environment_id=shop.environment.pk, email=shop.alice.email
    )
    with pytest.raises(services.Invalid):
        services.reset_password(
            environment_id=rival.environment.pk, token=reset.token, password_hash="x"
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(shop):
    reset = services.request_password_reset(
        environment_id=shop.environment.pk, email=shop.alice.email
    )

    def change(password):
        return services.reset_password(
            environment_id=shop.environment.pk, token=reset.token, password_hash=password
        )

    results = at_once(*(lambda text=text: change(text) for text in ("one", "two", "three")))

    winners = [one for one in results if isinstance(one, Customer)]
    assert len(winners) == 1
    assert sum(isinstance(one, services.Invalid) for one in results) == 2
    assert Customer.objects.get(pk=shop.alice.pk).password == winners[0].password


def test_old_resets_are_deleted(shop):
    old, recent = asked(shop), asked(shop)
    long_ago = timezone.now() - timedelta(days=31)
    CustomerPasswordReset.objects.filter(uid=old["id"]).update(expires_at=long_ago)

    purge()
    purge()

    assert CustomerPasswordReset.objects.get().uid == recent["id"]
