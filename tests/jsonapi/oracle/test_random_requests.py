"""Requests that nobody thought of: any includes, fieldsets, sorts, pages and filters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonapi import registry
from tests.jsonapi.oracle.doors import assert_same
from tests.jsonapi.oracle.filtering import questions
from tests.jsonapi.oracle.serializers import (
    columns_of,
    is_to_many,
    names_of,
    reached,
    relationships_of,
    target_of,
    way_back,
)
from tests.jsonapi.oracle.world import SINGLETONS

pytestmark = pytest.mark.django_db

DEEPEST = 3
TYPES = [name for name in registry.types() if name not in SINGLETONS]
# The same requests on every machine.
random_requests = settings(derandomize=True, database=None, deadline=None, max_examples=60)


@st.composite
def paths(draw, resource_type, depth=DEEPEST, back=None):
    """Return include paths from a type, and the types that they pass.

    None goes to and fro between two rows: Django takes the first one again, as it was fetched.
    """
    names = [
        name
        for name in relationships_of(resource_type)
        if target_of(resource_type, name) and name != back
    ]
    if not names or not depth:
        return [], {resource_type}
    found, types = [], {resource_type}
    for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=3)):
        target, back = target_of(resource_type, name), way_back(resource_type, name)
        further, passed = draw(paths(target, depth - 1, back))
        found += [f"{name}.{path}" for path in further] or [name]
        types |= passed
    return found, types


@st.composite
def documents(draw, resource_type):
    """Return what a request may say about the document: `include` and `fields`."""
    found, types = draw(paths(resource_type))
    query = {"include": ",".join(draw(st.permutations(found)))} if found else {}
    for sparse in draw(st.lists(st.sampled_from(sorted(types)), unique=True, max_size=3)):
        names = ["id", *names_of(sparse)]
        kept = draw(st.lists(st.sampled_from(names), unique=True, max_size=6))
        query[f"fields[{sparse}]"] = ",".join(kept)
    return query


@st.composite
def pages(draw, resource_type, rows):
    """Return what a request may say about a list: `sort` and `page`."""
    columns = st.sampled_from(["id", *columns_of(resource_type)])
    names = draw(st.lists(columns, unique=True, max_size=3))
    size = draw(st.integers(1, 25))
    number = draw(st.integers(1, max(1, -(-rows // size))))
    query = {"page[size]": str(size), "page[number]": str(number)}
    if names:
        query["sort"] = ",".join(draw(st.sampled_from(["", "-"])) + name for name in names)
    return query


@st.composite
def filters(draw, world, resource_type):
    """Return up to two filters, on the type itself or through a relationship."""
    query = {}
    for key in draw(st.lists(st.sampled_from(sorted(questions(resource_type))), max_size=2)):
        path, field, predicate = questions(resource_type)[key]
        relationship, _, name = path.rpartition("__")
        target = reached(resource_type, relationship) if relationship else resource_type
        shown = [row["attributes"][name] for row in world.api.get(target).json()["data"]]
        value = draw(st.sampled_from([one for one in shown if one is not None]))
        query[f"filter[q][{key}]"] = question(predicate, value, field)
    return query


def question(predicate, value, field):
    """Return what to ask so that rows with `value` may answer."""
    if predicate == "null":
        return "false" if field.null else "true"
    text = value if isinstance(value, str) else json.dumps(value)
    cut = {"start": text[:4], "end": text[-4:], "cont": text[1:9], "i_cont": text[1:9].swapcase()}
    return cut.get(predicate, text)


@random_requests
@given(data=st.data())
def test_any_filter_finds_what_the_orm_finds(world, data):
    resource_type = data.draw(st.sampled_from(TYPES))

    assert_same(world.api, resource_type, data.draw(filters(world, resource_type)))


@random_requests
@given(data=st.data())
def test_any_list_is_what_dja_renders(world, data):
    resource_type = data.draw(st.sampled_from(TYPES))
    rows = world.api.get(resource_type).json()["meta"]["record_count"]
    page, document = data.draw(pages(resource_type, rows)), data.draw(documents(resource_type))

    assert_same(world.api, resource_type, page | document)


@random_requests
@given(data=st.data())
def test_any_single_resource_is_what_dja_renders(world, data):
    resource_type = data.draw(st.sampled_from(TYPES))
    uid = data.draw(st.sampled_from(world.uids(resource_type)))

    assert_same(world.api, f"{resource_type}/{uid}", data.draw(documents(resource_type)))


@random_requests
@given(data=st.data())
def test_any_related_resources_are_what_dja_renders(world, data):
    resource_type = data.draw(st.sampled_from([name for name in TYPES if relationships_of(name)]))
    uid = data.draw(st.sampled_from(world.uids(resource_type)))
    name = data.draw(st.sampled_from(relationships_of(resource_type)))
    target = target_of(resource_type, name) or "customers"
    query = data.draw(documents(target))
    if is_to_many(resource_type, name):
        query |= data.draw(pages(target, 1))

    assert_same(world.api, f"{resource_type}/{uid}/{name}", query)
