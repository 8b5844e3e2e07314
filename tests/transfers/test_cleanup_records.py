"""Imports that delete what no input was about."""

from datetime import timedelta

import pytest

from catalog.models import Price
from customers.models import Customer, CustomerGroup
from tests import factories
from tests.api import Api, error, token_for
from tests.orders import goods
from tests.transfers.steps import ask, finish, finished, shown, upload
from transfers import services
from transfers.models import Import, ImportedRow


def imported(shop, inputs, resource_type="customer_groups", **attributes):
    attributes = {"cleanup_records": True, "skip_errors": True, **attributes}
    kind = {"resource_type": resource_type, "inputs": inputs}
    return finished(shop.integration, "imports", **kind, **attributes)


def names(shop):
    rows = CustomerGroup.objects.filter(environment=shop.environment)
    return sorted(rows.values_list("name", flat=True))


def test_what_no_input_was_about_is_deleted(shop, rival):
    kept = factories.make_group(shop.environment, name="Kept")
    factories.make_group(shop.environment, name="Gone")
    factories.make_group(rival.environment, name="Theirs")

    job = imported(shop, [{"id": kept.uid}, {"name": "New"}])

    assert names(shop) == ["Kept", "New"]
    assert names(rival) == ["Theirs"]
    attributes = shown(shop.integration, job)
    assert (attributes["status"], attributes["destroyed_count"]) == ("completed", 1)
    assert attributes["cleanup_records"] is True
    assert attributes["attachment_url"] is None
    assert not ImportedRow.objects.exists()


def test_without_it_nothing_is(shop):
    factories.make_group(shop.environment, name="Old")

    job = imported(shop, [{"name": "New"}], cleanup_records=False)

    assert names(shop) == ["New", "Old"]
    assert job.destroyed_count == 0


def test_hundreds_of_both_are_told_apart(shop):
    for number in range(120):
        factories.make_group(shop.environment, name=f"old {number}")

    job = imported(shop, [{"name": f"new {number}"} for number in range(700)])

    assert len(names(shop)) == 700
    assert job.destroyed_count == 120


def test_an_input_that_failed_keeps_its_resource(shop):
    kept = factories.make_group(shop.environment, name="Kept")

    job = imported(shop, [{"id": kept.uid, "name": 7}, *({"name": f"{n}"} for n in range(9))])

    assert job.errors_count == 1
    assert "Kept" in names(shop)
    assert job.destroyed_count == 0


def test_an_import_without_a_good_input_deletes_nothing(shop):
    factories.make_group(shop.environment, name="Old")

    for inputs in ([], [{"name": 7}]):
        assert imported(shop, inputs).status == "completed"

    assert names(shop) == ["Old"]


def test_nor_does_one_that_was_interrupted(shop):
    factories.make_group(shop.environment, name="Old")

    job = imported(shop, [{"name": "New"}, {"name": 7}], skip_errors=False)

    assert job.status == "interrupted"
    assert names(shop) == ["New", "Old"]
    assert not ImportedRow.objects.exists()


def test_what_cannot_be_deleted_is_a_warning(shop):
    goods.make_placed(goods.make_market(shop.environment), shop.alice)

    job = imported(shop, [{"id": shop.bob.uid}], "customers")

    assert (job.destroyed_count, job.warnings_count, job.errors_count) == (0, 1, 0)
    assert job.warnings_log == {shop.alice.uid: ["could not be deleted"]}
    assert Customer.objects.filter(pk=shop.alice.pk).exists()


def test_of_the_parent_only(shop):
    mug, cup = (goods.make_sku(shop.environment) for _ in range(2))
    market = goods.make_market(shop.environment)
    inputs = [{"currency_code": "EUR", "amount_cents": 900, "market_id": market.uid}]

    job = imported(shop, inputs, "prices", parent_resource_id=mug.uid)

    assert job.errors_log == {}
    assert Price.objects.get(sku=mug).amount_cents == 900
    assert Price.objects.get(sku=cup).amount_cents == 2500


def test_what_others_make_meanwhile_stays(shop, settings):
    settings.TRANSFER_SLICE = timedelta(0)
    attributes = {"resource_type": "customer_groups", "cleanup_records": True}
    inputs = [{"name": f"new {number}"} for number in range(600)]
    job = ask(shop.integration, "imports", **attributes, inputs=inputs)
    services.run(kind="imports", job_id=job.pk)
    factories.make_group(shop.environment, name="Meanwhile")

    finish(Import.objects.get(pk=job.pk))

    assert len(names(shop)) == 601


def test_a_file_may_ask_for_it(shop):
    factories.make_group(shop.environment, name="Old")
    reply = upload(
        shop.integration, b"name\nNew\n", resource_type="customer_groups", cleanup_records="true"
    )

    finish(Import.objects.get(uid=reply.json()["data"]["id"]))

    assert names(shop) == ["New"]


def test_types_that_nobody_deletes_cannot_be_cleaned_up(shop):
    attributes = {"resource_type": "segments", "inputs": [], "cleanup_records": True}

    refused = shop.integration.post("imports", attributes=attributes)

    assert refused.status_code == 422


def test_it_takes_the_right_to_delete(shop):
    permissions = {"customers": ["create", "list"], "imports": ["create", "retrieve"]}
    role = shop.organization.roles.create(name="Loader", kind="custom", permissions=permissions)
    application = factories.make_application(shop.environment, "integration", role=role)
    loader = Api(token_for(application))
    attributes = {"resource_type": "customers", "inputs": [{"email": "a@example.com"}]}
    assert loader.post("imports", attributes=attributes).status_code == 201

    refused = loader.post("imports", attributes={**attributes, "cleanup_records": True})

    assert refused.status_code == 401
    assert error(refused)["source"]["pointer"] == "/data/attributes/cleanup_records"


@pytest.mark.parametrize("name", ["cleanup_records", "destroyed_count", "attachment_url"])
def test_it_is_said_once(shop, name):
    job = ask(shop.integration, "imports", resource_type="customers", inputs=[])

    refused = shop.integration.patch("imports", job.uid, attributes={name: 1})

    assert refused.status_code == 400
