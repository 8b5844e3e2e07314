"""How often tokens may be asked for."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from oauth import throttle
from tests.oauth.wire import refused


@pytest.fixture
def stranger(settings):
    """An address nobody has used yet."""
    settings.OAUTH_TOKEN_RATE = 5
    return uuid4().hex


def ask(address):
    return Client(REMOTE_ADDR=address).post("/oauth/token", {}, content_type="application/json")


def test_who_asks_too_often_is_told_when_to_come_back(db, stranger):
    answers = [ask(stranger) for _ in range(6)]

    assert {answer.status_code for answer in answers[:5]} == {400}
    assert refused(answers[5]) == ("too_many_requests", "TOO_MANY_REQUESTS", 429)
    assert 1 <= int(answers[5]["Retry-After"]) <= 60
    assert ask(uuid4().hex).status_code == 400


def test_parallel_requests_do_not_slip_through_together(stranger):
    request = RequestFactory().post("/oauth/token", REMOTE_ADDR=stranger)

    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(throttle.seconds_to_wait, [request] * 50))

    assert 5 <= waits.count(0) <= 10  # twice the rate if a minute ended meanwhile


def test_zero_means_any_number(db, stranger, settings):
    settings.OAUTH_TOKEN_RATE = 0

    assert {ask(stranger).status_code for _ in range(10)} == {400}


def test_without_redis_nobody_is_locked_out(db, stranger, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    throttle._client.cache_clear()
    try:
        assert {ask(stranger).status_code for _ in range(10)} == {400}
    finally:
        throttle._client.cache_clear()
