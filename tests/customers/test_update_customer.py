"""PATCH and DELETE /api/customers/<id>"""

import pytest

from activity.models import EventStore
from customers.models import Customer
from tests.api import error, identifier
from tests.factories import PASSWORD, make_address, make_group


def test_only_what_is_sent_changes(shop):
    shop.alice.reference = "kept"
    shop.alice.save()

    reply = shop.integration.patch("customers", shop.alice.uid, attributes={"profile_id": "p-1"})

    attributes = reply.json()["data"]["attributes"]
    assert (attributes["profile_id"], attributes["reference"]) == ("p-1", "kept")


def test_metadata_is_replaced(shop):
    shop.alice.metadata = {"a": 1, "b": 2}
    shop.alice.save()

    reply = shop.integration.patch("customers", shop.alice.uid, attributes={"metadata": {"c": 3}})

    assert reply.json()["data"]["attributes"]["metadata"] == {"c": 3}


def test_a_group_is_set_and_cleared(shop):
    group = make_group(shop.environment)

    def belongs(linked):
        reply = shop.integration.patch(
            "customers", shop.alice.uid, relationships={"customer_group": linked}
        )
        assert reply.status_code == 200, reply.content
        shop.alice.refresh_from_db()
        return shop.alice.customer_group

    assert belongs(identifier("customer_groups", group)) == group
    assert belongs(None) is None


def test_a_retrieved_customer_can_be_sent_back(shop):
    """Official clients do: read-only attributes that say nothing new are ignored."""
    data = shop.integration.get(
        f"customers/{shop.alice.uid}", {"include": "customer_group,orders"}
    ).json()["data"]
    linked = {name: one["data"] for name, one in data["relationships"].items() if "data" in one}

    reply = shop.integration.patch(
        "customers",
        shop.alice.uid,
        attributes={**data["attributes"], "reference": "new"},
        relationships=linked,
    )

    assert reply.status_code == 200, reply.content
    assert reply.json()["data"]["attributes"]["reference"] == "new"


@pytest.mark.parametrize(
    "attributes",
    [
        {"status": "repeat"},
        {"total_orders_count": 5},
        {"has_password": False},
        {"anonymization_status": "completed"},
        {"anonymization_info": {"status": "completed"}},
        {"created_at": "2001-01-01T00:00:00.000Z"},
        {"enabled": False},
        {"environment_id": 1},
    ],
)
def test_a_fact_cannot_be_changed(shop, attributes):
    before = Customer.objects.filter(pk=shop.alice.pk).values().get()

    reply = shop.integration.patch("customers", shop.alice.uid, attributes=attributes)

    assert error(reply)["code"] == "PARAM_NOT_ALLOWED"
    assert Customer.objects.filter(pk=shop.alice.pk).values().get() == before


def test_a_failed_write_changes_nothing(shop):
    reply = shop.integration.patch(
        "customers", shop.alice.uid, attributes={"reference": "x", "email": "nonsense"}
    )

    assert reply.status_code == 422
    shop.alice.refresh_from_db()
    assert shop.alice.reference is None


def test_a_customer_changes_their_own_profile_only(shop):
    own = shop.as_alice.patch("customers", shop.alice.uid, attributes={"reference": "mine"})
    other = shop.as_alice.patch("customers", shop.bob.uid, attributes={"reference": "mine"})

    assert own.status_code == 200
    assert error(other)["code"] == "RECORD_NOT_FOUND"


def test_a_new_password_signs_in_and_the_old_one_does_not(shop):
    reply = shop.as_alice.patch(
        "customers", shop.alice.uid, attributes={"password": "another secret"}
    )

    assert reply.status_code == 200
    shop.alice.refresh_from_db()
    assert shop.alice.check_password("another secret")
    assert not shop.alice.check_password(PASSWORD)


def test_a_change_is_in_the_audit_trail_without_secrets(shop):
    shop.integration.patch(
        "customers", shop.alice.uid, attributes={"reference": "R-1", "password": "another secret"}
    )

    entry = EventStore.objects.filter(resource_uid=shop.alice.uid, event="update").get()
    assert entry.payload["reference"] == [None, "R-1"]
    assert "another secret" not in str(entry.payload)
    assert "argon2" not in str(entry.payload)


def test_a_customer_without_orders_is_deleted_with_every_trace(shop):
    make_address(shop.environment, customer=shop.alice)
    assert b"alice@example.com" in shop.integration.get("customers").content

    reply = shop.integration.delete(f"customers/{shop.alice.uid}")

    assert (reply.status_code, reply.content) == (204, b"")
    assert shop.integration.get(f"customers/{shop.alice.uid}").status_code == 404
    assert not Customer.objects.filter(uid=shop.alice.uid).exists()


def test_a_deleted_customers_email_is_free_again(shop):
    shop.integration.delete(f"customers/{shop.alice.uid}")

    reply = shop.integration.post("customers", attributes={"email": "alice@example.com"})

    assert reply.status_code == 201
