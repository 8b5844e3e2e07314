"""The engine's own statements are planned once per connection."""

from django.db import connection


def test_a_repeated_read_is_prepared(shop):
    for _ in range(2):
        assert shop.integration.get(f"customers/{shop.alice.uid}").status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert any("row_to_json" in statement for statement in prepared)
