"""Writes that are one statement, compared with the same writes done row by row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.models import Event, EventStore
from anonymization.models import Status
from customers.models import Customer
from tests.api import document, error
from tests.queries import cost

# No two rows have the same, however they were made.
OWN = {"created_at", "updated_at", "shopper_reference", "profile_id"}
ALL_KINDS = {"ü": [1, None, {"a": True}], "n": 1.5, "%s": "%"}


def told(uid):
    """Return the entries and events about a resource, without what is each row's own."""
    entries = [
        (
            *(entry.event, entry.resource_type, entry.subject_uid == uid, entry.who.keys()),
            {name: pair for name, pair in entry.payload.items() if name not in OWN},
            entry.payload.keys() & OWN,
        )
        for entry in EventStore.objects.filter(resource_uid=uid).order_by("pk")
    ]
    events = Event.objects.filter(resource_uid=uid).order_by("pk")
    return entries, [
        (event.name, event.metadata, event.resource.uid == uid, event.subject_uid == uid)
        for event in events
    ]


def shown(reply):
    """Return the attributes of a reply that two rows can have in common."""
    assert reply.status_code in (200, 201), reply.content
    attributes = reply.json()["data"]["attributes"]
    return {name: value for name, value in attributes.items() if name not in OWN}


def row_by_row(shop, resource_type, uid, **attributes):
    """Change a resource under a condition, which takes a look at the row first."""
    body = document(resource_type, id=uid, attributes=attributes)
    return shop.integration.request("PATCH", f"{resource_type}/{uid}", body, **{"If-Match": "*"})


@pytest.fixture
def queries():
    with CaptureQueriesContext(connection) as captured:
        yield captured


def locks(queries):
    return [query for query in queries.captured_queries if " FOR UPDATE" in query["sql"]]


KINDS = [
    ("customers", {"email": "New@Example.com", "metadata": ALL_KINDS}),
    ("customers", {"email": "new@example.com", "password": "correct horse", "profile_id": ""}),
    ("customers", {"email": "new@example.com", "reference": "", "tax_exemption_code": None}),
    ("customer_groups", {"name": "Friends", "code": None}),
    (
        "skus",
        {"code": "TEE", "name": "Tee", "description": "", "weight": None, "pieces_per_pack": 2},
    ),
]


@pytest.mark.parametrize(("resource_type", "attributes"), KINDS)
def test_a_create_is_told_as_one_row_by_row(shop, rival, resource_type, attributes):
    made = shop.integration.post(resource_type, attributes=attributes)
    chosen = rival.integration.post(resource_type, id="chosen", attributes=attributes)
    assert shown(made) == shown(chosen)
    assert told(made.json()["data"]["id"]) == told("chosen")
    assert told("chosen")[1]


CHANGES = [
    ("customers", {"email": "a@example.com"}, {"email": "B@example.com", "reference": None}),
    ("customers", {"email": "a@example.com", "metadata": {"a": 1}}, {"metadata": ALL_KINDS}),
    ("customers", {"email": "a@example.com", "reference": "x"}, {"reference": None}),
    ("customer_groups", {"name": "Friends"}, {"name": "Foes", "code": "foes", "metadata": {}}),
    ("customer_groups", {"name": "Friends"}, {"reference": "100 %s %", "code": None}),
]


@pytest.mark.parametrize(("resource_type", "attributes", "change"), CHANGES)
def test_a_change_is_told_as_one_row_by_row(  # noqa: PLR0917
    shop, rival, queries, resource_type, attributes, change
):
    uid = shop.integration.post(resource_type, attributes=attributes).json()["data"]["id"]
    other = rival.integration.post(resource_type, attributes=attributes).json()["data"]["id"]
    before = len(locks(queries))
    changed = shop.integration.patch(resource_type, uid, attributes=change)
    assert len(locks(queries)) == before
    long = row_by_row(rival, resource_type, other, **change)
    assert len(locks(queries)) > before
    assert shown(changed) == shown(long)
    assert told(uid) == told(other)
    assert changed.json() == shop.integration.get(f"{resource_type}/{uid}").json()


def test_what_stays_the_same_is_not_told(shop):
    sent = {"email": shop.alice.email, "reference": "other"}
    assert shop.integration.patch("customers", shop.alice.uid, attributes=sent).status_code == 200
    entry = EventStore.objects.get(resource_uid=shop.alice.uid)
    assert entry.payload.keys() == {"reference", "updated_at"}
    assert not Event.objects.filter(resource_uid=shop.alice.uid).exists()


def test_a_taken_email_leaves_nothing_behind(shop):
    changed = {"email": shop.bob.email}
    assert shop.alice.email == "alice@example.com"
    before = EventStore.objects.count(), Event.objects.count()
    taken = shop.integration.post("customers", attributes={"email": "ALICE@example.com"})
    assert (taken.status_code, error(taken)["meta"]["error"]) == (422, "taken")
    refused = shop.integration.patch("customers", shop.alice.uid, attributes=changed)
    assert (refused.status_code, error(refused)["meta"]["error"]) == (422, "taken")
    assert (EventStore.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize("status", [Status.STARTED, Status.COMPLETED])
def test_nobody_who_is_forgotten_is_changed(shop, status):
    attributes = {"reference": "x"}
    Customer.objects.filter(pk=shop.alice.pk).update(anonymization_status=status)
    refused = shop.integration.patch("customers", shop.alice.uid, attributes=attributes)
    assert refused.status_code == 409
    Customer.objects.filter(pk=shop.alice.pk).update(anonymization_status=Status.REQUESTED)
    taken = shop.integration.patch("customers", shop.alice.uid, attributes=attributes)
    assert taken.status_code == 200


def test_another_tenants_row_stays_as_it_is(shop, rival):
    sent = {"reference": "x"}
    assert rival.integration.patch("customers", shop.alice.uid, attributes=sent).status_code == 404
    shop.alice.refresh_from_db()
    assert shop.alice.reference is None


@pytest.mark.django_db(transaction=True)
def test_a_write_is_one_statement_without_a_transaction_around_it(shop):
    sent = {"email": "new@example.com"}
    uid, change = shop.alice.uid, {"reference": "x", "metadata": {"a": 1}}
    shop.integration.post("customers", attributes={"email": "first@example.com"})
    assert cost(lambda: shop.integration.post("customers", attributes=sent)) == 1
    assert cost(lambda: shop.integration.patch("customers", uid, attributes=change)) == 1
