from datetime import timedelta

import pytest

from anonymization import services
from tests import factories
from tests.api import error
from tests.orders import goods

pytestmark = pytest.mark.django_db

ASK = {"_request_anonymization": True}
CANCEL = {"_cancel_anonymization": True}


def patch(api, customer, **attributes):
    return api.patch("customers", customer.uid, attributes=attributes)


def attributes(reply):
    assert reply.status_code == 200, reply.json()
    return reply.json()["data"]["attributes"]


def status(shop):
    return attributes(shop.staff.get(f"customers/{shop.alice.uid}"))["anonymization_status"]


@pytest.fixture
def at_once(shop):
    shop.organization.anonymization_grace = timedelta(0)
    shop.organization.save()


def test_an_untouched_customer_shows_no_request(shop):
    told = attributes(shop.staff.get(f"customers/{shop.alice.uid}"))

    assert told["anonymization_status"] is None
    assert told["anonymization_info"] == {}


def test_a_user_asks_and_the_customer_is_forgotten(shop, at_once):
    asked = attributes(patch(shop.staff, shop.alice, **ASK))
    assert asked["anonymization_status"] == "requested"
    assert asked["anonymization_info"]["requester"]["id"] == shop.user.uid

    services.process_due()

    forgotten = attributes(shop.staff.get(f"customers/{shop.alice.uid}"))
    assert forgotten["anonymization_status"] == "completed"
    assert forgotten["anonymization_info"].keys() == {
        "status", "requested_at", "requester", "started_at", "completed_at"
    }  # fmt: skip
    assert forgotten["email"].endswith("@anonymized.invalid")
    assert forgotten["has_password"] is False


def test_asking_again_changes_nothing_while_a_request_is_open(shop):
    first = attributes(patch(shop.staff, shop.alice, **ASK))

    assert attributes(patch(shop.staff, shop.alice, **ASK)) == first


def test_asking_after_it_is_done_is_refused(shop, at_once):
    patch(shop.staff, shop.alice, **ASK)
    services.process_due()

    reply = patch(shop.staff, shop.alice, **ASK)

    assert reply.status_code == 422
    assert error(reply)["code"] == "VALIDATION_ERROR"
    assert error(reply)["source"] == {"pointer": "/data/attributes/_request_anonymization"}


def test_a_request_can_be_cancelled(shop):
    patch(shop.staff, shop.alice, **ASK)

    cancelled = attributes(patch(shop.staff, shop.alice, **CANCEL))

    assert cancelled["anonymization_status"] == "cancelled"
    assert cancelled["anonymization_info"]["cancellation_requester"]["id"] == shop.user.uid
    assert cancelled["email"] == "alice@example.com"


def test_cancelling_needs_an_open_request(shop):
    reply = patch(shop.staff, shop.alice, **CANCEL)

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/attributes/_cancel_anonymization"}


@pytest.mark.parametrize("who", ["integration", "guest", "as_alice"])
@pytest.mark.parametrize("wish", [ASK, CANCEL])
def test_only_a_user_of_the_organization_may_ask(shop, who, wish):
    reply = patch(getattr(shop, who), shop.alice, **wish)

    assert reply.status_code == 401
    assert error(reply)["code"] == "UNAUTHORIZED"
    assert status(shop) is None


def test_a_user_who_left_the_organization_may_not_ask(shop):
    api = shop.staff
    shop.user.memberships.all().delete()

    assert patch(api, shop.alice, **ASK).status_code == 401


def test_the_customer_of_another_tenant_does_not_exist(shop, rival):
    reply = patch(rival.staff, shop.alice, **ASK)

    assert reply.status_code == 404
    assert status(shop) is None


def test_neither_trigger_works_on_create(shop):
    reply = shop.staff.post("customers", attributes={"email": "new@example.com", **ASK})

    assert reply.status_code == 400
    assert error(reply)["code"] == "PARAM_NOT_ALLOWED"


def test_a_false_trigger_does_nothing(shop):
    patch(shop.staff, shop.alice, _request_anonymization=False)

    assert status(shop) is None


def test_the_status_can_be_filtered(shop):
    patch(shop.staff, shop.alice, **ASK)
    factories.make_customer(shop.environment)

    reply = shop.staff.get("customers", {"filter[q][anonymization_status_eq]": "requested"})

    assert [row["id"] for row in reply.json()["data"]] == [shop.alice.uid]


def test_nothing_is_written_to_somebody_being_forgotten(shop, at_once):
    patch(shop.staff, shop.alice, **ASK)
    services.process_due()

    reply = patch(shop.staff, shop.alice, reference="back again")

    assert reply.status_code == 409


def test_nor_to_what_belongs_to_them(shop, at_once):
    address = factories.make_address(shop.environment, customer=shop.alice)
    patch(shop.staff, shop.alice, **ASK)
    services.process_due()

    reply = shop.staff.patch("addresses", address.uid, attributes=factories.ADDRESS)

    assert reply.status_code == 409
    address.refresh_from_db()
    assert address.last_name is None


def test_their_orders_go_on(shop, at_once):
    order = goods.make_placed(
        goods.make_market(shop.environment), shop.alice, metadata={"gift": "for Bob"}
    )
    patch(shop.staff, shop.alice, **ASK)
    services.process_due()

    approved = goods.trigger(shop.staff, order, "_approve")
    noted = shop.staff.patch("orders", order.uid, attributes={"metadata": {"gift": "for Bob"}})

    assert attributes(approved)["status"] == "approved"
    assert attributes(approved)["metadata"] == {}
    assert attributes(approved)["total_amount_cents"] == 1000
    assert noted.status_code == 409


def test_the_old_password_no_longer_signs_in(shop, at_once):
    patch(shop.staff, shop.alice, **ASK)
    services.process_due()

    with pytest.raises(AssertionError, match="invalid"):
        shop.signed_in(shop.alice)


def test_the_same_email_signs_up_as_a_new_person(shop, at_once):
    patch(shop.staff, shop.alice, **ASK)
    services.process_due()

    reply = shop.guest.post("customers", attributes={"email": "ALICE@example.com"})

    assert reply.status_code == 201
    assert reply.json()["data"]["id"] != shop.alice.uid


def test_the_trail_of_a_request_names_no_customer(shop, at_once):
    patch(shop.staff, shop.alice, reference="secret name")
    patch(shop.staff, shop.alice, **ASK)
    services.process_due()

    reply = shop.staff.get(f"customers/{shop.alice.uid}/event_stores")

    events = [row["attributes"]["event"] for row in reply.json()["data"]]
    assert events == [
        "anonymization_completed",
        "anonymization_started",
        "anonymization_request",
        "update",
    ]
    assert "secret name" not in reply.content.decode()
    asked = reply.json()["data"][2]["attributes"]
    assert asked["payload"]["requester"] == {
        "hashid": shop.user.uid,
        "email": shop.user.email,
        "first_name": "Travis",
        "last_name": "Muller",
    }
    assert asked["who"]["owner"]["id"] == shop.user.uid
    assert reply.json()["data"][0]["attributes"]["who"] == {
        "worker": {"id": "AnonymizationWorker", "type": "AnonymizationWorker"}
    }
