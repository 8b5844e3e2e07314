from datetime import timedelta

import pytest
from django.db import connection, transaction

from activity.models import Event
from anonymization import services
from anonymization.errors import NothingToCancel
from anonymization.models import AnonymizationRequest, Status
from customers.models import CustomerSubscription
from customers.services import lock_for_writing
from jsonapi.errors import Conflict
from tests import factories
from tests.anonymization.steps import at_once, cancel, entries, latest, request

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = 50


def end_lease(wish):
    AnonymizationRequest.objects.filter(pk=wish.pk).update(lease_until=wish.requested_at)


@pytest.mark.parametrize("started", [False, True])
def test_cancelling_against_erasing_has_exactly_one_winner(environment, started):
    for _ in range(PAIRS // 2):
        customer = factories.make_customer(environment, reference="known")
        wish = request(customer)
        lease = services.claim(request_id=wish.pk).lease_token if started else None

        def erase(wish=wish, lease=lease):
            if lease:
                return services.carry_out(request_id=wish.pk, lease_token=lease)
            return services.process(request_id=wish.pk)

        _, cancelled = at_once(erase, lambda customer=customer: cancel(customer))

        customer.refresh_from_db()
        status = latest(customer).status
        assert customer.anonymization_status == status
        if isinstance(cancelled, Exception):
            assert isinstance(cancelled, NothingToCancel)
            assert (status, customer.reference) == (Status.COMPLETED, None)
        else:
            assert (status, customer.reference) == (Status.CANCELLED, "known")


def test_two_sweepers_carry_everything_out_once(environment):
    customers = [factories.make_customer(environment) for _ in range(20)]
    for customer in customers:
        request(customer)

    claimed = at_once(services.process_due, services.process_due)

    assert sum(claimed) == len(customers)
    assert all(entries(customer).count("anonymization_completed") == 1 for customer in customers)


def test_two_requests_at_once_open_one(alice):
    first, second = at_once(lambda: request(alice), lambda: request(alice))

    assert first == second
    assert entries(alice) == ["anonymization_request"]


def test_a_late_worker_with_an_old_lease_changes_nothing(alice):
    wish = request(alice)
    late = services.claim(request_id=wish.pk)
    end_lease(wish)
    current = services.claim(request_id=wish.pk)

    assert not services.carry_out(request_id=wish.pk, lease_token=late.lease_token)
    services.put_off(request_id=wish.pk, lease_token=late.lease_token, error="TimeoutError")

    alice.refresh_from_db()
    assert alice.email == "alice@example.com"
    assert latest(alice).lease_token == current.lease_token
    assert services.carry_out(request_id=wish.pk, lease_token=current.lease_token)
    assert not services.carry_out(request_id=wish.pk, lease_token=late.lease_token)
    assert entries(alice).count("anonymization_started") == 1
    assert entries(alice).count("anonymization_completed") == 1


def test_nobody_else_gets_a_request_while_its_lease_lasts(alice, settings):
    settings.ANONYMIZATION_LEASE = timedelta(minutes=1)
    wish = request(alice)

    assert services.claim(request_id=wish.pk)
    assert services.claim(request_id=wish.pk) is None


def test_a_customer_being_written_to_is_left_for_later(alice):
    wish = request(alice)

    with transaction.atomic():
        lock_for_writing(customer_id=alice.pk)
        [result] = at_once(lambda: services.process(request_id=wish.pk))

    assert result is False
    assert latest(alice).attempts == 0
    assert services.process(request_id=wish.pk)


def test_erasing_gives_way_to_whoever_holds_a_row_it_needs(alice):
    """The database would otherwise have to kill one of two that wait for each other."""
    subscription = CustomerSubscription.objects.create(
        environment=alice.environment, customer=alice, reference="news"
    )
    wish = request(alice)
    claimed = services.claim(request_id=wish.pk)

    with transaction.atomic():
        CustomerSubscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
        [result] = at_once(
            lambda: services.carry_out(request_id=wish.pk, lease_token=claimed.lease_token)
        )

    assert "lock timeout" in str(result)
    assert services.carry_out(request_id=wish.pk, lease_token=claimed.lease_token)


def test_what_is_written_meanwhile_is_gone_or_refused(environment):
    """Writers attach rows in a loop while the customer is being erased."""
    customer = factories.make_customer(environment)
    wish = request(customer)

    def write():
        results = []
        while Conflict not in results:
            try:
                with transaction.atomic():
                    owner = lock_for_writing(customer_id=customer.pk)
                    address = factories.make_address(environment, customer=owner)
                results.append(address)
            except Conflict:
                results.append(Conflict)
        return results

    def erase():
        while latest(customer).status != Status.COMPLETED:
            services.process(request_id=wish.pk)

    written, _ = at_once(write, erase)

    assert written[-1] is Conflict
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_address WHERE last_name IS NOT NULL")
        assert cursor.fetchone() == (0,)


def test_a_message_delivered_three_times_acts_once(alice):
    wish = request(alice)

    at_once(*[lambda: services.process(request_id=wish.pk)] * 3)

    assert Event.objects.filter(name="customers.anonymization_completed").count() == 1
