"""Many people at once: as if each had been forgotten alone, only faster."""

import pytest
from django.db import connection, transaction

from activity.models import Event
from activity.services import publish, record
from annotations.models import Attachment, Tag
from anonymization import services, work
from anonymization.errors import NothingToCancel
from anonymization.models import AnonymizationRequest, Status
from customers.models import Address, Customer, CustomerAddress
from customers.services import lock_for_writing
from orders.models import Order
from tests import factories
from tests.anonymization.steps import at_once, cancel, entries, latest, request
from tests.orders.goods import make_market
from tests.queries import cost

STEPS = ["anonymization_request", "anonymization_started", "anonymization_completed"]


@pytest.fixture
def crowd(environment):
    """Make customers who asked to be forgotten."""

    def make(count):
        made = [factories.make_customer(environment, reference="known") for _ in range(count)]
        for customer in made:
            request(customer)
        return made

    return make


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(work, "PEOPLE_AT_ONCE", 5)


def furnish(customer, market, addresses=3):
    """Give a customer what people leave behind."""
    place = {"environment": customer.environment}
    for _ in range(addresses):
        address = factories.make_address(**place, customer=customer)
        CustomerAddress.objects.create(**place, customer=customer, address=address)
    for _ in range(4):
        Order.objects.create(
            **place, market=market, customer=customer, customer_email=customer.email
        )
    columns = Attachment.columns_for(customer)
    Attachment.objects.create(**place, name="contract", **columns)
    customer.tags.add(Tag.objects.get_or_create(**place, name="vip")[0])
    publish(instance=customer, topic="customers.create")
    Event.objects.filter(subject_uid=customer.uid).update(metadata={"note": "secret"})
    record(instance=customer, event="update", payload={"email": [None, customer.email]})


def is_intact(customer):
    customer.refresh_from_db()
    return customer.reference == "known"


def statuses(customers):
    return [latest(customer).status for customer in customers]


@pytest.mark.django_db
def test_one_who_cannot_be_erased_keeps_nobody_else(crowd):
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE customers_customer ADD CONSTRAINT never"
            " CHECK (total_orders_count <> 77 OR reference IS NOT NULL)"
        )
    bad, *good = crowd(30)
    Customer.objects.filter(pk=bad.pk).update(total_orders_count=77)

    assert services.process_due() == 30

    assert statuses(good) == [Status.COMPLETED] * 29
    assert not any(map(is_intact, good))
    assert all(entries(customer) == STEPS for customer in good)
    assert is_intact(bad)
    assert latest(bad).status == Status.STARTED
    assert latest(bad).last_error == "IntegrityError"
    assert latest(bad).attempts == 1
    assert latest(bad).lease_until is None
    assert entries(bad) == STEPS[:2]


@pytest.mark.django_db
def test_one_who_cannot_even_be_claimed_keeps_nobody_else(crowd, caplog):
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE customers_customer ADD CONSTRAINT never"
            " CHECK (total_orders_count <> 77 OR anonymization_status <> 'started')"
        )
    bad, *good = crowd(5)
    Customer.objects.filter(pk=bad.pk).update(total_orders_count=77)

    assert services.process_due() == 4

    assert statuses(good) == [Status.COMPLETED] * 4
    assert latest(bad).status == Status.REQUESTED
    assert "IntegrityError" in caplog.text
    assert bad.email not in caplog.text


@pytest.mark.django_db
def test_nobody_carries_out_what_nobody_holds(crowd):
    [alice] = crowd(1)
    lease = services.claim(request_id=latest(alice).pk)
    services.put_off(request_id=lease.pk, lease_token=lease.lease_token, error="TimeoutError")

    assert not services.carry_out(request_id=lease.pk, lease_token=None)
    assert is_intact(alice)


@pytest.mark.django_db
def test_who_failed_before_goes_alone(crowd):
    again, *others = crowd(3)
    AnonymizationRequest.objects.filter(subject_uid=again.uid).update(attempts=1)
    ids = [latest(customer).pk for customer in (again, *others)]

    together = services.claim_many(request_ids=ids)

    assert {row.subject_uid for row in together} == {customer.uid for customer in others}
    assert services.process_due() == 1


@pytest.mark.django_db
def test_each_report_counts_the_rows_of_one_person(crowd, environment):
    market = make_market(environment)
    customers = crowd(3)
    for number, customer in enumerate(customers):
        furnish(customer, market, addresses=number)

    services.process_due()

    for number, customer in enumerate(customers):
        report = latest(customer).report
        assert report["customers.Customer"] == {"erased": 1}
        assert report.get("customers.Address") == ({"erased": number} if number else None)
        assert report.get("customers.CustomerAddress") == ({"deleted": number} if number else None)
        assert report["orders.Order"] == {"erased": 4}
        assert report["annotations.Attachment"] == {"deleted": 1}


