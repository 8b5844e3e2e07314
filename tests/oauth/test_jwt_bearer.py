"""Assertions: the client's secret is what counts, and whom it may act for."""

import json
import time

import pytest

from tests.factories import make_application, make_customer
from tests.oauth.wire import JWT_BEARER, ask, assertion, claim, encode, owner, refused

INVALID = ("invalid_assertion", "BAD_REQUEST", 400)
KEY = "https://commercelayer.io/claims"


def bear(client, text):
    return ask(client, grant_type=JWT_BEARER, assertion=text)


def test_an_empty_claim_is_refused(shop):
    answer = bear(shop.application, claim())

    assert refused(answer) == INVALID
    assert answer.json()["errors"][0]["detail"] == "The provided assertion is invalid."


def test_nobody_acts_for_people_of_another_shop(shop, rival):
    live = shop.organization.environments.get(mode="live")
    assert bear(shop.application, claim(owner=owner(shop.alice))).status_code == 200
    strangers = [rival.user, rival.alice, make_customer(live)]

    answers = [bear(shop.application, claim(owner=owner(row))) for row in strangers]

    assert [refused(answer) for answer in answers] == [INVALID] * 3
    unknown = bear(shop.application, claim(owner={"type": "User", "id": "nobody"}))
    assert {answer.content for answer in answers} == {unknown.content}


def test_nobody_acts_for_a_dismissed_user_or_a_forgotten_customer(shop):
    shop.user.is_active = False
    shop.user.save()
    shop.alice.anonymization_status = "completed"
    shop.alice.save()

    for row in (shop.user, shop.alice):
        assert refused(bear(shop.application, claim(owner=owner(row)))) == INVALID


def test_a_client_without_its_secret_acts_for_nobody(shop):
    text = claim(owner=owner(shop.alice))
    bodies = [
        {"client_id": shop.channel.client_id},
        {"client_id": shop.application.client_id},
        {"client_id": shop.application.client_id, "client_secret": "wrong"},
    ]
    for body in bodies:
        answer = ask(grant_type=JWT_BEARER, assertion=text, **body)

        assert refused(answer) == ("invalid_client", "UNAUTHORIZED", 401)


@pytest.mark.parametrize(
    "members",
    [
        {"owner": "Customer"},
        {"owner": []},
        {"owner": {}},
        {"owner": {"type": "Customer"}},
        {"owner": {"type": "customer", "id": "x"}},
        {"owner": {"type": "Application", "id": "x"}},
        {"owner": {"type": ["User"], "id": "x"}},
        {"owner": {"type": "User", "id": 5}},
        {"owner": {"type": "User", "id": {}}},
        {"owner": {"type": "User", "id": "\0"}},
        {"owner": {"type": "User", "id": "\ud800"}},
        {"custom_claim": {}},
        {"custom_claim": "text"},
        {"custom_claim": ["list"]},
        {"custom_claim": {"nul": "\0"}},
        {"custom_claim": {"half": "\ud800"}},
        {"custom_claim": {"\0": 1}},
        {"custom_claim": {"n": float("inf")}},
        {"custom_claim": {"n": float("nan")}},
        {"owner": None, "custom_claim": None},
    ],
)
def test_it_refuses_strange_claims(shop, members):
    assert refused(bear(shop.application, claim(**members))) == INVALID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rubbish",
        "a.b.c",
        "..",
        "é.é.é",
        assertion([]),
        assertion("text"),
        assertion({KEY: "text"}),
        assertion({KEY: []}),
        assertion({"claims": {"custom_claim": {"a": 1}}}),
        assertion({KEY: {"custom_claim": {"a": 1}}, "exp": int(time.time()) - 1}),
        assertion({KEY: {"custom_claim": {"a": 1}}, "exp": "tomorrow"}),
        f"{encode({'alg': 'HS512'})}.{encode(b'[' * 2900)}.{encode(b'x')}",
        f"{encode({'alg': 'HS512'})}.{encode(b'{' + b'1' * 2000)}.{encode(b'x')}",
    ],
)
def test_it_refuses_what_is_no_assertion(shop, text):
    assert refused(bear(shop.application, text)) == INVALID


def test_it_takes_four_kilobytes_and_not_more(shop):
    def padded(length):
        text = ""
        while len(claim(custom_claim={"text": text})) < length:
            text += "x"
        return claim(custom_claim={"text": text})

    fits = padded(4094)

    assert len(fits) <= 4096 < len(padded(4097))
    assert bear(shop.application, fits).status_code == 200
    assert refused(bear(shop.application, padded(4097))) == INVALID


def test_a_deeply_nested_claim_is_no_accident(shop):
    nested = "x"
    for _ in range(300):
        nested = [nested]

    answer = bear(shop.application, claim(custom_claim={"deep": nested}))

    assert answer.status_code in (200, 400), json.dumps(answer.json())


def test_a_missing_assertion_is_an_invalid_request(shop):
    answer = ask(shop.application, grant_type=JWT_BEARER)

    assert refused(answer) == ("invalid_request", "BAD_REQUEST", 400)


def test_another_application_cannot_borrow_the_secret(shop):
    other = make_application(shop.environment, "integration")

    answer = ask(
        grant_type=JWT_BEARER,
        client_id=other.client_id,
        client_secret=shop.application.secret,
        assertion=claim(owner=owner(shop.alice)),
    )

    assert refused(answer) == ("invalid_client", "UNAUTHORIZED", 401)
