import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from activity.models import EventStore
from customers.models import Customer, CustomerAddress
from organizations.models import Role
from tests import factories
from tests.api import Api, error, token_for
from tests.orders import goods
from tests.transfers.steps import ask, download, exported, finish, finished, shown, upload
from transfers import services
from transfers.models import Export, ExportedRow, ExportPart, Import


def lines(job):
    return list(csv.reader(io.StringIO(download(job).decode())))


def test_it_writes_what_the_api_shows(shop):
    group = factories.make_group(shop.environment, name="Friends")
    shop.alice.customer_group = group
    shop.alice.save()
    assert shop.bob

    rows = exported(shop.integration, resource_type="customers")

    listed = shop.integration.get("customers").json()["data"]
    for one in listed:
        del one["attributes"]["jwt_custom_claim"]  # says something about the token
    assert rows == [{"id": one["id"], **one["attributes"]} for one in listed]
    assert len(rows) == 2


def test_it_follows_includes_and_narrows_to_fields(shop):
    group = factories.make_group(shop.environment, name="Friends")
    Customer.objects.filter(pk=shop.alice.pk).update(customer_group=group)
    for city in ("Rome", "Oslo"):
        address = factories.make_address(shop.environment, city=city, customer=shop.alice)
        CustomerAddress.objects.create(
            environment=shop.environment, customer=shop.alice, address=address
        )
    assert shop.bob

    rows = exported(
        shop.integration,
        resource_type="customers",
        includes=["customer_group", "customer_addresses.address"],
        fields=["email", "customer_group.name", "customer_addresses.address.city"],
    )

    assert [row["email"] for row in rows] == ["alice@example.com", "bob@example.com"]
    assert set(rows[0]) == {"email", "customer_group", "customer_addresses"}
    assert rows[0]["customer_group"] == {"name": "Friends"}
    assert [one["address"] for one in rows[0]["customer_addresses"]] == [
        {"city": "Rome"},
        {"city": "Oslo"},
    ]
    assert (rows[1]["customer_group"], rows[1]["customer_addresses"]) == (None, [])


def test_it_filters_as_a_list_does(shop):
    assert shop.alice
    assert shop.bob

    def found(**filters):
        rows = exported(shop.integration, resource_type="customers", filters=filters)
        return [row["email"] for row in rows]

    assert found(email_start="b") == ["bob@example.com"]
    assert found(email_in=["alice@example.com", "nobody@example.com"]) == ["alice@example.com"]
    assert found(total_orders_count_eq=0, email_end=".org") == []
    assert len(found(total_orders_count_lteq=0, customer_group_null=True)) == 2


