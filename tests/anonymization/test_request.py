from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from anonymization import services
from anonymization.errors import AlreadyCompleted, NothingToCancel
from anonymization.models import MAX_ATTEMPTS, TIMES, AnonymizationRequest, Status
from customers.models import Customer
from jsonapi.errors import NotFound
from tests import factories
from tests.anonymization.steps import cancel, entries, latest, request

pytestmark = pytest.mark.django_db


def info(customer):
    return Customer.objects.computed().get(pk=customer.pk).anonymization_info


def test_it_forgets_the_customer(alice, travis):
    request(alice, travis)

    assert services.process_due() == 1

    alice.refresh_from_db()
    assert alice.anonymization_status == "completed"
    assert alice.email.endswith("@anonymized.invalid")
    assert alice.password == ""
    assert alice.reference is None
    done = latest(alice)
    assert done.status == Status.COMPLETED
    assert done.report["customers.Customer"] == {"erased": 1}
    assert "alice" not in str(done.report)


def test_it_waits_for_the_grace_period_of_the_organization(environment, alice):
    environment.organization.anonymization_grace = timedelta(hours=1)
    environment.organization.save()

    wish = request(alice)

    assert wish.not_before - wish.requested_at == timedelta(hours=1)
    assert services.process_due() == 0
    assert latest(alice).status == Status.REQUESTED


def test_a_repeated_request_returns_the_open_one(alice, travis):
    first = request(alice, travis)

    assert request(alice) == first
    assert latest(alice).requester == travis
    assert AnonymizationRequest.objects.count() == 1


def test_a_started_request_is_still_open(alice):
    first = request(alice)
    services.claim(request_id=first.pk)

    assert request(alice).pk == first.pk


def test_a_completed_request_is_final(alice):
    request(alice)
    services.process_due()

    with pytest.raises(AlreadyCompleted):
        request(alice)
    with pytest.raises(NothingToCancel):
        cancel(alice)


def test_it_refuses_an_unknown_customer(environment):
    with pytest.raises(NotFound):
        services.request_anonymization(
            environment_id=environment.pk, subject_uid="nobody", requester=None
        )


def test_the_same_id_in_another_tenant_is_another_person(alice):
    rival = factories.environment_of(factories.make_organization())
    double = factories.make_customer(rival, uid=alice.uid, email=alice.email)
    request(alice)

    services.process_due()

    double.refresh_from_db()
    assert double.email == "alice@example.com"
    assert latest(double) is None


def test_cancelling_keeps_the_person(alice, travis):
    request(alice)

    cancel(alice, travis)

    assert services.process_due() == 0
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"
    assert alice.anonymization_status == "cancelled"
    assert latest(alice).cancellation_requester == travis


def test_a_started_request_can_be_cancelled_until_it_commits(alice):
    wish = request(alice)
    claimed = services.claim(request_id=wish.pk)

    cancel(alice)

    assert not services.carry_out(request_id=wish.pk, lease_token=claimed.lease_token)
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_there_must_be_something_to_cancel(alice):
    with pytest.raises(NothingToCancel):
        cancel(alice)


def test_after_cancelling_it_can_be_requested_again(alice):
    first = request(alice)
    cancel(alice)

    second = request(alice)

    assert second.pk != first.pk
    assert "cancelled_at" not in info(alice)
    assert services.process_due() == 1


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.STARTED])
def test_the_database_allows_one_open_request_per_person(alice, status):
    first = request(alice)

    with (
        pytest.raises(IntegrityError, match="anonymization_one_open_request"),
        transaction.atomic(),
    ):
        AnonymizationRequest.objects.create(
            environment=alice.environment,
            subject_uid=alice.uid,
            status=status,
            not_before=first.not_before,
        )


def test_the_database_refuses_an_unknown_status(alice):
    wish = request(alice)

    with pytest.raises(IntegrityError, match="anonymization_status_is_known"), transaction.atomic():
        AnonymizationRequest.objects.filter(pk=wish.pk).update(status="unknown")


def test_the_same_email_registers_again_as_a_new_person(alice, environment):
    request(alice)
    services.process_due()

    again = factories.make_customer(environment, email="Alice@example.com")

    assert again.uid != alice.uid
    assert info(again) == {}
    assert again.total_orders_count == 0


def test_a_deleted_customer_leaves_no_request_open(alice):
    request(alice)
    Customer.objects.filter(pk=alice.pk).delete()

    services.process_due()

    assert latest(alice).status == Status.COMPLETED


