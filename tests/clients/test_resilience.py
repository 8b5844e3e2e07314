"""Killing and flushing under way: whoever asked to be forgotten is, exactly once."""

import json
import time

import psutil
import pytest
import redis

from tests.clients.backend import Backend
from tests.config.waiting import wait_until
from tests.factories import ADDRESS

PEOPLE = 20
ADDRESSES = 80
"""So many in each address book that erasing one takes a while."""

COMPLETED_ONCE = ["anonymization_request", "anonymization_started", "anonymization_completed"]

COPY_ADDRESSES = """
INSERT INTO customers_address ({columns}, uid)
SELECT {columns}, 'copy' || id || 'x' || copy
FROM customers_address, generate_series(1, %s) AS copy
WHERE customer_id IN (SELECT id FROM customers_customer WHERE uid = ANY(%s))
"""
COPYABLE = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_name = 'customers_address' AND is_generated = 'NEVER'
AND column_name NOT IN ('id', 'uid')
"""
PERSONAL = """
SELECT count(*) FROM customers_address a JOIN customers_customer c ON c.id = a.customer_id
WHERE c.uid = ANY(%s) AND (a.last_name <> '' OR a.line_1 <> '' OR a.phone <> '')
"""
STARTED = "SELECT id FROM anonymization_anonymizationrequest WHERE status = 'started'"
# The lock waits for a commit that was on its way when its worker died.
INTERRUPTED = f"{STARTED} FOR UPDATE"
ATTEMPTS = "SELECT attempts FROM anonymization_anonymizationrequest WHERE subject_uid = ANY(%s)"


@pytest.fixture(scope="module")
def backend(product):
    return Backend(product)


@pytest.fixture
def database(product):
    with product.database() as database:
        yield database


def register(backend, word, count):
    """Create customers with one entry in their address books; return their ids."""
    people = []
    for number in range(count):
        uid = backend.create("customers", {"email": f"{word}-{number}@example.com"})
        address = backend.create("addresses", ADDRESS)
        backend.create(
            "customer_addresses",
            {},
            customer={"type": "customers", "id": uid},
            address={"type": "addresses", "id": address},
        )
        people.append(uid)
    return people


def request_all(backend, people):
    for uid in people:
        backend.request_anonymization(uid)


def wait_until_completed(backend, people):
    wait_until(lambda: set(backend.statuses(people)) == {"completed"}, seconds=60)


def kill_while_erasing(product, database):
    """Kill Celery's worker, with all its processes, in the middle of erasing somebody."""
    interrupted = 0
    while not interrupted:  # it may have been between two people
        worker = wait_until(lambda: product.child("celery worker"))
        wait_until(lambda: database.execute(STARTED).fetchall())
        family = [worker, *worker.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=10)
        interrupted = len(database.execute(INTERRUPTED).fetchall())


def test_a_worker_killed_while_erasing_leaves_nothing_undone_or_done_twice(
    product, backend, database
):
    people = register(backend, "killed", PEOPLE)
    columns = database.execute(COPYABLE).fetchone()[0]
    database.execute(COPY_ADDRESSES.format(columns=columns), [ADDRESSES, people])
    assert database.execute(PERSONAL, [people]).fetchone()[0] == PEOPLE * (ADDRESSES + 1)
    request_all(backend, people)

    kill_while_erasing(product, database)
    wait_until_completed(backend, people)

    attempts = [row[0] for row in database.execute(ATTEMPTS, [people])]
    assert len(attempts) == PEOPLE
    assert max(attempts) > 1, "no worker was killed in the middle"
    assert database.execute(PERSONAL, [people]).fetchone()[0] == 0
    for uid in people:
        assert backend.trail(uid) == COMPLETED_ONCE
        assert backend.events(uid).count("customers.anonymization_completed") == 1


def test_nothing_is_lost_when_redis_is_flushed(product, backend):
    people = register(backend, "flushed", 3)
    addresses = json.loads((product.data_dir / "addresses.json").read_text())
    queue = redis.Redis.from_url(addresses["REDIS_URL"].replace("redis+socket://", "unix://"))

    request_all(backend, people)
    queue.flushall()

    wait_until_completed(backend, people)
    for uid in people:
        assert backend.trail(uid) == COMPLETED_ONCE


def test_a_revoked_token_is_refused_by_every_process_within_a_second(backend):
    token = backend.authorize(grant_type="client_credentials")

    def ask():
        return backend.call("GET", "organization", token=token)[0]

    assert {ask() for _ in range(20)} == {200}

    backend.revoke(token)

    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        ask()
    assert {ask() for _ in range(40)} == {401}
