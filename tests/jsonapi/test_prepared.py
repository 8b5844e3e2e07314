"""The engine's own statements are planned once per connection."""

import psycopg
import pytest
from django.db import connection


def prepared():
    """Return the statements that the server keeps plans of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_a_repeated_read_is_prepared(shop):
    for _ in range(2):
        assert shop.integration.get(f"customers/{shop.alice.uid}").status_code == 200

    assert any("row_to_json" in statement for statement in prepared())


def test_a_repeated_filter_is_planned_for_its_value(shop):
    for _ in range(7):
        reply = shop.integration.get("customers", {"filter[q][email_eq]": shop.alice.email})
        assert [one["id"] for one in reply.json()["data"]] == [shop.alice.uid]

    assert any(f"= '{shop.alice.email}'" in statement for statement in prepared())


@pytest.mark.django_db(transaction=True)
def test_a_read_survives_the_loss_of_its_connection(shop):
    path = f"customers/{shop.alice.uid}"
    assert shop.integration.get(path).status_code == 200
    connection.close_if_unusable_or_obsolete()  # as at the end of each request but a test's
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    assert shop.integration.get(path).status_code == 200
