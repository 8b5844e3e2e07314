"""Who guesses passwords is locked out, at every door, by account and by address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from oauth import signing_in
from oauth.models import SignInCount
from tests.cast import Shop
from tests.compat.sdk import Sdk, sentence
from tests.factories import PASSWORD, make_customer


@pytest.fixture
def guess(sdk):
    def guess(password="wrong", **name):
        return sdk.post("auth/login", password=password, **(name or {"email": "ada@example.com"}))

    return guess


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_after_ten_failures_the_door_stays_shut_for_a_while(ada, guess, email):
    replies = [guess(email=email) for _ in range(10)]
    assert {sentence(reply)[0] for reply in replies} == {404}

    for password in ("wrong", PASSWORD):
        reply = guess(password, email=email)
        assert sentence(reply) == (429, "Too many login attempts")
        assert 1 <= int(reply["Retry-After"]) <= 300


def test_email_and_user_name_are_one_account(ada, guess):
    for _ in range(5):
        guess(email="ada@example.com")
        guess(username="ada-b")

    assert guess(PASSWORD, username="ADA-B").status_code == 429


def test_other_accounts_stay_open(shop, ada, guess):
    make_customer(shop.environment, email="bob@example.com", password=PASSWORD)
    for _ in range(11):
        guess()

    assert guess(PASSWORD, email="bob@example.com").status_code == 200


def test_the_right_password_starts_the_count_anew(ada, guess):
    for _ in range(3):
        for _ in range(9):
            assert guess().status_code == 404
        assert guess(PASSWORD).status_code == 200


def test_it_opens_again_when_the_minutes_are_over(ada, guess):
    for _ in range(11):
        guess()
    assert guess(PASSWORD).status_code == 429

    SignInCount.objects.update(ends_at=F("ends_at") - timedelta(minutes=5))

    assert guess(PASSWORD).status_code == 200


def test_one_address_cannot_try_many_accounts(db, ada, guess, monkeypatch):
    monkeypatch.setattr(signing_in, "TRIES_PER_ADDRESS", 5)
    for number in range(5):
        assert guess(email=f"{number}@example.com").status_code == 404

    assert guess(PASSWORD).status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    body = {"site_id": ada.environment_id, "email": ada.email, "password": PASSWORD}
    assert elsewhere.post("/api/v1/sdk/auth/login", body).status_code == 200


def test_the_other_door_counts_the_same_tries(shop, ada, guess):
    def sign_in(password):
        body = {"grant_type": "password", "client_id": shop.channel.client_id}
        body |= {"username": ada.email, "password": password}
        return Client().post("/oauth/token", body, content_type="application/json")

    for _ in range(10):
        assert sign_in("wrong").status_code == 400

    reply = sign_in(PASSWORD)
    assert (reply.status_code, reply.json()["errors"][0]["title"]) == (429, "too_many_requests")
    assert int(reply["Retry-After"]) >= 1
    assert guess(PASSWORD).status_code == 429


def test_the_old_password_cannot_be_guessed_with_a_stolen_token(as_ada):
    new = {"new_password": "a better one", "confirm_new_password": "a better one"}
    for _ in range(10):
        as_ada.post("password/update", old_password="wrong", **new)

    reply = as_ada.post("password/update", old_password=PASSWORD, **new)

    assert sentence(reply) == (429, "Too many login attempts")


def test_the_counts_name_nobody(ada, guess):
    guess()

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM oauth_signincount c")
        assert "ada" not in cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_of_50_tries_at_once_exactly_ten_are_looked_at(db):
    shop = Shop(f"s{uuid4().hex[:8]}")
    customer = make_customer(shop.environment, email="ada@example.com", password=PASSWORD)
    site = shop.environment.pk

    def try_once(number):
        try:
            return Sdk(site).post("auth/login", email=customer.email, password="wrong").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(try_once, range(50)))

    assert sorted(answers) == [404] * 10 + [429] * 40