@pytest.mark.django_db
def test_what_two_of_them_share_counts_for_both(crowd, environment):
    alice, bob = crowd(2)
    address = factories.make_address(environment, customer=alice)
    Order.objects.create(
        environment=environment,
        market=make_market(environment),
        customer=bob,
        billing_address=address,
    )

    services.process_due()

    reports = [latest(customer).report["customers.Address"] for customer in (alice, bob)]
    assert reports == [{"erased": 1}, {"erased": 1}]
    assert Address.objects.get().last_name is None


@pytest.mark.django_db
def test_everybody_gets_values_of_their_own(crowd, environment):
    market = make_market(environment)
    customers = crowd(10)
    for customer in customers:
        furnish(customer, market)

    services.process_due()

    for model, field in ((Customer, "email"), (Customer, "shopper_reference"), (Order, "token")):
        values = model.objects.values_list(field, flat=True)
        assert len(set(values)) == len(values) >= 10


@pytest.mark.django_db
def test_the_same_id_in_three_tenants_is_three_people(environment):
    mine, theirs, stays = (
        factories.make_customer(
            factories.environment_of(factories.make_organization(anonymization_grace=grace)),
            uid="same",
            reference="known",
        )
        for grace in [environment.organization.anonymization_grace] * 3
    )
    request(mine)
    request(theirs)
    request(factories.make_customer(stays.environment))

    assert services.process_due() == 3

    assert [is_intact(customer) for customer in (mine, theirs, stays)] == [False, False, True]
    assert entries(mine) == entries(theirs) == STEPS
    assert entries(stays) == []


@pytest.mark.django_db
def test_a_batch_costs_as_many_queries_whatever_its_size(crowd, environment):
    market = make_market(environment)
    costs = []
    for size in (10, 10, 100):  # the first also fills caches
        for customer in crowd(size):
            furnish(customer, market)
        costs.append(cost(services.process_due))

    assert costs[1] == costs[2]
    assert not AnonymizationRequest.objects.open().exists()


@pytest.mark.django_db(transaction=True)
def test_cancelling_some_of_a_batch_has_one_winner_each(crowd):
    for _ in range(5):
        customers = crowd(12)
        fickle = customers[::2]

        _, *cancelled = at_once(
            services.process_due, *[lambda customer=one: cancel(customer) for one in fickle]
        )
        services.process_due()

        for customer, outcome in zip(fickle, cancelled, strict=True):
            won = not isinstance(outcome, Exception)
            assert won or isinstance(outcome, NothingToCancel)
            assert is_intact(customer) == won
            assert latest(customer).status == (Status.CANCELLED if won else Status.COMPLETED)
            assert customer.anonymization_status == latest(customer).status
        assert set(statuses(customers[1::2])) == {Status.COMPLETED}


@pytest.mark.django_db(transaction=True)
def test_one_who_cancelled_after_the_claim_stays(crowd):
    fickle, *others = crowd(5)
    lease = services.claim_many(request_ids=[latest(one).pk for one in (fickle, *others)])
    cancel(fickle)

    ids = [row.pk for row in lease]
    done = services.carry_out_many(request_ids=ids, lease_token=lease[0].lease_token)

    assert len(done) == 4
    assert is_intact(fickle)
    assert statuses(others) == [Status.COMPLETED] * 4


@pytest.mark.django_db(transaction=True)
def test_whoever_is_being_written_to_is_left_for_later(crowd):
    busy, *others = crowd(4)

    with transaction.atomic():
        lock_for_writing(customer_id=busy.pk)
        [count] = at_once(services.process_due)

    assert count == 3
    assert statuses(others) == [Status.COMPLETED] * 3
    assert latest(busy).status == Status.REQUESTED
    assert latest(busy).attempts == 0
    assert services.process_due() == 1
    assert entries(busy) == STEPS


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_whom_somebody_writes_to_after_the_claim(crowd):
    busy, *others = crowd(4)
    lease = services.claim_many(request_ids=[latest(one).pk for one in (busy, *others)])
    ids, token = [row.pk for row in lease], lease[0].lease_token

    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).get(pk=busy.pk)
        [done] = at_once(lambda: services.carry_out_many(request_ids=ids, lease_token=token))

    assert len(done) == 3
    assert statuses(others) == [Status.COMPLETED] * 3
    assert services.carry_out(request_id=latest(busy).pk, lease_token=token)


@pytest.mark.django_db(transaction=True)
def test_a_second_sweeper_takes_what_the_first_left(crowd, small_batches):
    customers = crowd(20)
    first = [latest(customer).pk for customer in customers[:5]]

    with transaction.atomic():
        lease = services.claim_many(request_ids=first)
        [elsewhere] = at_once(services.process_due)

    assert elsewhere == 15
    assert services.carry_out_many(request_ids=first, lease_token=lease[0].lease_token)
    assert all(entries(customer) == STEPS for customer in customers)


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_do_everything_once(crowd, small_batches):
    customers = crowd(40)

    claimed = at_once(services.process_due, services.process_due)

    assert sum(claimed) == len(customers)
    assert statuses(customers) == [Status.COMPLETED] * 40
    assert all(entries(customer) == STEPS for customer in customers)
