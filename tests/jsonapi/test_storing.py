"""How rows are stored: by one statement, which answers with what a reader gets."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories

GROUP = {"customer_group": {"type": "customer_groups", "id": "vips"}}


def statements(call):
    """Return what `call` asks of the customers' table."""
    with CaptureQueriesContext(connection) as queries:
        reply = call()
    assert reply.status_code in (200, 201), reply.content
    return [query["sql"] for query in queries if '"customers_customer"' in query["sql"]]


def alices(shop, **attributes):
    return shop.integration.patch("customers", shop.alice.uid, attributes=attributes)


@pytest.mark.parametrize(
    ("resource_type", "attributes", "relationships"),
    [
        ("customers", {"email": "New@Example.com", "metadata": {"ü": [1, None]}}, {}),
        ("customers", {"email": "new@example.com", "reference": "100 %s %"}, GROUP),
        ("customer_groups", {"name": "Friends"}, {}),
        ("tags", {"name": "new"}, {}),
        ("addresses", {**factories.ADDRESS, "lat": 41.9, "lng": 12.5}, {}),
    ],
)
def test_it_answers_what_a_reader_gets(shop, resource_type, attributes, relationships):
    assert shop.integration.post("customer_groups", id="vips", attributes={"name": "VIPs"})
    made = shop.integration.post(resource_type, attributes=attributes, relationships=relationships)
    assert made.status_code == 201, made.content
    uid = made.json()["data"]["id"]
    assert made.json() == shop.integration.get(f"{resource_type}/{uid}").json()
    changed = shop.integration.patch(resource_type, uid, attributes={"reference": "100 %s %"})
    assert changed.json()["data"]["attributes"]["reference"] == "100 %s %"
    assert changed.json() == shop.integration.get(f"{resource_type}/{uid}").json()


def test_a_create_is_one_statement(shop):
    email = {"email": "new@example.com"}
    found = statements(lambda: shop.integration.post("customers", attributes=email))
    assert len(found) == 1


def test_an_update_is_one_statement(shop):
    assert alices(shop, reference="x").status_code == 200
    assert len(statements(lambda: alices(shop, reference="y"))) == 1


def test_an_update_that_takes_a_look_first_reads_the_row_once_and_writes_it_once(shop):
    assert alices(shop, reference="x").status_code == 200
    sent = {"reference": "y", "status": "prospect"}
    assert len(statements(lambda: alices(shop, **sent))) == 2


def test_a_change_of_nothing_writes_nothing(shop):
    before = shop.integration.get(f"customers/{shop.alice.uid}").json()
    assert len(statements(lambda: alices(shop, email=shop.alice.email))) == 2
    assert shop.integration.get(f"customers/{shop.alice.uid}").json() == before
