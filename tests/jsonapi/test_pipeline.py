"""Statements that travel together, as seen by the database."""

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.db import transaction as django

from jsonapi import sql
from jsonapi.pipeline import MOST_PREPARED, transaction
from jsonapi.sql import Fragment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def notes():
    """A table of short texts, each of them once."""
    execute("DROP TABLE IF EXISTS notes")
    execute("CREATE TABLE notes (id serial, text text UNIQUE)")
    yield
    execute("DROP TABLE notes")


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def note(text):
    return Fragment("INSERT INTO notes (text) VALUES (%s)", (text,))


def noted():
    """Return what everybody sees, in the order in which it was written."""
    with psycopg.connect(connection.connection.info.dsn) as other:
        return [text for (text,) in other.execute("SELECT text FROM notes ORDER BY id")]


def send(*texts):
    with transaction():
        execute("INSERT INTO notes (text) VALUES ('first')")
        for text in texts:
            sql.send(note(text))


def send_and_fail():
    with transaction():
        sql.run(note("one"))
        sql.send(note("two"))
        raise LookupError


def test_what_was_sent_is_committed_at_the_end():
    with transaction():
        sql.send(note("one"))
        assert sql.run(Fragment("SELECT text FROM notes")) == [("one",)]
        sql.send(note("two"))
        assert noted() == []
    assert noted() == ["one", "two"]


def test_it_keeps_the_order_with_statements_of_the_orm():
    with transaction():
        sql.send(note("one"))
        execute("INSERT INTO notes (text) SELECT text || ' and two' FROM notes")
        sql.send(note("three"))
    assert noted() == ["one", "one and two", "three"]


def test_after_a_failure_nothing_was_done():
    with pytest.raises(IntegrityError):
        send("one", "one", "two")
    assert noted() == []
    send("one")
    assert noted() == ["first", "one"]


def test_an_exception_undoes_what_was_sent():
    with pytest.raises(LookupError):
        send_and_fail()
    assert noted() == []


def test_inside_another_transaction_it_is_a_part_of_it():
    with django.atomic():
        with pytest.raises(IntegrityError):
            send("one", "one")
        with transaction():
            sql.send(note("two"))
            with transaction():
                sql.send(note("three"))
        assert noted() == []
    assert noted() == ["two", "three"]


def test_what_happens_on_commit_sees_the_rows():
    seen = []
    with transaction():
        sql.send(note("one"))
        django.on_commit(lambda: seen.extend(noted()))
    assert seen == ["one"]


def test_the_server_keeps_some_statements_only():
    for number in range(MOST_PREPARED + 5):
        assert sql.run(Fragment(f"SELECT %s::int + {number}", (1,))) == [(1 + number,)]
    ((kept,),) = execute("SELECT count(*) FROM pg_prepared_statements")
    assert kept <= MOST_PREPARED
    assert sql.run(Fragment("SELECT %s::int + 0", (1,))) == [(1,)]


def test_statements_stay_prepared_after_a_failure():
    sql.run(note("one"))
    with pytest.raises(IntegrityError):
        sql.run(note("one"))
    sql.run(note("two"))
    statements = execute("SELECT statement FROM pg_prepared_statements")
    assert statements.count(("INSERT INTO notes (text) VALUES ($1)",)) == 1


def test_a_percent_sign_is_written_twice():
    assert sql.run(Fragment("SELECT '100%%', '%%s', %s::text", ("%s",))) == [("100%", "%s", "%s")]


@pytest.mark.parametrize("ask", [lambda: sql.run(Fragment("SELECT 1")), lambda: write(1)])
def test_a_connection_that_the_server_closed_is_replaced(ask):
    connection.ensure_connection()
    ask()
    dsn, victim = connection.connection.info.dsn, connection.connection.info.backend_pid
    with psycopg.connect(dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [victim])
    assert ask() == [(1,)]


def write(number):
    with transaction():
        return sql.run(Fragment("SELECT %s::int", (number,)))
