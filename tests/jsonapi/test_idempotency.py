"""Idempotency-Key: a POST that is sent again is not done again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from oauth import services
from oauth.models import IdempotencyKey
from tests.api import MEDIA_TYPE, Api, document, error, token_for
from tests.cast import Shop

ATOMIC = f'{MEDIA_TYPE};ext="https://jsonapi.org/ext/atomic"'
NEW = document("customers", attributes={"email": "new@example.com"})


def post(api, body=NEW, key="k1", path="customers", **headers):
    return api.request("POST", path, body, **{"Idempotency-Key": key, **headers})


def operate(api, *operations, key="k1"):
    headers = {"Content-Type": ATOMIC, "Accept": ATOMIC}
    return post(api, {"atomic:operations": list(operations)}, key, "operations", **headers)


def test_the_same_request_is_answered_again(shop):
    first, second = (post(shop.integration) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second["Location"] == first["Location"]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Customer.objects.count() == 1


def test_the_order_of_members_is_no_difference(shop):
    post(shop.integration)
    data = dict(reversed(NEW["data"].items()))

    assert post(shop.integration, {"data": data}).status_code == 201


def test_without_a_key_it_is_another_request(shop):
    post(shop.integration)

    reply = shop.integration.request("POST", "customers", NEW)
    assert error(reply)["meta"]["error"] == "taken"


def test_the_second_reply_shows_what_there_is_by_then(shop):
    made = post(shop.integration).json()["data"]["id"]
    shop.integration.patch("customers", made, attributes={"reference": "later"})

    again = post(shop.integration, path="customers?fields[customers]=reference")

    assert again.json()["data"]["attributes"] == {"reference": "later"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("customers", document("customers", attributes={"email": "other@example.com"})),
        ("customer_groups", document("customer_groups", attributes={"name": "VIP"})),
    ],
)
def test_another_request_with_the_key_is_refused(shop, path, body):
    post(shop.integration)

    refused = error(post(shop.integration, body, path=path))

    assert (refused["status"], refused["code"]) == ("422", "IDEMPOTENCY_KEY_REUSED")
    assert refused["source"] == {"header": "Idempotency-Key"}
    assert Customer.objects.count() == 1


def test_what_was_refused_may_be_tried_again(shop):
    taken = document("customers", attributes={"email": shop.alice.email})
    assert post(shop.integration, taken).status_code == 422
    shop.alice.delete()

    assert post(shop.integration, taken).status_code == 201


def test_a_key_is_its_callers_own(shop, rival):
    for api in (shop.integration, rival.integration):
        assert "Idempotent-Replayed" not in post(api)
    body = document("customer_subscriptions", attributes={"reference": "news"})
    body["data"]["attributes"]["customer_email"] = "guest@example.com"
    others = [shop.guest, Api(token_for(shop.channel))]

    replies = [post(api, body, "k2", "customer_subscriptions") for api in others]

    assert not any("Idempotent-Replayed" in reply for reply in replies)


def test_who_may_not_read_it_learns_nothing_of_what_became_of_it(shop):
    made = post(shop.guest).json()["data"]
    assert made["attributes"]["email"] == "new@example.com"

    again = post(shop.guest)

    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["data"]["id"] == made["id"]
    assert again.json()["data"]["attributes"] == {}


def test_what_is_gone_is_not_shown(shop):
    made = post(shop.integration).json()["data"]["id"]
    shop.integration.delete(f"customers/{made}")

    assert post(shop.integration).status_code == 404
    assert not Customer.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "é"])
def test_a_key_is_a_short_text(shop, key):
    refused = error(post(shop.integration, key=key))

    assert (refused["status"], refused["source"]) == ("400", {"header": "Idempotency-Key"})


def test_it_is_forgotten_after_a_day(shop):
    made = post(shop.integration).json()["data"]["id"]
    IdempotencyKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    shop.integration.delete(f"customers/{made}")

    assert "Idempotent-Replayed" not in post(shop.integration)
    assert IdempotencyKey.objects.count() == 1
    IdempotencyKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert services.purge() == 1


def test_nothing_personal_is_kept(shop):
    post(shop.integration, key="new@example.com")

    (row,) = IdempotencyKey.objects.values()
    assert not [value for value in row.values() if "new@example.com" in str(value)]


def test_many_writes_are_done_once(shop):
    add = {"op": "add", "data": NEW["data"]}
    remove = {"op": "remove", "ref": {"type": "customers", "id": shop.bob.uid}}

    first, second = (operate(shop.integration, add, remove) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_it_is_being_done_the_same_request_is_a_conflict():

    shop = Shop("acme")
    api, replies = shop.integration, []

    def elsewhere():
        replies.append(post(api))
        connection.close()

    with transaction.atomic():
        assert post(api).status_code == 201
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    replies.append(post(api))

    assert [reply.status_code for reply in replies] == [409, 201]
    assert error(replies[0])["source"] == {"header": "Idempotency-Key"}
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_death_leaves_neither_a_key_nor_a_resource():

    api = Shop("acme").integration
    with transaction.atomic():
        post(api)
        transaction.set_rollback(True)

    assert not Customer.objects.exists()
    assert "Idempotent-Replayed" not in post(api)
