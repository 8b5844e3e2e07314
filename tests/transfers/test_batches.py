"""Inputs that are stored together do what they would do one by one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.models import Event, EventStore
from catalog.models import Sku, SkuListItem
from customers.models import Customer
from tests import factories
from tests.orders import goods
from tests.transfers.steps import ask, finish, finished
from transfers.services.batches import ALONE, TOGETHER


def people(number):
    return [{"email": f"{one}@example.com"} for one in range(number)]


def imported(shop, inputs, resource_type="customers", **attributes):
    attributes = {"resource_type": resource_type, "inputs": inputs, **attributes}
    return finished(shop.integration, "imports", **attributes)


def emails(shop):
    rows = Customer.objects.filter(environment=shop.environment).order_by("pk")
    return list(rows.values_list("email", flat=True))


def test_all_are_stored_in_their_order(shop):
    job = imported(shop, people(TOGETHER + 7))

    assert (job.status, job.processed_count) == ("completed", TOGETHER + 7)
    assert emails(shop) == [one["email"] for one in people(TOGETHER + 7)]


def test_hundreds_take_as_many_queries_as_ten(shop):
    counts = []
    for number in (10, 400):
        inputs = [{"code": f"{number}-{one}", "name": "A group"} for one in range(number)]
        job = ask(shop.integration, "imports", resource_type="customer_groups", inputs=inputs)
        with CaptureQueriesContext(connection) as queries:
            finish(job)
        counts.append(len(queries))

    assert counts[1] <= counts[0]


def test_each_has_its_event_and_its_entry(shop):
    group = factories.make_group(shop.environment)
    inputs = [{**one, "customer_group_id": group.uid} for one in people(20)]

    imported(shop, inputs)

    for customer in Customer.objects.filter(environment=shop.environment):
        assert customer.events.get().name == "customers.create"
        entry = EventStore.objects.about("customers", customer.uid).get()
        assert entry.payload["email"] == [None, customer.email]
        assert entry.payload["customer_group"][1]["id"] == group.uid
        assert entry.subject_uid == customer.uid
        assert entry.who["application"]["id"] == shop.application.uid


def test_columns_that_only_some_name_are_stored(shop):
    inputs = people(20)
    inputs[3] |= {"reference": "A-1", "metadata": {"tier": 1}}
    inputs[9] |= {"id": "chosen"}

    imported(shop, inputs)

    fourth = Customer.objects.get(email="3@example.com")
    assert (fourth.reference, fourth.metadata) == ("A-1", {"tier": 1})
    assert Customer.objects.get(email="4@example.com").reference is None
    assert Customer.objects.get(uid="chosen").email == "9@example.com"


@pytest.mark.parametrize("place", [0, 11, 29])
def test_what_the_database_refuses_is_told_and_the_others_stay(shop, place):
    inputs = people(30)
    inputs[place] = {"email": shop.alice.email}

    job = imported(shop, inputs)

    assert job.errors_log == {str(place + 1): {"email": ["has already been taken"]}}
    assert (job.status, job.processed_count) == ("completed", 29)
    assert len(emails(shop)) == 30
    assert Event.objects.filter(name="customers.create").count() == 29


def test_of_two_that_are_alike_the_first_is_stored(shop):
    inputs = people(30)
    inputs[17] = {"email": "5@example.com", "reference": "second"}

    job = imported(shop, inputs)

    assert list(job.errors_log) == ["18"]
    assert Customer.objects.get(email="5@example.com").reference is None


def test_an_id_that_comes_twice_is_made_then_changed(shop):
    inputs = people(30)
    inputs[4]["id"] = "twice"
    inputs[21] = {"id": "twice", "reference": "changed"}

    job = imported(shop, inputs)

    assert job.errors_log == {}
    assert Customer.objects.get(uid="twice").reference == "changed"


def test_changes_and_triggers_between_them_keep_their_turn(shop):
    shop.integration.post("tags", attributes={"name": "vip"})
    mug = goods.make_sku(shop.environment, code="MUG")
    inputs = [{"code": f"C{number}", "name": "A cup"} for number in range(20)]
    inputs[10] = {"id": mug.uid, "code": "OLD-MUG", "_add_tags": "vip"}
    inputs[15] = {"code": "MUG", "name": "Another"}

    job = imported(shop, inputs, "skus")

    assert job.errors_log == {}
    assert Sku.objects.get(code="OLD-MUG").tags.count() == 1
    assert Sku.objects.count() == 20


def test_it_stops_at_the_error_that_is_one_too_many(shop):
    inputs = people(100)
    for number in range(40, 60):
        inputs[number] = {"email": "no address"}

    job = imported(shop, inputs)

    assert (job.status, job.errors_count, job.processed_count) == ("interrupted", 11, 40)
    assert len(emails(shop)) == 40


def test_so_it_does_where_the_database_refuses(shop):
    inputs = people(100)
    for number in range(40, 60):
        inputs[number] = {"email": shop.alice.email}

    job = imported(shop, inputs)

    assert (job.status, job.errors_count, job.processed_count) == ("interrupted", 11, 40)
    assert len(emails(shop)) == 41


def test_what_takes_more_than_storing_goes_one_by_one(shop):
    wishes = shop.integration.post("sku_lists", attributes={"name": "Wishes"})
    uid = wishes.json()["data"]["id"]
    codes = [goods.make_sku(shop.environment).code for _ in range(ALONE + 5)]
    inputs = [{"sku_code": code, "quantity": 1} for code in codes]

    job = imported(shop, inputs, "sku_list_items", parent_resource_id=uid)

    assert job.errors_log == {}
    assert SkuListItem.objects.count() == ALONE + 5


def test_automatic_lists_take_them_in(shop):
    attributes = {"name": "Cups", "manual": False, "sku_code_regex": "^CUP"}
    shop.integration.post("sku_lists", attributes=attributes)
    inputs = [{"code": f"CUP{number}", "name": "A cup"} for number in range(20)]

    imported(shop, inputs, "skus")

    assert SkuListItem.objects.count() == 20
