from pathlib import Path

import pytest

from anonymization import services
from anonymization.models import Status
from tests import factories
from tests.anonymization.steps import entries, eventually, latest, request

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dying_worker(start_worker):
    """Start a worker in a process of its own, on the database of the tests."""
    script = Path(__file__).with_name("dying_worker.py")
    return lambda: start_worker(script, ANONYMIZATION_LEASE_SECONDS="1")


def test_a_worker_killed_while_erasing_is_replaced_and_it_happens_once(alice, dying_worker):
    request(alice)
    worker = dying_worker()
    assert worker.stdout.readline() == "erased\n"
    assert latest(alice).status == Status.STARTED

    worker.kill()
    eventually(lambda: services.process_due() == 1)

    alice.refresh_from_db()
    assert alice.email.endswith("@anonymized.invalid")
    assert latest(alice).status == Status.COMPLETED
    assert latest(alice).attempts == 2
    assert entries(alice) == [
        "anonymization_request",
        "anonymization_started",
        "anonymization_completed",
    ]
    names = alice.events.values_list("name", flat=True)
    assert list(names).count("customers.anonymization_completed") == 1


def test_a_worker_killed_in_the_middle_of_a_batch_loses_nobody(environment, dying_worker):
    customers = [factories.make_customer(environment, reference="known") for _ in range(12)]
    for customer in customers:
        request(customer)
    worker = dying_worker()
    assert worker.stdout.readline() == "erased\n"

    worker.kill()
    eventually(lambda: services.process_due() == len(customers))

    for customer in customers:
        customer.refresh_from_db()
        assert customer.reference is None
        assert latest(customer).status == Status.COMPLETED
        assert latest(customer).attempts == 2
        assert entries(customer)[1:] == ["anonymization_started", "anonymization_completed"]
        names = list(customer.events.values_list("name", flat=True))
        assert names.count("customers.anonymization_completed") == 1


def test_nobody_takes_over_from_a_worker_that_is_slow_but_alive(alice, dying_worker):
    wish = request(alice)
    worker = dying_worker()
    assert worker.stdout.readline() == "erased\n"
    eventually(lambda: type(wish).objects.due().filter(pk=wish.pk).exists())

    assert services.process_due() == 0

    worker.stdin.close()
    worker.wait(timeout=20)
    assert latest(alice).attempts == 1
    assert latest(alice).status == Status.COMPLETED
