import pytest

from customers.models import CustomerGroup
from tests import factories

pytestmark = pytest.mark.django_db

NAMES = ["plain", "", "with, comma", 'with "quotes"', "back\\slash", "{brace}", "NULL", "%s"]


@pytest.mark.parametrize("wanted", [[], NAMES[:1], NAMES, set(NAMES)])
def test_among_finds_exactly_these_texts(environment, wanted):
    for name in [*NAMES, "another", "null"]:
        factories.make_group(environment, name=name)

    found = CustomerGroup.objects.filter(name__among=wanted).values_list("name", flat=True)

    assert sorted(found) == sorted(wanted)


def test_among_finds_exactly_these_numbers(environment):
    groups = [factories.make_group(environment) for _ in range(3)]
    wanted = {groups[0].pk, groups[2].pk}

    found = CustomerGroup.objects.filter(pk__among=wanted).values_list("pk", flat=True)

    assert set(found) == wanted


def test_differing_takes_null_for_a_value(environment):
    coded = factories.make_group(environment, code="vip")
    bare = factories.make_group(environment)

    assert CustomerGroup.objects.get(code__differs=None) == coded
    assert CustomerGroup.objects.get(code__differs="vip") == bare
