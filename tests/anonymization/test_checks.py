import pytest
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import models
from django.test.utils import isolate_apps

from annotations.models import Tag
from anonymization import impersonal
from anonymization.checks import problems
from anonymization.erasers import Delete, Eraser
from anonymization.models import AnonymizationRequest
from customers.models import Customer


class Person(Delete):
    model = Customer
    path = "uid"
    subject = True


class Throwaway(models.Model):
    """A table nobody has: declared anew inside each test, in a registry of its own."""

    class Meta:
        abstract = True
        app_label = "customers"


@pytest.fixture(autouse=True)
def _apart():
    with isolate_apps("customers"):
        yield


def found(*tables, erasers=()):
    """Return the ids of what is wrong if `tables` were all there are besides customers."""
    by_model = {eraser.model: eraser() for eraser in (Person, *erasers)}
    return [problem.id for problem in problems([Customer, *tables], by_model)]


def table(name, **fields):
    """Declare a model with these fields."""
    return type(name, (Throwaway,), {"__module__": __name__, **fields})


def key(model, link=models.ForeignKey, **options):
    return link(model, on_delete=models.CASCADE, related_name="+", **options)


def note(**fields):
    """Declare a model that points at a customer."""
    return table("Note", **{"customer": key(Customer, null=True), **fields})


def eraser(table, **options):
    """Declare an eraser of `table`."""
    members = {"model": table, "path": "customer__uid", "environment_path": None, **options}
    return type("NoteEraser", (Eraser,), members)


def test_the_project_itself_has_no_problem():
    call_command("check", fail_level="ERROR")


def test_a_model_that_points_at_a_customer_needs_an_eraser():
    notes = note()

    assert found(notes) == ["anonymization.E001"]
    assert found(notes, erasers=[eraser(notes)]) == []


def test_so_does_one_that_points_at_it_by_a_detour():
    notes = note()
    lines = table("Line", note=key(notes, models.OneToOneField))

    assert found(notes, lines, erasers=[eraser(notes)]) == ["anonymization.E001"]


def test_so_does_a_table_of_pairs_with_columns_of_its_own():
    visits = table("Visit", customer=key(Customer), tag=key(Tag))

    assert found(visits) == ["anonymization.E001"]


def test_so_does_what_can_hang_on_anything():
    columns = {"content_type": key(ContentType), "object_id": models.BigIntegerField()}
    stickers = table("Sticker", thing=GenericForeignKey(), **columns)

    assert found(stickers) == ["anonymization.E001"]


def test_so_does_what_names_a_person_without_a_key():
    traces = table("Trace", subject_uid=models.CharField(max_length=40))

    assert found(traces) == ["anonymization.E001"]


def test_a_key_that_leads_to_nobody_needs_none(monkeypatch):
    notes = note()
    monkeypatch.setattr(impersonal, "_reasons", {})
    assert found(notes) == ["anonymization.E001"]

    impersonal.leads_to_nobody(notes, "customer", because="a constraint says so")

    assert found(notes) == []


def test_what_leads_elsewhere_needs_none():
    labels = table("Label", tag=key(Tag))

    assert found(labels, Tag, AnonymizationRequest) == []


@pytest.mark.parametrize("option", [{"keep": {"colour": "why"}}, {"replace": {"colour": str}}])
def test_an_eraser_must_not_name_a_field_that_is_not_there(option):
    notes = note()

    assert found(notes, erasers=[eraser(notes, **option)]) == ["anonymization.E002"]


def test_nor_a_secret_that_is_not_there():
    notes = note()

    assert found(notes, erasers=[eraser(notes, secret={"colour"})]) == ["anonymization.E002"]


def test_a_field_that_cannot_be_empty_must_be_replaced_or_kept():
    notes = note(text=models.CharField(max_length=9))

    assert found(notes, erasers=[eraser(notes)]) == ["anonymization.E003"]
    assert found(notes, erasers=[eraser(notes, keep={"text": "why"})]) == []
    assert found(notes, erasers=[eraser(notes, replace={"text": str})]) == []
    assert found(notes, erasers=[type("Gone", (Delete,), dict(vars(eraser(notes))))]) == []


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=9, blank=True),
        models.CharField(max_length=9, default="x"),
        models.IntegerField(null=True),
        models.JSONField(default=dict),
        models.BinaryField(blank=True),
    ],
)
def test_a_field_with_an_empty_value_needs_nothing(field):
    notes = note(text=field)

    assert found(notes, erasers=[eraser(notes)]) == []


def test_a_key_that_cannot_be_empty_must_be_kept():
    notes = note(customer=key(Customer))

    assert found(notes, erasers=[eraser(notes)]) == ["anonymization.E003"]


def test_a_file_does_not_vanish_by_emptying_its_column():
    notes = note(text=models.FileField(blank=True))

    assert found(notes, erasers=[eraser(notes)]) == ["anonymization.E003"]


def test_a_path_must_lead_somewhere():
    notes = note()

    assert found(notes, erasers=[eraser(notes, path="owner__uid")]) == ["anonymization.E004"]


def test_exactly_one_model_is_the_person():
    assert [problem.id for problem in problems([], {})] == ["anonymization.E005"]
