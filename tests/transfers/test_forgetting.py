"""Nothing of a forgotten person is left in inputs, files, filters and logs."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from anonymization import services as anonymization
from anonymization.erasers import erase_all
from customers.models import Customer, CustomerAddress
from tests import factories
from tests.anonymization.steps import at_once, eventually, latest
from tests.anonymization.steps import request as ask_to_be_forgotten
from tests.api import identifier
from tests.orders import goods
from tests.transfers.steps import ask, download, finish, finished, shown
from transfers import fence, services
from transfers.models import (
    Cleanup,
    Export,
    ExportedRow,
    ExportPart,
    Import,
    ImportInput,
)


def forget(customer):
    with transaction.atomic():
        return erase_all(customer.environment_id, customer.uid)


def waiting(job):
    rows = ImportInput.objects.filter(job=job).order_by("position")
    return [json.loads(content) for content in rows.values_list("content", flat=True)]


def everything():
    """All that the tables of jobs hold, as text."""
    texts = []
    for model in (Import, ImportInput, Export, ExportPart, ExportedRow, Cleanup):
        with connection.cursor() as cursor:
            table = model._meta.db_table
            column = "convert_from(content, 'UTF8')" if model is ExportPart else "t"
            cursor.execute(f"SELECT {column}::text FROM {table} t")
            texts += [row[0] for row in cursor.fetchall()]
    return "\n".join(texts)


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0]


def elsewhere(action):
    """Return the result of what another connection does without waiting for locks, or its error."""

    def act():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10ms'")
            return action()

    [result] = at_once(act)
    return result


def test_inputs_that_name_the_person_are_left_out(shop, rival):
    order = goods.make_order(goods.make_market(shop.environment), shop.alice)
    order.customer_email = "second.address@example.com"
    order.save()
    inputs = [
        {"email": "somebody@example.com"},
        {"email": "Alice@Example.com", "reference": "hers"},
        {"id": shop.alice.uid, "reference": "hers"},
        {"email": "x@example.com", "metadata": {"note": ["ask <alice@example.com>, please"]}},
        {"email": "y@example.com", "metadata": {"order": order.uid}},
        {"email": "second.address@example.com"},
        {"email": "malice@example.com"},
    ]
    job = ask(shop.integration, "imports", resource_type="customers", inputs=inputs)
    other = ask(rival.integration, "imports", resource_type="customers", inputs=inputs[1:2])
    assert "hers" in everything()

    report = forget(shop.alice)

    assert waiting(job) == [inputs[0], inputs[6]]
    assert len(waiting(other)) == 1
    assert report["transfers.ImportInput"] == {"deleted": 5}
    finish(job)
    attributes = shown(shop.integration, job)
    assert (attributes["processed_count"], attributes["warnings_count"]) == (2, 5)
    assert attributes["warnings_log"]["2"] == ["belonged to somebody who was forgotten"]
    assert attributes["status"] == "completed"


def test_the_input_of_somebody_else_survives_two_who_are_forgotten_at_once(shop):
    inputs = [
        {"email": "alice@example.com"},
        {"email": "bob@example.com"},
        {"email": "c@d.example"},
    ]
    job = ask(shop.integration, "imports", resource_type="customers", inputs=inputs)
    shop.organization.anonymization_grace = timedelta(0)
    shop.organization.save()
    for customer in (shop.alice, shop.bob):
        ask_to_be_forgotten(customer)

    anonymization.process_due()

    assert waiting(job) == [inputs[2]]
    for customer in (shop.alice, shop.bob):
        assert latest(customer).report["transfers.ImportInput"] == {"deleted": 1}


def test_a_file_with_something_of_the_person_is_deleted(shop):
    address = factories.make_address(shop.environment, customer=shop.alice)
    CustomerAddress.objects.create(
        environment=shop.environment, customer=shop.alice, address=address
    )
    assert shop.bob
    hers = {"email_eq": "alice@example.com"}
    jobs = [
        finished(shop.integration, "exports", resource_type="customers", fields=["email"]),
        finished(shop.integration, "exports", resource_type="addresses"),
        finished(
            shop.integration,
            "exports",
            resource_type="customer_addresses",
            includes=["customer"],
        ),
        finished(
            shop.integration, "exports", resource_type="customers", filters=hers, format="csv"
        ),
    ]
    bobs = finished(
        shop.integration,
        "exports",
        resource_type="customers",
        filters={"email_eq": "bob@example.com"},
    )
    assert "alice@example.com" in everything()

    forget(shop.alice)

    assert "alice@example.com" not in everything()
    assert "Geraldine" not in everything()
    for job in jobs:
        attributes = shown(shop.integration, job)
        assert (attributes["status"], attributes["attachment_url"]) == ("completed", None)
        assert not ExportPart.objects.filter(job=job).exists()
        assert not ExportedRow.objects.filter(job=job).exists()
    assert json.loads(download(bobs))[0]["email"] == "bob@example.com"


def test_a_file_is_found_by_whose_things_were_when_it_was_written(shop):
    order = goods.make_order(goods.make_market(shop.environment), shop.alice)
    job = finished(shop.integration, "exports", resource_type="orders")
    assert "alice@example.com" in download(job).decode()
    moved = shop.integration.patch(
        "orders", order.uid, relationships={"customer": identifier("customers", shop.bob)}
    )
    assert moved.status_code == 200

    forget(shop.alice)

    assert not ExportPart.objects.exists()


def test_what_hangs_on_the_person_leads_to_the_file_too(shop):
    shop.integration.post(
        "attachments",
        attributes={"name": "Passport", "url": "https://files.example/alice"},
        relationships={"attachable": identifier("customers", shop.alice)},
    )
    job = finished(shop.integration, "exports", resource_type="attachments")
    assert b"Passport" in download(job)

    forget(shop.alice)

    assert not ExportPart.objects.exists()


def test_a_file_that_is_being_written_is_begun_anew(shop, settings):
    settings.TRANSFER_SLICE = timedelta(0)
    assert shop.alice
    for _ in range(260):
        factories.make_customer(shop.environment)
    job = ask(shop.integration, "exports", resource_type="customers", fields=["email"])
    services.run(kind="exports", job_id=job.pk)
    assert "alice@example.com" in everything()

    forget(shop.alice)
    rows = json.loads(download(finish(job)))

    assert len(rows) == 261
    assert "alice@example.com" not in {row["email"] for row in rows}


def test_filters_that_name_the_person_are_erased(shop):
    assert shop.bob
    jobs = [
        ask(
            shop.integration,
            kind,
            resource_type="customers",
            filters={"email_or_reference_eq": "ALICE@example.com", "total_orders_count_eq": 1},
            reference="for alice@example.com",
        )
        for kind in ("exports", "cleanups")
    ]
    others = ask(
        shop.integration,
        "exports",
        resource_type="customers",
        filters={"email_eq": "bob@example.com"},
    )
    assert shop.alice
    assert "alice@example.com" in everything().lower()

    forget(shop.alice)

    assert "alice@example.com" not in everything().lower()
    for job in jobs:
        assert shown(shop.integration, job)["filters"] is None
    assert shown(shop.integration, others)["filters"] == {"email_eq": "bob@example.com"}


def test_logs_hold_no_values(shop):
    canary = "canary-7q@leaks.example"
    inputs = [
        {"email": shop.alice.email, "reference": canary},
        {"email": f"{canary} {canary}"},
        {canary: canary},
        {"id": canary, "email": "a@example.com"},
        {"email": "a@example.com", "customer_group_id": canary},
        {"email": "a@example.com", "customer_group": {"type": canary, "id": canary}},
        {"email": "a@example.com", "metadata": canary},
        {"email": "a@example.com", "reference": canary * 20},
        {"email": "a@example.com", "reference": [canary]},
        {"email": "a@example.com", "code": canary, "password": canary * 9},
    ]
    job = ask(
        shop.integration, "imports", resource_type="customers", inputs=inputs, skip_errors=True
    )
    assert canary in everything()

    finish(job)

    assert job.errors_count == len(inputs)
    assert canary not in everything()
    assert canary not in json.dumps(shown(shop.integration, job))


def test_a_cleanup_may_erase_whom_its_own_filters_name(shop):
    job = finished(
        shop.integration,
        "cleanups",
        resource_type="customers",
        filters={"email_eq": shop.alice.email},
    )

    assert (job.status, job.processed_count) == ("completed", 1)
    assert job.filters is None
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_erases_and_who_writes_a_file_wait_for_each_other(shop):
    """Whichever comes first, no file has what the erasing did not find."""
    job = ask(shop.integration, "exports", resource_type="customers", fields=["email"])
    alice, path = shop.alice, []
    erased, let_go = threading.Event(), threading.Event()

    def erase():
        with transaction.atomic():
            erase_all(alice.environment_id, alice.uid)
            erased.set()
            let_go.wait(20)
        connection.close()

    def export():
        path.append(finish(job).path)
        connection.close()

    eraser, exporter = threading.Thread(target=erase), threading.Thread(target=export)
    eraser.start()
    assert erased.wait(20)
    exporter.start()
    eventually(somebody_waits)  # although the row can still be read as it was
    let_go.set()
    eraser.join()
    exporter.join()

    job.refresh_from_db()
    assert b"alice@example.com" not in download(job)
    assert b"anonymized.invalid" in download(job)


@pytest.mark.django_db(transaction=True)
def test_several_may_erase_at_once_but_nobody_while_a_file_is_written(shop):
    place = shop.environment.pk
    alice, bob = shop.alice, shop.bob

    with transaction.atomic():
        erase_all(place, alice.uid)
        reports = [elsewhere(lambda: erase_all(place, bob.uid))]
        refused = [elsewhere(lambda: fence.share(place))]
    with transaction.atomic():
        fence.share(place)
        reports.append(elsewhere(lambda: fence.share(place)))
        refused.append(elsewhere(lambda: fence.close([place])))

    assert [type(one) for one in refused] == [OperationalError] * 2
    assert reports[0]["customers.Customer"] == {"erased": 1}
    assert reports[1] is None
