"""Every resource in every kind of document: the engine says what DJA says."""

import pytest

from jsonapi import registry
from tests.jsonapi.oracle.doors import assert_same
from tests.jsonapi.oracle.serializers import (
    columns_of,
    is_to_many,
    names_of,
    relationships_of,
    target_of,
)
from tests.jsonapi.oracle.world import ROWS, SINGLETONS

pytestmark = pytest.mark.django_db

TYPES = [name for name in registry.types() if name not in SINGLETONS]
RELATIONSHIPS = [(one, name) for one in TYPES for name in relationships_of(one)]
TO_MANY = [(one, name) for one, name in RELATIONSHIPS if is_to_many(one, name)]
TO_ONE = [(one, name) for one, name in RELATIONSHIPS if not is_to_many(one, name)]
INCLUDABLE = [(one, name) for one, name in RELATIONSHIPS if target_of(one, name)]


@pytest.mark.parametrize("resource_type", TYPES)
def test_a_list_is_what_dja_renders(world, resource_type):
    document = assert_same(world.api, resource_type)

    assert [row["id"] for row in document["data"]][:ROWS] == world.uids(resource_type)
    assert_same(world.api, resource_type, {"page[size]": "3", "page[number]": "2"})


@pytest.mark.parametrize("resource_type", TYPES)
def test_every_nullable_attribute_is_null_once_and_set_once(world, resource_type):
    """The rows do not avoid what is hard."""
    rows = world.api.get(resource_type).json()["data"]

    for name in columns_of(resource_type):
        field = registry.view_of(resource_type).model._meta.get_field(name)
        if field.null:
            assert any(row["attributes"][name] is None for row in rows), name
            assert any(row["attributes"][name] is not None for row in rows), name


@pytest.mark.parametrize("resource_type", registry.types())
def test_a_single_resource_is_what_dja_renders(world, resource_type):
    for uid in world.uids(resource_type):
        assert_same(world.api, f"{resource_type}/{uid}")


@pytest.mark.parametrize(("resource_type", "name"), TO_MANY)
def test_related_resources_are_what_dja_renders(world, resource_type, name):
    found = [
        assert_same(world.api, f"{resource_type}/{uid}/{name}")["data"]
        for uid in world.uids(resource_type)[:2]
    ]

    assert any(found), "no row has any"


@pytest.mark.parametrize(("resource_type", "name"), TO_ONE)
def test_the_related_resource_is_what_dja_renders(world, resource_type, name):
    found = [
        assert_same(world.api, f"{resource_type}/{uid}/{name}")["data"]
        for uid in world.uids(resource_type)[:2]
    ]

    assert any(found), "no row has any"


@pytest.mark.parametrize(("resource_type", "name"), INCLUDABLE)
def test_an_include_is_what_dja_renders(world, resource_type, name):
    document = assert_same(world.api, resource_type, {"include": name})

    assert document["included"], "no row has any"
    first = world.uids(resource_type)[0]
    assert_same(world.api, f"{resource_type}/{first}", {"include": name})


@pytest.mark.parametrize("resource_type", TYPES)
def test_sparse_fields_are_what_dja_renders(world, resource_type):
    names = names_of(resource_type)
    for kept in ([], ["id"], names[:1], names[1::2], names[::-2]):
        query = {f"fields[{resource_type}]": ",".join(kept)}
        shown = assert_same(world.api, resource_type, query)["data"][0]

        assert {*shown["attributes"], *shown.get("relationships", ())} == {*kept} - {"id"}


@pytest.mark.parametrize("resource_type", TYPES)
def test_columns_sort_and_filter_as_the_orm_does(world, resource_type):
    for name in columns_of(resource_type):
        only = {f"fields[{resource_type}]": name}
        rows = assert_same(world.api, resource_type, {**only, "sort": name})["data"]
        null = {f"filter[q][{name}_null]": "false"}
        assert_same(world.api, resource_type, {**only, **null, "sort": f"-{name}"})
        shown = rows[0]["attributes"][name]
        if not isinstance(shown, dict | list):
            value = str(shown).lower() if isinstance(shown, bool) else str(shown)
            assert_same(world.api, resource_type, {**only, f"filter[q][{name}_eq]": value})
