"""requestToBeForgotten: the same request by another door."""

import pytest

from anonymization import services
from anonymization.models import AnonymizationRequest
from tests.compat.door import refusal


@pytest.fixture
def alice(shop, door):
    path = f"/{shop.alice.uid}"

    class Alice:
        def ask(self, wanted=True):
            return door.post(path, {"requestToBeForgotten": wanted})

        @property
        def flag(self):
            return door.get(path).json()["requestToBeForgotten"]

        @property
        def status(self):
            return shop.integration.get(f"customers/{shop.alice.uid}").json()["data"]["attributes"][
                "anonymization_status"
            ]

        def seen_by(self, wanted):
            rows = door.get(requestToBeForgotten=wanted).json()["data"]
            return shop.alice.uid in [row["id"] for row in rows]

        def forget(self):
            request = AnonymizationRequest.objects.of(shop.environment.pk, shop.alice.uid).first()
            AnonymizationRequest.objects.update(not_before="2020-01-01T00:00:00Z")
            assert services.process(request_id=request.pk)

    return Alice()


def test_the_flag_opens_a_request_and_the_other_door_knows(alice):
    assert (alice.flag, alice.status) == (False, None)

    assert alice.ask().json()["requestToBeForgotten"] is True

    assert (alice.flag, alice.status) == (True, "requested")
    assert AnonymizationRequest.objects.count() == 1


def test_the_other_doors_request_sets_the_flag(shop, alice):
    shop.staff.patch("customers", shop.alice.uid, attributes={"_request_anonymization": True})

    assert (alice.flag, alice.status) == (True, "requested")


def test_asking_twice_asks_once(alice):
    alice.ask()

    assert alice.ask(1).status_code == 200
    assert AnonymizationRequest.objects.count() == 1


def test_false_withdraws_and_one_may_ask_again(alice):
    alice.ask()

    assert alice.ask(False).json()["requestToBeForgotten"] is False
    assert alice.status == "cancelled"
    assert alice.ask(False).status_code == 200
    assert alice.ask().json()["requestToBeForgotten"] is True
    assert alice.status == "requested"


def test_what_was_forgotten_stays_forgotten(alice, door, shop):
    alice.ask()
    alice.forget()

    assert (alice.flag, alice.status) == (True, "completed")
    assert alice.ask(True).status_code == 200
    assert refusal(alice.ask(False)) == (
        409,
        "conflict",
        "restricted_update",
        "requestToBeForgotten",
    )
    reply = door.post(f"/{shop.alice.uid}", {"email": "new@x.example"})
    assert refusal(reply)[:3] == (409, "conflict", "restricted_update")


def test_the_list_can_be_filtered_by_it(alice):
    assert (alice.seen_by("true"), alice.seen_by("false")) == (False, True)
    alice.ask()
    assert (alice.seen_by("1"), alice.seen_by("0")) == (True, False)
    alice.ask(False)
    assert (alice.seen_by("true"), alice.seen_by("false")) == (False, True)


def test_a_change_and_the_wish_come_together_or_not_at_all(shop, alice, door):
    reply = door.post(
        f"/{shop.alice.uid}",
        {"type": "business", "requestToBeForgotten": True, "defaultSourceId": "nothing"},
    )

    assert refusal(reply)[2] == "source_not_found"
    assert (alice.flag, alice.status) == (False, None)
    assert "type" not in door.get(f"/{shop.alice.uid}").json()


def test_the_audit_trail_tells_which_key_asked(shop, alice):
    alice.ask()

    entries = shop.integration.get("event_stores").json()["data"]
    asked = [e for e in entries if e["attributes"]["event"] == "anonymization_request"]
    assert asked[0]["attributes"]["who"]["application"]["id"] == shop.application.uid
