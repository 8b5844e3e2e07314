from datetime import timedelta

import pytest

from activity.models import Event, EventStore
from customers.models import Customer, CustomerAddress
from tests import factories
from tests.api import error
from tests.orders import goods
from tests.transfers.steps import ask, finish, finished, shown
from transfers import services
from transfers.models import Import, ImportInput
from transfers.services.batches import TOGETHER


def emails(shop):
    rows = Customer.objects.filter(environment=shop.environment)
    return sorted(rows.values_list("email", flat=True))


def test_it_creates_a_resource_for_each_input(shop):
    group = factories.make_group(shop.environment)
    inputs = [
        {"email": "Ada@example.com", "metadata": {"tier": 1}, "customer_group_id": group.uid},
        {"id": "byron", "email": "byron@example.com"},
    ]

    job = finished(shop.integration, "imports", resource_type="customers", inputs=inputs)

    assert emails(shop) == ["ada@example.com", "byron@example.com"]
    ada = Customer.objects.get(email="ada@example.com")
    assert (ada.customer_group, ada.metadata) == (group, {"tier": 1})
    attributes = shown(shop.integration, job)
    assert attributes["status"] == "completed"
    assert attributes["inputs_size"] == attributes["processed_count"] == 2
    assert attributes["errors_count"] == 0
    assert attributes["errors_log"] == {}
    assert attributes["started_at"] <= attributes["completed_at"]


def test_an_input_with_the_id_of_a_resource_changes_it(shop):
    inputs = [{"id": shop.alice.uid, "reference": "A-1", "metadata": {}}]

    finished(shop.integration, "imports", resource_type="customers", inputs=inputs)

    shop.alice.refresh_from_db()
    assert shop.alice.reference == "A-1"
    assert emails(shop) == ["alice@example.com"]


def test_triggers_act_in_an_import(shop):
    tag = goods.make_sku(shop.environment)
    shop.integration.post("tags", attributes={"name": "vip"})
    inputs = [{"id": tag.uid, "_add_tags": "vip"}]

    job = finished(shop.integration, "imports", resource_type="skus", inputs=inputs)

    assert job.errors_log == {}
    assert list(tag.tags.values_list("name", flat=True)) == ["vip"]


def test_inputs_leave_the_events_and_the_trail_of_single_requests(shop):
    inputs = [{"email": "ada@example.com"}, {"id": shop.alice.uid, "reference": "A-1"}]

    finished(shop.integration, "imports", resource_type="customers", inputs=inputs)

    ada = Customer.objects.get(email="ada@example.com")
    entries = EventStore.objects.filter(environment=shop.environment)
    made = entries.about("customers", ada.uid).get()
    assert made.event == "create"
    assert made.payload["email"] == [None, "ada@example.com"]
    assert made.who["application"]["id"] == shop.application.uid
    changed = entries.about("customers", shop.alice.uid).get()
    assert changed.payload["reference"] == [None, "A-1"]
    assert ada.events.get().name == "customers.create"


def test_what_is_wrong_with_an_input_is_told_and_nothing_else_suffers(shop):
    inputs = [
        {"email": "ada@example.com"},
        {"email": "ADA@example.com"},
        {"email": "no address", "reference": 7},
        {"email": "byron@example.com", "shoe_size": 43},
        {"email": "c@example.com", "customer_group_id": "nobody"},
        {"id": "a b", "email": "d@example.com"},
        {},
        {"email": "e@example.com"},
    ]

    job = finished(
        shop.integration, "imports", resource_type="customers", inputs=inputs, skip_errors=True
    )

    assert emails(shop) == ["ada@example.com", "e@example.com"]
    assert job.errors_log == {
        "2": {"email": ["has already been taken"]},
        "3": {"email": ["is invalid"], "reference": ["is invalid"]},
        "4": {"base": ["Param not allowed"]},
        "5": {"customer_group": ["Record not found"]},
        "6": {"id": ["is invalid"]}
        if "id" in job.errors_log.get("6", {})
        else {"base": ["is invalid"]},
        "7": {"email": ["can't be blank"]},
    }
    assert (job.processed_count, job.errors_count, job.status) == (2, 6, "completed")


def test_failures_of_what_belongs_to_nobody_are_told_by_code(shop):
    inputs = [{"code": "MUG", "name": "Mug"}, {"code": "MUG", "name": "Another"}]

    job = finished(
        shop.integration, "imports", resource_type="skus", inputs=inputs, skip_errors=True
    )

    assert job.errors_log == {"MUG": {"code": ["has already been taken"]}}


def test_more_than_a_tenth_of_errors_interrupts(shop):
    inputs = [{"email": f"{number}@example.com"} for number in range(30)]
    for number in (3, 9, 14, 20):
        inputs[number] = {"email": "no address"}

    job = finished(shop.integration, "imports", resource_type="customers", inputs=inputs)

    assert (job.status, job.errors_count, job.processed_count) == ("interrupted", 4, 17)
    assert job.interrupted_at
    assert len(emails(shop)) == 17
    assert not ImportInput.objects.filter(job=job).exists()