def test_csv_has_a_line_for_each_row(shop):
    group = factories.make_group(shop.environment, name="Friends")
    Customer.objects.filter(pk=shop.alice.pk).update(
        customer_group=group, reference='a "b"\r\nc', metadata={"a": 1}
    )
    assert shop.bob

    job = finished(
        shop.integration,
        "exports",
        resource_type="customers",
        format="csv",
        includes=["customer_group", "customer_addresses"],
        fields=["id", "email", "has_password", "reference", "metadata", "customer_group.name"],
    )

    assert lines(job) == [
        [
            *("id", "email", "has_password", "reference", "metadata"),
            *("customer_group.name", "customer_addresses"),
        ],
        [
            *(shop.alice.uid, "alice@example.com", "true", 'a "b"\r\nc', '{"a":1}'),
            *("Friends", "[]"),
        ],
        [shop.bob.uid, "bob@example.com", "true", "", "{}", "", "[]"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("=HYPERLINK(1)", "+39 02", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"),
        *("'=1", '"=1', " =1", "''=1"),
    ],
)
def test_no_cell_is_a_formula_and_importing_it_gives_the_same_text(shop, text):
    Customer.objects.filter(pk=shop.alice.pk).update(reference=text)
    job = finished(
        shop.integration,
        "exports",
        resource_type="customers",
        format="csv",
        fields=["id", "reference"],
    )
    (cell,) = [row[1] for row in lines(job)[1:]]
    assert cell == f"'{text}"

    Customer.objects.filter(pk=shop.alice.pk).update(reference=None)
    reply = upload(shop.integration, download(job))
    finish(Import.objects.get(uid=reply.json()["data"]["id"]))

    shop.alice.refresh_from_db()
    assert shop.alice.reference == text.strip()  # as in any other document


def test_dry_data_can_be_imported_elsewhere(shop, rival):
    Customer.objects.filter(pk=shop.alice.pk).update(metadata={"a": 1})
    job = finished(
        shop.integration,
        "exports",
        resource_type="customers",
        dry_data=True,
        fields=["email", "reference", "metadata"],
    )
    rows = json.loads(download(job))
    assert rows == [{"email": "alice@example.com", "metadata": {"a": 1}}]

    finished(rival.integration, "imports", resource_type="customers", inputs=rows)

    assert Customer.objects.get(environment=rival.environment).metadata == {"a": 1}


def test_dry_data_leaves_out_ids_times_and_what_is_empty(shop):
    (row,) = exported(shop.integration, resource_type="markets", dry_data=True) or [{}]

    assert not {"id", "created_at", "updated_at", "reference"} & set(row)


def test_an_empty_export_is_an_empty_file(shop):
    assert exported(shop.integration, resource_type="skus") == []
    job = finished(shop.integration, "exports", resource_type="skus", format="csv", fields=["code"])
    assert lines(job) == [["code"]]


def test_nothing_of_another_tenant_or_of_what_came_later_is_in_it(shop, rival, settings):
    settings.TRANSFER_SLICE = timedelta(0)
    assert rival.alice
    assert shop.alice
    job = ask(shop.integration, "exports", resource_type="customers")
    services.run(kind="exports", job_id=job.pk)
    assert shop.bob

    rows = json.loads(download(finish(job)))

    assert [row["id"] for row in rows] == [shop.alice.uid]


def test_the_scope_of_the_token_narrows_it_when_asked_to(shop):
    here = goods.make_market(shop.environment)
    there = goods.make_market(shop.environment)
    mine = goods.make_order(here, shop.alice)
    goods.make_order(there, shop.alice)
    scoped = Api(token_for(shop.application, scope=f"market:id:{here.uid}"))

    wide = exported(scoped, resource_type="orders", fields=["id"])
    narrow = exported(scoped, resource_type="orders", fields=["id"], jwt_filters=True)
    markets = exported(scoped, resource_type="markets", fields=["id"], jwt_filters=True)

    assert len(wide) == 2
    assert narrow == [{"id": mine.uid}]
    assert markets == [{"id": here.uid}]


def test_it_tells_how_far_it_is(shop, settings):
    settings.TRANSFER_SLICE = timedelta(0)
    for _ in range(300):
        factories.make_customer(shop.environment)
    job = ask(shop.integration, "exports", resource_type="customers", fields=["email"])
    waiting = shown(shop.integration, job)
    assert (waiting["status"], waiting["progress"]) == ("pending", None)

    services.run(kind="exports", job_id=job.pk)
    half = shown(shop.integration, job)
    assert (half["status"], half["records_count"], half["processed_count"]) == (
        *("in_progress", 300, 250),
    )
    assert half["progress"] == 83.3
    assert half["estimated_completion_at"] > half["started_at"]
    assert half["attachment_url"] is None

    finish(job)
    done = shown(shop.integration, job)
    assert (done["status"], done["processed_count"], done["progress"]) == ("completed", 300, 100)
    assert done["estimated_completion_at"] is None
    emails = {row["email"] for row in json.loads(download(job))}
    assert len(emails) == 300


def test_the_address_of_a_file_is_all_it_takes_and_expires(shop):
    job = finished(shop.integration, "exports", resource_type="customers")
    url = shown(shop.integration, job)["attachment_url"]
    assert url == f"http://testserver{job.path}"
    assert len(job.secret) == 43

    reply = Client().get(job.path)
    assert reply["Content-Disposition"] == f'attachment; filename="customers-{job.uid}.json"'
    assert reply["Cache-Control"] == "private, no-store"
    assert Client().get(f"{job.path}x").status_code == 404
    assert Client().get("/files/exports/%00").status_code == 404

    Export.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    assert Client().get(job.path).status_code == 404
    services.purge()
    assert not ExportPart.objects.exists()
    assert not ExportedRow.objects.exists()
    assert shown(shop.integration, job)["attachment_url"] is None


def test_it_can_be_started_again(shop):
    job = finished(shop.integration, "exports", resource_type="customers", fields=["email"])
    before = job.path
    assert json.loads(download(job)) == []
    assert shop.alice

    reply = shop.integration.patch("exports", job.uid, attributes={"_start": True})

    assert reply.json()["data"]["attributes"]["status"] == "pending"
    assert Client().get(before).status_code == 404
    job.refresh_from_db()
    assert json.loads(download(finish(job))) == [{"email": "alice@example.com"}]


def test_it_can_be_interrupted_which_deletes_what_was_written(shop, settings):
    settings.TRANSFER_SLICE = timedelta(0)
    assert shop.alice
    job = ask(shop.integration, "exports", resource_type="customers")
    services.run(kind="exports", job_id=job.pk)
    assert ExportPart.objects.exists()

    reply = shop.integration.patch("exports", job.uid, attributes={"_interrupt": True})

    assert reply.json()["data"]["attributes"]["status"] == "interrupted"
    assert not ExportPart.objects.exists()
    assert not ExportedRow.objects.exists()


def test_a_role_that_was_narrowed_stops_it(shop):
    role = Role.objects.create(organization=shop.organization, name="Clerk", kind="admin")
    api = Api(token_for(factories.make_application(shop.environment, "integration", role=role)))
    job = ask(api, "exports", resource_type="customers")
    role.kind, role.permissions = "custom", {"exports": ["retrieve"]}
    role.save()

    finish(job)

    assert job.status == "interrupted"
    assert job.errors_log == {"base": {"base": ["Access denied"]}}


def test_files_of_what_one_may_not_list_do_not_exist(shop):
    job = finished(shop.integration, "exports", resource_type="customers")
    other = finished(shop.integration, "exports", resource_type="skus")
    role = Role.objects.create(
        organization=shop.organization,
        name="Clerk",
        kind="custom",
        permissions={"exports": ["list", "retrieve", "create"], "skus": ["list"]},
    )
    clerk = Api(token_for(factories.make_application(shop.environment, "integration", role=role)))

    assert clerk.get(f"exports/{job.uid}").status_code == 404
    assert [one["id"] for one in clerk.get("exports").json()["data"]] == [other.uid]
    refused = clerk.post("exports", attributes={"resource_type": "customers"})
    assert refused.status_code == 401


def test_the_trail_does_not_repeat_the_filters(shop):
    job = ask(
        shop.integration,
        "exports",
        resource_type="customers",
        filters={"email_eq": "alice@example.com"},
    )
    assert shown(shop.integration, job)["filters"] == {"email_eq": "alice@example.com"}

    entry = EventStore.objects.get(resource_uid=job.uid)

    assert entry.payload["resource_type"] == [None, "customers"]
    assert "filters" not in entry.payload


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"filters": {"shoe_size_eq": 1}}, "filters"),
        ({"filters": {"created_at_gt": "yesterday"}}, "filters"),
        ({"filters": []}, "filters"),
        ({"includes": ["friends"]}, "includes"),
        ({"includes": "customer_group"}, "includes"),
        ({"fields": ["shoe_size"]}, "fields"),
        ({"fields": ["customer_group.name"]}, "fields"),
        ({"fields": ["password"]}, "fields"),
        ({"format": "xml"}, "format"),
        ({"resource_type": "applications"}, "resource_type"),
        ({"resource_type": "exports"}, "resource_type"),
    ],
)
def test_it_refuses_what_it_cannot_export(shop, attributes, field):
    reply = shop.integration.post(
        "exports", attributes={"resource_type": "customers", **attributes}
    )

    assert reply.status_code == 422, reply.content
    assert error(reply)["source"] == {"pointer": f"/data/attributes/{field}"}
