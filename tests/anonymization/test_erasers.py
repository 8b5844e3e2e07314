import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import F

from activity.models import Event, EventStore
from activity.services import publish, record
from annotations.models import Attachment, Tag
from anonymization import services
from anonymization.erasers import erase_all, find_all, in_order, registered
from anonymization.introspection import keeping_pace, points_at
from anonymization.people import People
from customers.models import Address, Customer, CustomerAddress, CustomerSubscription
from orders.models import Order
from tests import factories
from tests.anonymization.steps import request

pytestmark = pytest.mark.django_db

CANARY = "c4n4ry"
NOBODY = People(frozenset(), {})


def whole_database() -> str:
    """Return every row of every table as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        texts = []
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            texts.append(cursor.fetchone()[0])
    return "\n".join(texts)


@pytest.fixture
def canary(environment):
    """A customer whose every trace holds the canary."""
    common = {"reference": CANARY, "reference_origin": CANARY, "metadata": {"note": CANARY}}
    customer = factories.make_customer(
        environment,
        email=f"{CANARY}@example.com",
        shopper_reference=CANARY,
        profile_id=CANARY,
        tax_exemption_code=CANARY,
        **common,
    )
    texts = {
        field.name: CANARY
        for field in Address._meta.concrete_fields
        if field.name.endswith(("name", "line_1", "line_2", "city", "phone", "notes", "info"))
    }
    address = factories.make_address(
        environment, customer=customer, email=f"{CANARY}@example.com", zip_code=CANARY, **texts
    )
    CustomerAddress.objects.create(
        environment=environment, customer=customer, address=address, **common
    )
    CustomerSubscription.objects.create(environment=environment, customer=customer, **common)
    customer.tags.add(Tag.objects.create(environment=environment, name="vip"))
    for owned in (customer, address):
        columns = Attachment.columns_for(owned)
        Attachment.objects.create(environment=environment, name=CANARY, url=CANARY, **columns)
        publish(instance=owned, topic="a.b")
        record(instance=owned, event="update", payload={"email": [None, CANARY], "x": [CANARY, 1]})
    Event.objects.update(metadata={"note": CANARY}, reference=CANARY)
    return customer


def test_it_leaves_no_trace_of_the_customer(canary):
    assert whole_database().count(CANARY) > 30  # or the last line would prove nothing

    request(canary)
    services.process_due()

    assert CANARY not in whole_database()


def test_it_takes_the_customer_off_every_tag(canary):
    erase_all(canary.environment_id, canary.uid)

    assert not canary.tags.exists()
    assert Tag.objects.filter(name="vip").exists()


def test_the_report_counts_rows_by_model(canary):
    report = erase_all(canary.environment_id, canary.uid)

    assert report["customers.Customer"] == {"erased": 1}
    assert report["customers.CustomerAddress"] == {"deleted": 1}
    assert report["annotations.Attachment"] == {"deleted": 2}
    assert report["activity.EventStore"] == {"erased": 2}
    assert report.keys() == {
        "activity.Event",
        "activity.EventStore",
        "annotations.Attachment",
        "customers.Address",
        "customers.Customer",
        "customers.CustomerAddress",
        "customers.CustomerSubscription",
    }


def test_erasing_twice_is_erasing_once(canary):
    erase_all(canary.environment_id, canary.uid)

    report = erase_all(canary.environment_id, canary.uid)

    assert report["customers.Customer"] == {"erased": 1}
    assert "customers.CustomerAddress" not in report
    assert CANARY not in whole_database()


def test_it_leaves_other_people_alone(canary, environment):
    bob = factories.make_customer(environment, reference="bob-1")
    record(instance=bob, event="update", payload={"reference": [None, "bob-1"]})

    erase_all(canary.environment_id, canary.uid)

    bob.refresh_from_db()
    assert bob.reference == "bob-1"
    assert EventStore.objects.get(resource_uid=bob.uid).payload == {"reference": [None, "bob-1"]}


def test_history_keeps_what_happened_without_the_values(canary):
    record(instance=canary, event="update", payload={"total_orders_count": [0, 1]})

    erase_all(canary.environment_id, canary.uid)

    payloads = EventStore.objects.about("customers", canary.uid).order_by("pk")
    assert [entry.payload for entry in payloads] == [
        {"email": [None, None], "x": [None, None]},
        {"total_orders_count": [0, 1]},  # kept on the customer, so kept in the history
    ]


def test_it_finds_what_was_written_before_the_customer_owned_it(environment):
    alice = factories.make_customer(environment)
    address = factories.make_address(environment, notes=CANARY)
    record(instance=address, event="update", payload={"notes": [None, CANARY]})
    event = publish(instance=address, topic="addresses.tagged")
    Event.objects.filter(pk=event.pk).update(metadata={"note": CANARY})
    kind = ContentType.objects.get_for_model(Address)
    Attachment.objects.create(
        environment=environment, name=CANARY, content_type=kind, object_id=address.pk
    )
    assert not EventStore.objects.exclude(subject_uid=None).exists()
    address.customer = alice
    address.save()

    erase_all(environment.pk, alice.uid)

    assert CANARY not in whole_database()


def test_every_replacement_address_is_drawn_anew(environment):
    emails = set()
    for _ in range(3):
        customer = factories.make_customer(environment, email="same@example.com")
        erase_all(environment.pk, customer.uid)
        emails.add(Customer.objects.get(pk=customer.pk).email)

    assert len(emails) == 3


def test_models_that_point_at_others_are_erased_first():
    order = [eraser.model for eraser in in_order()]

    assert order[-1] is Customer
    for place, model in enumerate(order):
        first = [later for later in order[place + 1 :] if points_at(later, model)]
        # Two that point at each other are erased in any order.
        assert all(points_at(model, later) for later in first)


@pytest.mark.parametrize(("model", "source"), [(Customer, "total_orders_count"), (Order, "status")])
def test_an_update_of_many_rows_sets_what_a_generated_column_is_made_of(model, source):
    assert keeping_pace(model, {"reference": ""}) == {"reference": "", source: F(source)}


def test_an_update_that_sets_it_anyway_stays_as_it_is():
    assert keeping_pace(Customer, {"password": ""}) == {"password": ""}
    assert keeping_pace(Address, {"city": ""}) == {"city": ""}


@pytest.mark.parametrize("eraser", registered().values(), ids=lambda one: one.model._meta.label)
def test_the_database_takes_every_statement_of_an_eraser(eraser):
    """They are prepared, so it has to find out the type of each parameter by itself."""
    eraser.find(People(frozenset({(0, "nobody")}), {0: (0, "nobody")}), find_all(NOBODY))

    assert eraser.erase({0}, **eraser.mark) == (1 if eraser.sparse else 0)
