"""python -m benchmarks.seed SIZE: fill the migrated database at DATABASE_URL, in SQL.

Every value is a function of the row's number, so that each seed of one size is the same.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import NOT_PROVIDED, Model

from activity.models import Event, EventStore
from anonymization.models import AnonymizationRequest
from benchmarks.console import Progress
from benchmarks.seeding import MARK
from benchmarks.sizes import Size
from catalog.models import Market
from config.demo.tenants import Tenant, make_tenant
from customers.models import Address, Customer, CustomerAddress
from orders.models import Order
from organizations.models import Mode

CHUNK = 20_000
"""Rows per statement: often enough for the progress bar."""

RANGE = "first, last"
"""Stands in a statement for the numbers of its rows."""

UID = "LPAD(n::text, 8, '0') || SUBSTR(MD5('{salt}' || n), 1, 10)"
BORN = "TIMESTAMPTZ '2024-01-01 00:00:00.123+00' + n * INTERVAL '30 seconds'"
COMMON = {
    "created_at": BORN,
    "updated_at": BORN,
    "reference": "'ref-' || n",
    "metadata": "JSONB_BUILD_OBJECT('tier', n % 4, 'source', 'import')",
}


def main() -> None:
    size = Size.read(sys.argv[1])
    progress = Progress("Seeding", size.rows)
    with connection.cursor() as cursor:
        # Keys are right by construction; checking each would take most of the time.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET synchronous_commit = off")
    tenant = make_tenant("bench", "Bench")
    fill_shop(tenant, size, progress)
    fill_subjects(tenant, size, progress)
    finish(tenant, progress)


def fill_shop(tenant: Tenant, size: Size, progress: Progress) -> None:
    """The environment that requests are answered from."""
    people, books, sales = size.customers, size.addresses, size.orders
    here = {"environment_id": tenant.environment.pk}
    insert(Customer, 1, people, customer("c", people) | here, progress)
    owner = f"(n - 1) % {people} + 1"
    insert(Address, 1, books, address("a", owner) | here, progress)
    insert(CustomerAddress, 1, books, entry("b", owner) | here, progress)
    insert(Order, 1, sales, order("o", owner, market(tenant.environment)) | here, progress)


def fill_subjects(tenant: Tenant, size: Size, progress: Progress) -> None:
    """People in the other environment who asked to be forgotten: 3 addresses, 4 orders each."""
    live = tenant.organization.environments.get(mode=Mode.LIVE)
    here = {"environment_id": live.pk}
    first, people = size.customers + 1, size.subjects
    owner = f"(n - 1) % {people} + {first}"
    uid = "LPAD(({n})::text, 8, '0') || SUBSTR(MD5('s' || ({n})), 1, 10)"
    born, owned = uid.format(n="n"), uid.format(n=owner)
    insert(Customer, first, people, customer("s", people) | here | {"uid": born}, progress)
    at = size.addresses + 1
    insert(Address, at, 3 * people, address("t", owner) | here, progress)
    insert(CustomerAddress, at, 3 * people, entry("u", owner) | here, progress)
    sales = order("v", owner, market(live)) | here
    insert(Order, size.orders + 1, 4 * people, sales, progress)
    kind = content_type(Customer)
    insert(Event, 1, people, event(owner, owned, kind) | here, progress)
    insert(EventStore, 1, people, trail(owned) | here, progress)
    insert(AnonymizationRequest, 1, people, request(owned, tenant) | here, progress)


def customer(salt: str, people: int) -> dict[str, Any]:
    # Ten of all are called something rare, for `cont`.
    rare = f"n % {max(1, people // 10)} = 7"
    name = f"CASE WHEN {rare} THEN 'zanzibar' ELSE SUBSTR(MD5(n::text), 1, 9) END"
    return COMMON | {
        "id": "n",
        "uid": UID.format(salt=salt),
        "email": f"{name} || '.{salt}' || n || '@example.com'",
        "total_orders_count": "3",
        "shopper_reference": "MD5('shopper' || n)",
        "profile_id": "MD5('profile' || n)",
        "anonymization_status": "'requested'" if salt == "s" else "NULL",
    }


def address(salt: str, owner: str) -> dict[str, Any]:
    return COMMON | {
        "id": "n",
        "uid": UID.format(salt=salt),
        "customer_id": owner,
        "first_name": "'First' || n % 997",
        "last_name": "'Last' || n % 9973",
        "line_1": "n % 200 || ' Main Street'",
        "city": "'City ' || n % 500",
        "zip_code": "LPAD((n % 99999)::text, 5, '0')",
        "country_code": "(ARRAY['IT','FR','DE','ES','US'])[n % 5 + 1]",
        "phone": "'+39 02 ' || LPAD((n % 9999999)::text, 7, '0')",
        "email": "'book' || n || '@example.com'",
    }


def entry(salt: str, owner: str) -> dict[str, Any]:
    return COMMON | {
        "id": "n",
        "uid": UID.format(salt=salt),
        "customer_id": owner,
        "address_id": "n",
    }


def order(salt: str, owner: str, market_id: int) -> dict[str, Any]:
    total = "(990 + n % 20000)"
    columns = (
        "subtotal_amount",
        "total_amount",
        "total_taxable_amount",
        "total_amount_with_taxes",
        "place_total_amount",
    )
    return COMMON | {
        "id": "n",
        "uid": UID.format(salt=salt),
        "number": "n::text",
        "token": "MD5('token' || n)",
        "customer_id": owner,
        "customer_email": f"'{salt}' || n || '@example.com'",
        "market_id": str(market_id),
        "currency_code": "'EUR'",
        "country_code": "'IT'",
        "status": "'placed'",
        "payment_status": "'paid'",
        "placed_at": BORN,
        "skus_count": "n % 5 + 1",
        **{f"{column}_cents": total for column in columns},
    }


def event(owner: str, owned: str, kind: int) -> dict[str, Any]:
    return COMMON | {
        "uid": UID.format(salt="e"),
        "name": "'customers.create'",
        "content_type_id": str(kind),
        "object_id": owner,
        "resource_uid": owned,
        "subject_uid": owned,
    }


def trail(owned: str) -> dict[str, Any]:
    return {
        "uid": "'1700000000000-' || n",
        "resource_type": "'customers'",
        "resource_uid": owned,
        "subject_uid": owned,
        "event": "'update'",
        "payload": "JSONB_BUILD_OBJECT('email', JSONB_BUILD_ARRAY('old' || n, 'new' || n))",
        "created_at": BORN,
    }


def request(owned: str, tenant: Tenant) -> dict[str, Any]:
    """Not due until the benchmark makes it so, some at a time."""
    return {
        "id": "n",
        "uid": UID.format(salt="r"),
        "subject_uid": owned,
        "not_before": "TIMESTAMPTZ '2100-01-01'",
        "requested_at": "NOW()",
        "requester_id": str(tenant.user.pk),
    }


def insert(
    model: type[Model], first: int, count: int, values: dict[str, Any], progress: Progress
) -> None:
    """Insert rows numbered from `first`; indexes that enforce nothing are made afterwards."""
    columns = row_of(model, values)
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())}"
        f" FROM GENERATE_SERIES({RANGE}) n"
    )
    with connection.cursor() as cursor:
        indexes = drop_indexes(cursor, table)
        for start in range(first, first + count, CHUNK):
            end = min(start + CHUNK, first + count) - 1
            cursor.execute(statement.replace(RANGE, f"{start}::bigint, {end}::bigint"))
            progress.advance(end - start + 1, model._meta.verbose_name_plural)
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute(
            "SELECT SETVAL(PG_GET_SERIAL_SEQUENCE(%s, 'id'),"
            f" GREATEST(1, (SELECT MAX(id) FROM {table})))",
            [model._meta.db_table],
        )


def row_of(model: type[Model], values: dict[str, Any]) -> dict[str, str]:
    """Return an SQL expression per column: the given one, or one for the field's default."""
    row = {}
    for field in model._meta.concrete_fields:
        if field.generated or (field.primary_key and field.column not in values):
            continue
        row[field.column] = str(values.get(field.column) or default_of(field))
    return row


