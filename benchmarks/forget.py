"""python -m benchmarks.forget SECONDS: how many people a second the product forgets.

Makes seeded requests due, some at a time, and calls the task that beat calls in production, in
as many processes as a worker has. Then looks whether everybody is really forgotten. Prints
{"people", "rate", ...}.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import django

django.setup()

from django.conf import settings
from django.db import connection

from anonymization import tasks
from anonymization.models import AnonymizationRequest, Status

FIRST, MOST = 100, 5_000
"""People made due at once: few at first, to see how long they take."""

PROOF = """
    SELECT COUNT(*) FILTER (WHERE request.status = 'completed'),
           COUNT(*) FILTER (WHERE customer.email LIKE '%%@example.com'),
           COUNT(*) FILTER (WHERE EXISTS (
               SELECT FROM orders_order WHERE customer_id = customer.id AND customer_email <> '')),
           COUNT(*) FILTER (WHERE EXISTS (
               SELECT FROM customers_address
               WHERE customer_id = customer.id AND first_name <> '')),
           COUNT(*) FILTER (WHERE EXISTS (
               SELECT FROM activity_eventstore
               WHERE subject_uid = customer.uid AND event = 'anonymization_completed'))
    FROM anonymization_anonymizationrequest request
    JOIN customers_customer customer
      ON (customer.environment_id, customer.uid) = (request.environment_id, request.subject_uid)
    WHERE request.id <= %s
"""


def main() -> None:
    sweepers = settings.CELERY_WORKER_CONCURRENCY
    fresh = multiprocessing.get_context("spawn")  # a connection cannot be shared
    with ProcessPoolExecutor(sweepers, mp_context=fresh) as pool:
        measure(float(sys.argv[1]), sweepers, pool)


def measure(limit: float, sweepers: int, pool: ProcessPoolExecutor) -> None:
    people = AnonymizationRequest.objects.filter(status=Status.REQUESTED).count()
    done, spent, slice_ = 0, 0.0, FIRST
    while spent < limit and done < people:
        count = min(slice_, people - done)
        make_due(done, done + count)
        started = time.perf_counter()
        while AnonymizationRequest.objects.due().exists():
            for sweep in [pool.submit(tasks.sweep) for _ in range(sweepers)]:
                sweep.result()
        seconds = time.perf_counter() - started
        if done:  # the first slice also loads modules and fills caches
            spent += seconds
        done += count
        slice_ = max(FIRST, min(MOST, int(count / seconds * limit / 3)))
    completed, known, orders, addresses, told = proof(done)
    measured = done - FIRST
    json.dump(
        {
            "people": measured,
            "rate": measured / spent,
            "seconds": spent,
            "all_forgotten": (completed, known, orders, addresses, told) == (done, 0, 0, 0, done),
            "proof": [completed, known, orders, addresses, told],
        },
        sys.stdout,
    )


def make_due(after: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE anonymization_anonymizationrequest SET not_before = NOW()"
            " WHERE id > %s AND id <= %s",
            [after, last],
        )


def proof(last: int) -> tuple[int, ...]:
    """Count who is completed, still known by customer, order or address, and has an entry."""
    with connection.cursor() as cursor:
        cursor.execute(PROOF, [last])
        row: tuple[int, ...] = cursor.fetchone()
        return row


if __name__ == "__main__":
    main()
