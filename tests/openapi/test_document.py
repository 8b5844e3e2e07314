"""What /api/openapi.json says, and the page to try it."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from openapi_spec_validator import validate

from jsonapi import registry
from jsonapi.relationships import Polymorphic
from openapi.document import assembled


@pytest.fixture(scope="module")
def document():
    return assembled()


def test_it_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_anybody_may_read_it(db, document):
    reply = Client().get("/api/openapi.json")

    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/json"
    assert reply.json() == document


@pytest.mark.parametrize("name", registry.types())
def test_it_has_every_type_with_what_can_be_done(document, name):
    view = registry.view_of(name)
    place = f"/api/{view.singleton or name}"
    methods = {"list": "get", "create": "post"}
    single = {"retrieve": "get", "update": "patch", "destroy": "delete"}
    if view.singleton:
        methods, single = {"retrieve": "get"}, {}
    for at, known in ((place, methods), (f"{place}/{{id}}", single)):
        wanted = {method for action, method in known.items() if action in view.actions_allowed}
        assert wanted == document["paths"].get(at, {}).keys() - {"parameters"}
    for relation, kind in registry.schema_of(name).relationships.items():
        is_any = isinstance(kind, Polymorphic)
        assert (f"{place}/{{id}}/{relation}" in document["paths"]) == (not is_any)


def test_attributes_have_their_limits(document):
    attributes = document["components"]["schemas"]["customers"]["properties"]["attributes"]
    written = document["components"]["schemas"]["customers.create"]["properties"]["data"]

    assert attributes["properties"]["status"]["enum"] == ["prospect", "acquired", "repeat", None]
    assert attributes["properties"]["created_at"] == {"type": "string", "format": "date-time"}
    assert written["properties"]["attributes"]["required"] == ["email"]
    assert "status" not in written["properties"]["attributes"]["properties"]
    assert written["properties"]["attributes"]["properties"]["password"]["minLength"] == 6


def test_triggers_are_written_and_never_read(document):
    schemas = document["components"]["schemas"]
    written = schemas["orders.update"]["properties"]["data"]["properties"]["attributes"]

    assert written["properties"]["_place"]["type"] == ["boolean", "null"]
    assert "_place" not in schemas["orders"]["properties"]["attributes"]["properties"]


def test_every_operation_says_who_may(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                assert "security" in operation, (path, method)


def test_names_of_operations_are_unique(document):
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    assert len(names) == len(set(names))


def test_the_explorer_needs_nothing_from_elsewhere(db):
    page = Client().get("/api/docs").content.decode()
    sources = re.findall(r'(?:src|href|data-document)="([^"]+)"', page)

    assert len(sources) == 5
    for source in sources:
        name = source.removeprefix("/static/")
        assert name != source or Client().get(source).status_code == 200
        assert name == source or finders.find(name)


@pytest.mark.skipif(find_spec("compat") is None, reason="the plain-JSON doors were deleted")
def test_the_plain_doors_are_in_it(document):
    for path, methods in (
        ("/customers", {"get", "post"}),
        ("/customers/{id}", {"get", "post", "delete"}),
        ("/customers/{id}/sources/{sourceId}", {"post", "delete"}),
        ("/api/v1/sdk/auth/login", {"post"}),
        ("/api/v1/sdk/customer", {"post", "put"}),
        ("/api/v1/sdk/customer/email/verify", {"get", "post"}),
        ("/api/v1/sdk/customer/picture", {"post", "delete"}),
    ):
        assert document["paths"][path].keys() - {"parameters"} == methods


def test_a_list_of_several_types_says_which(document):
    found = document["paths"]["/api/orders/{id}/transactions"]["get"]["responses"]["200"]
    (media,) = found["content"].values()

    kinds = media["schema"]["properties"]["data"]["items"]["oneOf"]
    assert {"$ref": "#/components/schemas/captures"} in kinds
    assert len(kinds) == 4
