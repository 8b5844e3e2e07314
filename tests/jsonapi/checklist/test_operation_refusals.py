"""Rows A19 to A39: what operations are refused for, and where the error points."""

import pytest

from tests.api import Api, document, error
from tests.jsonapi.checklist.atomic import (
    ACCEPT,
    MEMBER,
    add,
    count,
    ref,
    refused,
    update,
)
from tests.jsonapi.checklist.test_errors import resolve


def test_a19_a_local_id_has_to_be_known(subject, send):
    before = count(subject)
    unknown = {"type": subject.to_one_type, "lid": "zz"}

    linked = send(add(subject), add(subject, relationships={subject.to_one: unknown}))
    assert refused(linked, 400, at=1) == f"/data/relationships/{subject.to_one}/data"
    early = {"op": "remove", "ref": {"type": subject.type, "lid": "a"}}
    assert refused(send(early, add(subject, lid="a")), 400) == "/ref"
    assert count(subject) == before


def test_a20_a_local_id_is_of_one_resource(subject, send):
    before = count(subject)

    twice = send(add(subject, lid="x"), add(subject, lid="x"))

    assert refused(twice, 400, at=1) == "/data/lid"
    assert count(subject) == before


@pytest.mark.parametrize(
    "members",
    [
        {"type": "{}"},
        {"id": "x"},
        {"type": "{}", "id": "x", "lid": "y"},
        {},
        [],
        "x",
        {"type": 5, "id": "x"},
        {"type": "{}", "id": 5},
        {"type": "{}", "id": "x", "relationship": 5},
        None,
    ],
)
def test_a21_a_ref_has_a_type_and_one_id(subject, send, members):
    if isinstance(members, dict) and members.get("type") == "{}":
        members = {**members, "type": subject.type}

    for code in ("update", "remove"):
        operation = {**update(subject, subject.rows[0]), "op": code, "ref": members}
        assert refused(send(operation), 400).startswith("/ref")


def test_a22_a23_a_removal_has_one_target(subject, send):
    both = {"op": "remove", **ref(subject), "href": f"/{subject.first}"}
    neither = {"op": "remove", "data": ref(subject)["ref"]}

    for operation in (both, neither):
        refused(send(operation), 400)
    assert subject.get(subject.first).status_code == 200


@pytest.mark.parametrize("code", [..., "delete", "", None, 5, "ADD", []])
def test_a24_an_operation_adds_updates_or_removes(subject, send, code):
    operation = add(subject)
    operation.pop("op")

    sent = operation if code is ... else {**operation, "op": code}
    assert refused(send(sent), 400) in ("", "/op")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        None,
        b"{",
        {MEMBER: None},
        {MEMBER: []},
        {MEMBER: {}},
        {MEMBER: "x"},
        {MEMBER: [1]},
        {MEMBER: [None]},
        {MEMBER: [[]]},
    ],
)
def test_a25_operations_are_a_list_of_objects(post, body):
    reply = post(body if body is not None else b"null")

    assert reply.status_code == 400
    if isinstance(body, dict | list):
        resolve(error(reply)["source"]["pointer"], body)


@pytest.mark.parametrize("name", ["data", "included", "errors", "atomic:results"])
def test_a26_nothing_stands_beside_them(subject, post, name):
    before = count(subject)

    assert post({MEMBER: [add(subject)], name: []}).status_code == 400
    assert count(subject) == before


def test_a28_a29_errors_point_into_the_failing_operation(subject, send):
    ghost = {"op": "update", "data": {"type": subject.type, "id": "unknown"}}
    assert refused(send(add(subject), ghost), 404, at=1) == ""

    bad = add(subject, attributes={"reference": 5})
    assert refused(send(add(subject), bad), 422, at=1) == "/data/attributes/reference"

    never = {"op": "add", "data": {"type": "events"}}
    refused(send(add(subject), never), 403, at=1)


def test_a31_ref_and_data_agree_on_something_that_exists(subject, send):
    other = {**update(subject, subject.rows[1]), **ref(subject)}

    refused(send(other), 409)
    refused(send({"op": "add", "data": {"type": "nopes"}}), 404)
    refused(send({"op": "update", **ref(subject, relationship="nope"), "data": None}), 404)


def test_a32_what_is_closed_stays_closed(subject, send):
    many = {"op": "update", **ref(subject, relationship=subject.to_many), "data": []}
    refused(send(many), 403)
    hidden = {"op": "update", **ref(subject, relationship="environment"), "data": None}
    refused(send(hidden), 404)
    single = {"op": "remove", **ref(subject, relationship=subject.to_one), "data": None}
    refused(send(single), 400, 403)
    path = f"{subject.first}/relationships/{subject.to_many}"
    assert len(subject.get(path).json()["data"]) == 3


@pytest.mark.parametrize("name", ["include", "foo", "sort", "page[size]"])
def test_a33_parameters_are_refused(subject, send, name):
    before = count(subject)

    one = error(send(add(subject), query=f"?{name}=1"))

    assert (one["status"], one["source"]) == ("400", {"parameter": name})
    assert count(subject) == before


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example/customers",
        "/nope",
        "/tags",
        "//tags",
        "customers",
        "",
        5,
        "/customers/x/y",
        "/customers?x=1",
        "http://testserver/api/../customers",
        "/events",
    ],
)
def test_a36_an_address_elsewhere_is_refused(subject, send, href):
    before = count(subject)

    refused(send({**add(subject), "href": href}), 400, 403, 404, 409)
    assert count(subject) == before


@pytest.mark.parametrize("data", [..., None, [], "x", {}, {"type": 5}, [{}]])
def test_a37_data_has_to_fit_the_operation(subject, send, data):
    operation = {"op": "add"} if data is ... else {"op": "add", "data": data}
    refused(send(operation), 400)
    linked = {"op": "update", **ref(subject, relationship=subject.to_one)}
    if data not in (None,):
        refused(send(linked if data is ... else {**linked, "data": data}), 400)


def test_each_operation_is_permitted_by_itself(subject, send):
    shop = subject.shop
    bob = document("customers", id=shop.bob.uid, attributes={"reference": "x"})
    change = {MEMBER: [{"op": "update", "data": bob["data"]}]}
    headers = {"Content-Type": ACCEPT, "Accept": ACCEPT}

    statuses = [
        api.request("POST", "operations", change, **headers).status_code
        for api in (shop.guest, shop.as_alice, Api(), shop.as_bob, shop.integration)
    ]

    assert statuses == [401, 404, 401, 200, 200]


def test_at_most_a_thousand(post):
    reply = post({MEMBER: [{"op": "remove"}] * 1001})

    assert (reply.status_code, error(reply)["code"]) == (400, "TOO_MANY_OPERATIONS")
