"""A revoked token is refused at once, in every process, whatever happens to Redis."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from authlib.oauth2.rfc6749.errors import InvalidGrantError
from django.db import connection, transaction
from django.utils import timezone

from anonymization.erasers import erase_all
from customers.models import Customer
from oauth import services, subjects
from oauth.models import RefreshToken, Revocation
from oauth.revocations import REREAD_AFTER, Revocations
from oauth.revocations import revoke as revoke_subject
from oauth.scopes import Scope
from oauth.tokens import Grant, sign_access
from tests.factories import make_application
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
    revoke,
    sign_in,
)


def test_a_customer_signs_out(shop):
    reply = sign_in(shop)
    other_device = sign_in(shop)
    assert is_good(reply["access_token"])

    answer = revoke(shop.channel, reply["access_token"])

    assert (answer.status_code, answer.json()) == (200, {})
    assert not is_good(reply["access_token"])
    refreshed = ask(shop.channel, grant_type="refresh_token", refresh_token=reply["refresh_token"])
    assert refused(refreshed) == ("invalid_grant", "BAD_REQUEST", 400)
    assert is_good(other_device["access_token"])


def test_revoking_the_refresh_token_ends_the_access_token_too(shop):
    reply = sign_in(shop)

    assert revoke(shop.channel, reply["refresh_token"]).json() == {}

    assert not is_good(reply["access_token"])


def test_an_integration_revokes_its_token_with_its_secret(shop):
    token = granted(shop.application, grant_type="client_credentials")["access_token"]
    other = granted(shop.application, grant_type="client_credentials")["access_token"]
    without = revoke(shop.application, token)
    assert refused(without) == ("invalid_client", "UNAUTHORIZED", 401)
    assert is_good(token)

    assert revoke(shop.application, token, client_secret=shop.application.secret).json() == {}

    assert not is_good(token)
    assert is_good(other)


def test_a_guest_token_needs_the_secret_because_guests_share_it(shop):
    channel = make_application(shop.environment)
    secret = channel.set_secret()
    channel.save()
    token = granted(channel, grant_type="client_credentials")["access_token"]

    assert refused(revoke(channel, token)) == ("unauthorized_client", "FORBIDDEN", 403)
    assert is_good(token)
    assert revoke(channel, token, client_secret=secret).json() == {}
    assert not is_good(token)


def test_nobody_revokes_a_token_of_another_application(shop, rival):
    reply = sign_in(shop)
    for channel in (make_application(shop.environment), rival.channel):
        answer = revoke(channel, reply["access_token"])

        assert refused(answer) == ("unauthorized_client", "FORBIDDEN", 403)
        detail = answer.json()["errors"][0]["detail"]
        assert detail == "You are not authorized to revoke this token"
    assert is_good(reply["access_token"])


def test_revoking_what_is_no_good_anyway_succeeds(shop):
    reply = sign_in(shop)
    revoke(shop.channel, reply["access_token"])

    for token in (reply["access_token"], "rubbish", "", "a.b.c"):
        answer = revoke(shop.channel, token)
        assert (answer.status_code, answer.json()) == (200, {})


def test_a_new_password_ends_all_tokens_of_the_customer_but_not_later_ones(shop):
    before = sign_in(shop)
    assertion = claim(owner=owner(shop.alice))
    by_assertion = granted(shop.application, grant_type=JWT_BEARER, assertion=assertion)
    bystander = shop.bob
    others = granted(
        shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(bystander))
    )

    services.revoke_owner(shop.environment.pk, "Customer", shop.alice.uid)
    after = sign_in(shop)

    assert not is_good(before["access_token"])
    assert not is_good(by_assertion["access_token"])
    assert RefreshToken.objects.filter(customer=shop.alice).count() == 1
    assert is_good(after["access_token"])
    assert is_good(others["access_token"])


def test_a_token_that_is_issued_right_after_is_good(shop):
    scope = Scope("market:all")
    grant = Grant(application=shop.channel, scope=scope, confidential=False, owner=shop.alice)
    for _ in range(20):
        old = sign_access(grant)[0]
        revoke_subject(subjects.owner(shop.environment.pk, "Customer", shop.alice.uid))
        new = sign_access(grant)[0]

        assert is_good(new)
        assert not is_good(old)


def test_saving_a_new_password_is_enough(shop):
    customer = sign_in(shop)
    user = granted(shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(shop.user)))
    for row, reply in ((shop.alice, customer), (shop.user, user)):
        row.save()
        assert is_good(reply["access_token"])

        row.set_password("a new one, at last")
        row.save(update_fields=["password"])

        assert not is_good(reply["access_token"])


def test_no_token_is_issued_behind_the_back_of_a_new_password(shop):
    as_it_was = Customer.objects.get(pk=shop.alice.pk)
    grant = Grant(
        application=shop.channel, scope=Scope("market:all"), confidential=False, owner=as_it_was
    )
    assert services.issue(grant, refreshable=True)
    shop.alice.set_password("a new one, at last")
    shop.alice.save()

    with pytest.raises(InvalidGrantError):
        services.issue(grant, refreshable=True)


def test_a_forgotten_customer_is_signed_out(shop):
    reply = sign_in(shop)
    assert is_good(reply["access_token"])

    with transaction.atomic():
        report = erase_all(shop.environment.pk, shop.alice.uid)

    assert report["oauth.RefreshToken"] == {"deleted": 1}
    assert not is_good(reply["access_token"])


def test_a_deleted_application_takes_its_tokens_along(shop):
    reply = sign_in(shop)
    assert is_good(reply["access_token"])

    shop.channel.delete()

    assert not is_good(reply["access_token"])


def test_an_application_can_start_over(shop):
    reply = granted(shop.application, grant_type="client_credentials")

    services.revoke_application(shop.application)

    assert not is_good(reply["access_token"])


def test_a_dismissed_user_is_signed_out(shop):
    reply = granted(
        shop.application, grant_type=JWT_BEARER, assertion=claim(owner=owner(shop.user))
    )
    assert is_good(reply["access_token"])

    shop.user.memberships.all().delete()

    assert not is_good(reply["access_token"])


def seen_by(process, subject):
    return process.cover([subject], timezone.now().timestamp() - 1)


def test_another_process_learns_of_it_within_half_a_second(shop):
    elsewhere = Revocations()
    subject = subjects.token("abc")
    assert not seen_by(elsewhere, subject)
    revoke_subject(subject)

    deadline = time.monotonic() + REREAD_AFTER + 0.1
    while not seen_by(elsewhere, subject):
        assert time.monotonic() < deadline


def test_a_process_that_starts_later_knows_it_too(shop):
    subject = subjects.token("abc")
    revoke_subject(subject)

    assert seen_by(Revocations(), subject)


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_hides_nothing(transactional_db):
    """Its row is older than rows that were read before it was committed."""
    elsewhere = Revocations()
    slow, quick = subjects.token("slow"), subjects.token("quick")
    written, finish = Event(), Event()

    def slowly():
        with transaction.atomic():
            revoke_subject(slow)
            written.set()
            finish.wait(5)
        connection.close()

    with ThreadPoolExecutor() as pool:
        running = pool.submit(slowly)
        assert written.wait(5)
        revoke_subject(quick)
        elsewhere.expire()
        assert seen_by(elsewhere, quick)
        assert not seen_by(elsewhere, slow)
        finish.set()
        running.result()

    elsewhere.expire()
    assert seen_by(elsewhere, slow)


def test_it_is_forgotten_when_the_token_would_have_expired(shop):
    elsewhere = Revocations()
    subject = subjects.token("abc")
    revoke_subject(subject, good_for=timedelta(hours=1))
    assert seen_by(elsewhere, subject)
    Revocation.objects.update(expires_at=timezone.now())

    assert services.purge() == 1
    assert not seen_by(Revocations(), subject)


@pytest.mark.parametrize("body", [{}, {"token": 5}, {"token": None}, {"token": ["x"]}])
def test_it_refuses_a_request_without_a_token(shop, body):
    answer = post("/oauth/revoke", {"client_id": shop.channel.client_id, **body})

    assert refused(answer) == ("invalid_request", "BAD_REQUEST", 400)


def test_claims_name_the_family_only_where_there_is_one(shop):
    assert "family" in claims(sign_in(shop)["access_token"])
    guest = granted(shop.channel, grant_type="client_credentials")
    assert "family" not in claims(guest["access_token"])
