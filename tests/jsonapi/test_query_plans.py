"""How the database finds the rows of a list when there are many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer

MANY = 40_000


@pytest.fixture
def crowded(shop, rival):
    """Two tenants with many customers each, made by the database in one statement."""
    columns = [field.column for field in Customer._meta.concrete_fields if not field.generated]
    values = {
        "id": "nextval(pg_get_serial_sequence('customers_customer', 'id'))",
        "uid": "'u' || n",
        "created_at": "now() - n * interval '1 minute'",
        "updated_at": "now()",
        "reference": "CASE WHEN n %% 10 = 0 THEN 'ERP-' || n END",
        "metadata": "'{}'",
        "email": "'shopper-' || n || '@' || md5(n::text) || '.example'",
        "password": "''",
        "total_orders_count": "n %% 4",
        "shopper_reference": "md5(n::text)",
        "profile_id": "md5(n::text)",
        "enabled": "true",
        "language": "'en'",
        "environment_id": "e",
    }
    chosen = ", ".join(values.get(column, "NULL") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_customer ({', '.join(columns)}) SELECT {chosen}"
            f" FROM generate_series(1, {MANY // 2}) n, unnest(%s) e",
            [[shop.environment.pk, rival.environment.pk]],
        )
        cursor.execute("ANALYZE customers_customer")
    return shop


QUERIES = [
    {},
    {"page[number]": "40", "page[size]": "25"},
    {"sort": "-created_at"},
    {"sort": "created_at"},
    {"sort": "id"},
    {"filter[q][email_eq]": "shopper-7@8f14e45fceea167a5a36dedd4bea2543.example"},
    {"filter[email]": "shopper-7@8f14e45fceea167a5a36dedd4bea2543.example"},
    {"filter[q][email_cont]": "8f14e45fceea"},
    {"filter[q][email_i_cont]": "8F14E45FCEEA"},
    {"filter[q][email_end]": "8f14e45fceea167a5a36dedd4bea2543.example"},
    {"filter[q][reference_eq]": "ERP-1230"},
    {"filter[q][reference_in]": "ERP-1230,ERP-40"},
    {"filter[q][anonymization_status_eq]": "requested"},
    {"filter[ids]": "u1,u2,u3"},
    {"filter[q][status_eq]": "repeat"},
    {"page[after]": "", "sort": "-created_at"},
]


def test_no_list_reads_the_whole_table(crowded):
    crowded.integration.get("customers")
    for query in QUERIES:
        with CaptureQueriesContext(connection) as captured:
            reply = crowded.integration.get("customers", query)
        assert reply.status_code == 200
        (page,) = [one["sql"] for one in captured if "row_to_json" in one["sql"]]
        plan = explain(page)
        assert "customers_customer" in plan
        assert "Seq Scan on customers_customer" not in plan, (query, plan)


def test_the_explanation_can_tell(crowded):
    assert "Seq Scan on customers_customer" in explain(
        "SELECT * FROM customers_customer WHERE profile_id LIKE '%x%'"
    )


def test_a_cursor_page_starts_where_the_cursor_is(crowded):
    """The rows before it are not even looked at."""
    link = crowded.integration.get("customers", {"page[after]": ""}).json()["links"]["next"]
    with CaptureQueriesContext(connection) as captured:
        crowded.integration.request("GET", link.removeprefix("http://testserver/api/"))
    (page,) = [one["sql"] for one in captured if "row_to_json" in one["sql"]]

    plan = explain(page, "ANALYZE")

    assert "Rows Removed by Filter" not in plan
    assert "Index Cond" in plan


def test_pages_by_cursor_stay_among_the_rows_of_the_tenant(crowded):
    """Whatever PostgreSQL thinks of the primary key, which leads through everybody's rows."""
    links = crowded.integration.get("customers", {"page[after]": ""}).json()["links"]
    for direction in ("next", "prev"):
        address = links[direction].removeprefix("http://testserver/api/")
        with CaptureQueriesContext(connection) as captured:
            reply = crowded.integration.request("GET", address)
        links = reply.json()["links"]
        (page,) = [one["sql"] for one in captured if "row_to_json" in one["sql"]]
        plan = explain(page)
        assert "ROW(environment_id, id)" in plan
        assert "customers_customer_pkey" not in plan


def explain(sql, *options):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({', '.join(options)}) {sql}" if options else f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


WITHOUT_INDEX = """
    SELECT con.conrelid::regclass::text, con.conname
    FROM pg_constraint con
    JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
    WHERE con.contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_index ind
        WHERE ind.indrelid = con.conrelid AND ind.indkey[0] = con.conkey[1] AND (
            ind.indpred IS NULL
            OR pg_get_expr(ind.indpred, ind.indrelid) = '(' || att.attname || ' IS NOT NULL)'))
"""


@pytest.mark.django_db
def test_every_foreign_key_has_an_index_that_starts_with_it():
    """Or deleting what it points at would read the whole table."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_INDEX)
        assert cursor.fetchall() == []