def default_of(field: Any) -> str:
    default = field.default
    if default is NOT_PROVIDED and field.null:
        return "NULL"
    if default is NOT_PROVIDED and field.db_default is NOT_PROVIDED:
        default = ""
    elif default is dict:
        return "'{}'::jsonb"
    elif default is NOT_PROVIDED or callable(default):
        raise LookupError(f"{field}: the seed needs a value")
    with connection.cursor() as cursor:
        literal: str = cursor.cursor.mogrify("%s", [field.get_db_prep_value(default, connection)])
        return literal


def drop_indexes(cursor: Any, table: str) -> list[str]:
    """Drop a table's indexes except the unique ones; return how to make them again."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, PG_GET_INDEXDEF(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisunique",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in indexes]


def finish(tenant: Tenant, progress: Progress) -> None:
    """Leave the database as a busy one would be after a quiet night, and say what is in it."""
    progress.say("analyzing")
    facts = {
        "environment_id": tenant.environment.pk,
        "organization_id": tenant.organization.uid,
        "mode": tenant.environment.mode,
        "client_id": tenant.integration.client_id,
        "client_secret": tenant.integration_secret,
        "user_id": tenant.user.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {MARK} (stamp text, facts jsonb)")
        cursor.execute(f"INSERT INTO {MARK} VALUES (%s, %s)", [sys.argv[2], json.dumps(facts)])
    progress.end()


def market(environment: Any) -> int:
    return Market.objects.create(
        environment=environment, name="Europe", code="europe", currency_code="EUR"
    ).pk


def content_type(model: type[Model]) -> int:
    return ContentType.objects.get_for_model(model).pk


if __name__ == "__main__":
    main()
