import pytest

from activity.models import Event
from activity.services import publish
from tests.api import error

pytestmark = pytest.mark.django_db


def topics(**about):
    return list(Event.objects.filter(**about).order_by("pk").values_list("name", flat=True))


def test_a_new_resource_has_an_event(shop):
    uid = shop.guest.post("customers", attributes={"email": "new@example.com"}).json()["data"]["id"]

    reply = shop.staff.get(f"customers/{uid}/events")

    [event] = reply.json()["data"]
    assert event["attributes"]["name"] == "customers.create"


def test_metadata_of_a_customer_is_watched(shop):
    shop.staff.patch("customers", shop.alice.uid, attributes={"metadata": {"tier": "gold"}})
    shop.staff.patch("customers", shop.alice.uid, attributes={"reference": "r"})

    assert topics(resource_uid=shop.alice.uid) == ["customers.metadata_update"]


def test_the_event_of_the_end_outlives_the_resource(shop):
    publish(instance=shop.alice, topic="customers.create")

    assert shop.staff.delete(f"customers/{shop.alice.uid}").status_code == 204

    assert topics(resource_uid=shop.alice.uid) == ["customers.destroy"]
    assert Event.objects.get(name="customers.destroy").resource is None


def test_an_environment_takes_its_events_along(shop, rival):
    for one in (shop.alice, rival.alice):  # of resources that are gone: the others' go with them
        publish(instance=one, topic="customers.destroy", gone=True)

    shop.environment.delete()

    assert topics(environment_id=shop.alice.environment_id) == []
    assert topics(environment_id=rival.alice.environment_id) == ["customers.destroy"]


def test_it_belongs_to_whom_its_resource_belongs(shop):
    event = publish(instance=shop.alice, topic="customers.create")

    assert event.subject_uid == shop.alice.uid


def test_only_reference_and_metadata_can_be_written(shop):
    event = publish(instance=shop.alice, topic="customers.create")

    reply = shop.staff.patch("events", event.uid, attributes={"reference": "seen"})
    refused = shop.staff.patch("events", event.uid, attributes={"name": "customers.destroy"})

    assert reply.json()["data"]["attributes"]["reference"] == "seen"
    assert refused.status_code == 400
    assert error(refused)["code"] == "PARAM_NOT_ALLOWED"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_nobody_makes_or_deletes_one(shop, method):
    event = publish(instance=shop.alice, topic="customers.create")
    body = {"data": {"type": "events", "attributes": {"name": "a.b"}}}

    path = "events" if method == "POST" else f"events/{event.uid}"
    reply = shop.staff.request(method, path, body if method == "POST" else None)

    assert reply.status_code == 403
    assert Event.objects.count() == 1


def test_another_tenants_events_do_not_exist(shop, rival):
    event = publish(instance=shop.alice, topic="customers.create")

    assert shop.staff.get(f"events/{event.uid}").status_code == 200
    assert rival.staff.get(f"events/{event.uid}").status_code == 404