def test_it_can_be_interrupted_and_keeps_what_it_did(shop, settings):
    settings.TRANSFER_SLICE = timedelta(0)
    inputs = [{"email": f"{number}@example.com"} for number in range(TOGETHER + 20)]
    job = ask(shop.integration, "imports", resource_type="customers", inputs=inputs)
    services.run(kind="imports", job_id=job.pk)

    reply = shop.integration.patch("imports", job.uid, attributes={"_interrupt": True})

    attributes = reply.json()["data"]["attributes"]
    assert (attributes["status"], attributes["processed_count"]) == ("interrupted", TOGETHER)
    assert len(emails(shop)) == TOGETHER
    assert not ImportInput.objects.filter(job=job).exists()
    assert not services.run(kind="imports", job_id=job.pk)
    again = shop.integration.patch("imports", job.uid, attributes={"_interrupt": True})
    assert again.status_code == 200


def test_what_is_completed_cannot_be_interrupted(shop):
    job = finished(shop.integration, "imports", resource_type="customers", inputs=[])

    reply = shop.integration.patch("imports", job.uid, attributes={"_interrupt": True})

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/attributes/_interrupt"}


def test_inputs_cannot_be_read_and_are_gone_when_it_ends(shop):
    job = ask(
        shop.integration, "imports", resource_type="customers", inputs=[{"email": "a@example.com"}]
    )
    assert ImportInput.objects.filter(job=job).exists()
    assert shown(shop.integration, job)["inputs"] == []

    finish(job)

    assert not ImportInput.objects.filter(job=job).exists()
    assert shown(shop.integration, job)["inputs"] == []


def test_the_parent_is_named_once_for_all(shop):
    addresses = [factories.make_address(shop.environment) for _ in range(2)]

    job = finished(
        shop.integration,
        "imports",
        resource_type="customer_addresses",
        parent_resource_id=shop.alice.uid,
        inputs=[{"address_id": address.uid} for address in addresses],
    )

    assert job.errors_log == {}
    assert CustomerAddress.objects.filter(customer=shop.alice).count() == 2


def test_events_tell_how_it_goes(shop):
    job = finished(shop.integration, "imports", resource_type="customers", inputs=[])

    names = Event.objects.filter(resource_uid=job.uid).order_by("pk").values_list("name", flat=True)
    assert list(names) == ["imports.create", "imports.start", "imports.complete"]
    reply = shop.integration.get(f"imports/{job.uid}/events")
    assert reply.json()["meta"]["record_count"] == 3


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"resource_type": "unheard_of", "inputs": []}, "resource_type"),
        ({"resource_type": "organizations", "inputs": []}, "resource_type"),
        ({"resource_type": "events", "inputs": []}, "resource_type"),
        ({"resource_type": "imports", "inputs": []}, "resource_type"),
        ({"resource_type": "customers"}, "inputs"),
        ({"resource_type": "customers", "inputs": {}}, "inputs"),
        ({"resource_type": "customers", "inputs": ["a"]}, "inputs"),
        ({"resource_type": "customers", "inputs": "email\na@example.com"}, "inputs"),
        ({"resource_type": "customers", "inputs": [{}] * 10_001}, "inputs"),
        ({"resource_type": "customers", "inputs": [], "format": "xml"}, "format"),
        (
            {"resource_type": "customers", "inputs": [], "parent_resource_id": "x"},
            "parent_resource_id",
        ),
    ],
)
def test_it_refuses_what_it_cannot_import(shop, attributes, field):
    reply = shop.integration.post("imports", attributes=attributes)

    assert reply.status_code == 422, reply.content
    assert error(reply)["source"] == {"pointer": f"/data/attributes/{field}"}
    assert not Import.objects.exists()


def test_it_takes_more_inputs_than_fit_into_an_ordinary_body(shop):
    inputs = [{"email": f"{n}@example.com", "metadata": {"note": "x" * 200}} for n in range(10_000)]

    job = ask(shop.integration, "imports", resource_type="customers", inputs=inputs)

    assert job.inputs_size == 10_000
    assert ImportInput.objects.filter(job=job).count() == 10_000


def test_csv_may_come_as_text(shop):
    job = finished(
        shop.integration,
        "imports",
        resource_type="customers",
        format="csv",
        inputs='email,metadata\nada@example.com,"{""a"": 1}"\n',
    )

    assert job.errors_log == {}
    assert Customer.objects.get(email="ada@example.com").metadata == {"a": 1}


def test_at_most_ten_are_unfinished(shop):
    for _ in range(10):
        ask(shop.integration, "imports", resource_type="customers", inputs=[])

    reply = shop.integration.post(
        "imports", attributes={"resource_type": "customers", "inputs": []}
    )

    assert reply.status_code == 422
    assert error(reply)["meta"] == {"error": "too_many", "count": 10}


def test_deleting_one_that_waits_deletes_its_inputs(shop):
    job = ask(
        shop.integration, "imports", resource_type="customers", inputs=[{"email": "a@b.example"}]
    )

    assert shop.integration.delete(f"imports/{job.uid}").status_code == 204

    assert not ImportInput.objects.exists()
