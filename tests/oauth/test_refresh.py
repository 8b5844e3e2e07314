"""Refresh tokens work once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from oauth import services
from oauth.models import RefreshToken
from tests.factories import make_application
from tests.oauth.wire import ask, claims, granted, is_good, refused, sign_in

OWNED = {
    "access_token",
    "token_type",
    "expires_in",
    "scope",
    "created_at",
    "refresh_token",
    "owner_id",
    "owner_type",
}
INVALID_GRANT = ("invalid_grant", "BAD_REQUEST", 400)


def refresh(client, reply, **body):
    return ask(client, grant_type="refresh_token", refresh_token=reply["refresh_token"], **body)


def test_a_refresh_gives_two_new_tokens_for_the_same_customer(shop):
    first = sign_in(shop)

    second = refresh(shop.channel, first).json()

    assert set(second) == OWNED
    assert second["refresh_token"] != first["refresh_token"]
    assert claims(second["access_token"])["owner"] == claims(first["access_token"])["owner"]
    assert is_good(second["access_token"])
    assert is_good(first["access_token"])  # both are valid in the overlap


def test_a_second_use_ends_the_whole_family(shop):
    first = sign_in(shop)
    second = refresh(shop.channel, first).json()
    other_device = sign_in(shop)
    assert is_good(second["access_token"])

    assert refused(refresh(shop.channel, first)) == INVALID_GRANT

    assert not is_good(first["access_token"])
    assert not is_good(second["access_token"])
    assert refused(refresh(shop.channel, second)) == INVALID_GRANT
    assert is_good(other_device["access_token"])


def test_it_lives_two_weeks_whatever_the_access_token_does(shop):
    shop.channel.access_token_lifetime = timedelta(days=15)
    shop.channel.save()

    reply = sign_in(shop)

    assert reply["expires_in"] == 15 * 24 * 3600
    facts = claims(reply["refresh_token"])
    assert facts["exp"] - facts["iat"] == 14 * 24 * 3600
    row = RefreshToken.objects.get(jti=facts["jti"])
    assert abs(row.expires_at - timezone.now() - timedelta(days=14)) < timedelta(seconds=5)


def test_an_expired_one_is_refused(shop):
    reply = sign_in(shop)
    RefreshToken.objects.update(expires_at=timezone.now())

    assert refused(refresh(shop.channel, reply)) == INVALID_GRANT


def test_an_access_token_refreshes_nothing(shop):
    reply = sign_in(shop)

    answer = ask(shop.channel, grant_type="refresh_token", refresh_token=reply["access_token"])

    assert refused(answer) == INVALID_GRANT


def test_another_application_cannot_use_it(shop):
    reply = sign_in(shop)

    assert refused(refresh(make_application(shop.environment), reply)) == INVALID_GRANT
    assert refresh(shop.channel, reply).status_code == 200


def test_the_scope_may_not_grow(shop, market):
    narrow = f"market:id:{market.uid}"
    reply = sign_in(shop, scope=narrow)

    grown = refresh(shop.channel, reply, scope="market:all")

    assert refused(grown) == ("invalid_scope", "BAD_REQUEST", 400)
    same = refresh(shop.channel, reply, scope=narrow).json()
    assert same["scope"] == narrow


def test_the_scope_may_shrink_and_come_back(shop, market):
    wide = sign_in(shop, scope="market:all")

    narrow = refresh(shop.channel, wide, scope=f"market:id:{market.uid}").json()
    again = refresh(shop.channel, narrow).json()

    assert claims(narrow["access_token"])["market"]["id"] == [market.uid]
    assert again["scope"] == "market:all"
    assert "market" not in claims(again["access_token"])


def test_a_forgotten_or_dismissed_owner_cannot_refresh(shop):
    reply = sign_in(shop)
    shop.alice.anonymization_status = "completed"
    shop.alice.save()

    assert refused(refresh(shop.channel, reply)) == INVALID_GRANT


def test_a_refused_refresh_leaves_the_token_unused(shop):
    reply = sign_in(shop)
    assert refresh(shop.channel, reply, scope="nonsense").status_code == 400

    assert granted(shop.channel, grant_type="refresh_token", refresh_token=reply["refresh_token"])


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c", "é", "x" * 40_000])
def test_rubbish_is_refused(shop, token):
    answer = ask(shop.channel, grant_type="refresh_token", refresh_token=token)

    assert refused(answer) == INVALID_GRANT


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins_and_the_family_dies(transactional_db, shop):
    reply = sign_in(shop)

    def race(_):
        try:
            return refresh(shop.channel, reply)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(8)))

    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {refused(answer) for answer in answers if answer.status_code != 200} == {INVALID_GRANT}
    assert not is_good(won[0]["access_token"])
    assert refused(refresh(shop.channel, won[0])) == INVALID_GRANT


def test_purging_takes_only_what_is_over(shop):
    sign_in(shop)
    kept = sign_in(shop)
    old = timezone.now() - timedelta(days=16)
    first = RefreshToken.objects.order_by("pk").first()
    RefreshToken.objects.filter(pk=first.pk).update(expires_at=old, created_at=old)

    assert services.purge() == 1
    assert services.purge() == 0

    assert refresh(shop.channel, kept).status_code == 200