def test_the_trail_tells_every_step(alice):
    request(alice)
    cancel(alice)
    request(alice)
    services.process_due()

    assert entries(alice) == [
        "anonymization_request",
        "anonymization_cancel",
        "anonymization_request",
        "anonymization_started",
        "anonymization_completed",
    ]
    topics = alice.events.order_by("pk").values_list("name", flat=True)
    assert list(topics) == [
        "customers.anonymization_cancelled",
        "customers.anonymization_started",
        "customers.anonymization_completed",
    ]


def test_info_is_empty_for_who_never_asked(alice):
    assert info(alice) == {}


def test_info_tells_who_asked_and_when(alice, travis):
    wish = request(alice, travis)

    assert info(alice) == {
        "status": "requested",
        "requested_at": wish.requested_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "requester": {
            "id": travis.uid,
            "first_name": "Travis",
            "last_name": "Muller",
            "email": "travis@staff.example",
        },
    }


@pytest.mark.parametrize(
    ("act", "keys"),
    [
        (cancel, {"cancelled_at", "cancellation_requester"}),
        (lambda alice, travis: services.process_due(), {"started_at", "completed_at"}),
    ],
)
def test_info_says_what_happened_since(alice, travis, act, keys):
    request(alice, travis)

    act(alice, travis)

    told = info(alice)
    assert told.keys() == {"status", "requested_at", "requester"} | keys
    row = latest(alice)
    times = {name: time for name in TIMES if (time := getattr(row, name))}
    assert told["status"] == row.status
    assert {name: told[name] for name in times} == {
        name: time.strftime("%Y-%m-%d %H:%M:%S UTC") for name, time in times.items()
    }


def test_info_survives_the_user_who_asked(alice, travis):
    request(alice, travis)
    travis.delete()

    assert info(alice).keys() == {"status", "requested_at"}


def test_info_costs_one_query_however_many_customers(environment, travis):
    for _ in range(5):
        request(factories.make_customer(environment), travis)

    with CaptureQueriesContext(connection) as queries:
        told = [row.anonymization_info["status"] for row in Customer.objects.computed()]

    assert told == ["requested"] * 5
    assert len(queries) == 1


class TestFailing:
    """What happens when erasing raises."""

    @pytest.fixture
    def broken(self, environment):
        """A customer whom the database refuses to change."""
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE customers_customer ADD CONSTRAINT never"
                " CHECK (email NOT LIKE '%@anonymized.invalid')"
            )
        return factories.make_customer(environment, email="alice@example.com")

    def due_now(self, wish):
        AnonymizationRequest.objects.filter(pk=wish.pk).update(not_before=wish.requested_at)

    def test_it_is_put_off_with_the_lease_returned(self, broken):
        wish = request(broken)

        services.process_due()

        put_off = latest(broken)
        assert put_off.status == Status.STARTED
        assert put_off.attempts == 1
        assert put_off.lease_until is None
        assert put_off.not_before > wish.not_before
        assert put_off.last_error == "IntegrityError"
        assert services.process_due() == 0

    def test_it_fails_after_the_last_attempt(self, broken):
        wish = request(broken)
        for _ in range(MAX_ATTEMPTS):
            self.due_now(wish)
            assert services.process_due() == 1

        broken.refresh_from_db()
        assert broken.anonymization_status == "failed"
        assert broken.email == "alice@example.com"
        assert info(broken).keys() == {"status", "requested_at", "started_at", "failed_at"}
        assert entries(broken)[-1] == "anonymization_failed"
        assert entries(broken).count("anonymization_started") == 1

    def test_a_failed_one_can_be_requested_again(self, broken):
        wish = request(broken)
        for _ in range(MAX_ATTEMPTS):
            self.due_now(wish)
            services.process_due()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE customers_customer DROP CONSTRAINT never")

        request(broken)
        services.process_due()

        assert latest(broken).status == Status.COMPLETED

    def test_no_value_reaches_the_log(self, broken, caplog):
        request(broken)

        services.process_due()

        assert "IntegrityError" in caplog.text
        assert "alice" not in caplog.text
        assert "anonymized.invalid" not in caplog.text

    def test_a_request_that_kills_its_workers_fails_in_the_end(self, alice):
        wish = request(alice)
        for _ in range(MAX_ATTEMPTS):
            assert services.claim(request_id=wish.pk)
            AnonymizationRequest.objects.filter(pk=wish.pk).update(lease_until=wish.requested_at)

        services.process_due()

        assert latest(alice).status == Status.FAILED
        assert latest(alice).last_error == "WorkerLost"
