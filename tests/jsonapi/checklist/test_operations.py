"""Rows A01 to A40: the Atomic Operations extension."""

import pytest

from customers.models import Customer
from tests.api import MEDIA_TYPE, document
from tests.jsonapi.checklist.atomic import (
    ACCEPT,
    ATOMIC,
    add,
    count,
    ref,
    refused,
    results,
    tag,
    update,
)
from tests.jsonapi.checklist.subjects import TAGGABLE
from tests.orders.goods import make_market


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "PUT"])
def test_a01_operations_are_posted(subject, method):
    headers = {"Content-Type": ACCEPT, "Accept": ACCEPT}
    reply = subject.api.request(method, "operations", {}, **headers)

    assert reply.status_code == 405
    assert reply.json()["errors"]
    assert "POST" in reply["Allow"]


def test_a02_a38_the_reply_names_the_extension(subject, send):
    good, bad = send(add(subject)), send({"op": "nope"})

    assert good["Content-Type"] == bad["Content-Type"] == ACCEPT
    for reply in (good, bad):
        assert reply.json()["jsonapi"] == {"version": "1.1", "ext": [ATOMIC]}
        assert "accept" in reply["Vary"].lower()


def test_a03_a05_without_the_extension_nothing_happens(subject, send):
    before = count(subject)
    other = f'{MEDIA_TYPE};ext="{ATOMIC} https://example.org/x"'

    for media_type in (MEDIA_TYPE, other, f"{ACCEPT};a=b", "application/json"):
        assert send(add(subject), **{"Content-Type": media_type}).status_code == 415
    for accept in (MEDIA_TYPE, other, f"{ACCEPT};a=b", "text/html"):
        assert send(add(subject), Accept=accept).status_code == 406
    assert count(subject) == before
    assert send(add(subject), Accept="*/*").status_code == 200


def test_a06_a07_results_come_in_the_order_of_the_operations(subject, send):
    row = subject.rows[2]
    reply = send(add(subject, id="A"), add(subject, id="B"), update(subject, row, reference="x"))

    assert [one["data"]["id"] for one in results(reply)] == ["A", "B", row.uid]
    assert reply.json().keys() == {"atomic:results", "jsonapi"}


def test_a08_a_result_is_what_can_be_read(subject, send):
    (made,) = results(send(add(subject)))

    assert subject.follow(made["data"]["links"]["self"]).json()["data"] == made["data"]


def test_a09_an_id_is_taken_once(subject, send):
    assert results(send(add(subject, id="A")))
    assert refused(send(add(subject, id="A")), 409) == "/data/id"
    assert refused(send(add(subject, id="B"), add(subject, id="B")), 409, at=1) == "/data/id"


def test_a10_a11_a_resource_is_updated_by_its_data_or_ref(subject, send):
    row = subject.rows[0]
    operation = update(subject, row, reference="x")
    assert results(send(operation))[0]["data"]["attributes"]["reference"] == "x"

    operation = {**update(subject, row, reference="y"), **ref(subject)}
    assert results(send(operation))[0]["data"]["attributes"]["reference"] == "y"


@pytest.mark.parametrize("base", ["", "/api", "http://testserver/api"])
def test_a12_or_by_its_address(subject, send, base):
    row = subject.rows[0]
    there = {"href": f"{base}/{subject.path(row)}"}
    path = f"{base}/{subject.path(row, 'relationships', subject.to_one)}"
    reply = send(
        {**add(subject), "href": f"{base}/{subject.type}"},
        {**update(subject, row, reference="x"), **there},
        {"op": "update", "href": path, "data": None},
    )

    assert [one.get("data", {}).get("type") for one in results(reply)] == [subject.type] * 2 + [
        None
    ]
    row.refresh_from_db()
    assert (row.reference, getattr(row, subject.to_one)) == ("x", None)


def test_a13_a34_what_is_removed_is_gone(subject, send):
    made = [results(send(add(subject)))[0]["data"] for _ in range(2)]
    removals = [{"op": "remove", "ref": {"type": subject.type, "id": one["id"]}} for one in made]

    reply = send(*removals)

    assert (reply.status_code, reply.content) == (204, b"")
    assert subject.follow(made[0]["links"]["self"]).status_code == 404


def test_a14_a_to_one_relationship_is_set_and_cleared(subject, send):
    path = f"{subject.first}/relationships/{subject.to_one}"
    for data in (subject.identifier(subject.make_related()), None):
        operation = {"op": "update", **ref(subject, relationship=subject.to_one), "data": data}
        assert send(operation).status_code == 204
        assert subject.get(path).json()["data"] == data


@TAGGABLE
def test_a15_a16_members_are_added_replaced_and_removed(subject, send):
    a, b, c = (tag(row) for row in subject.tags)
    tags = ref(subject, relationship="tags")

    reply = send(
        {"op": "add", **tags, "data": [a]},
        {"op": "update", **tags, "data": [b, c]},
        {"op": "remove", **tags, "data": [b]},
        {"op": "add", **tags, "data": c},
        {"op": "remove", **tags, "data": [a]},
    )

    assert reply.status_code == 204
    assert subject.get(f"{subject.first}/relationships/tags").json()["data"] == [c]


def test_a17_a_local_id_links_what_comes_later(subject, send):
    customer = {"op": "add", "data": {"type": "customers", "lid": "c"}}
    customer["data"]["attributes"] = {"email": "lid@example.com"}
    order = {"op": "add", "data": document("orders")["data"]}
    market = {"type": "markets", "id": make_market(subject.shop.environment).uid}
    order["data"]["relationships"] = {
        "customer": {"data": {"type": "customers", "lid": "c"}},
        "market": {"data": market},
    }

    made = results(send(customer, order))

    path = f"orders/{made[1]['data']['id']}/relationships/customer"
    assert subject.get(path).json()["data"]["id"] == made[0]["data"]["id"]


@TAGGABLE
def test_a18_a_local_id_works_in_ref(subject, send):
    own = {"type": subject.type, "lid": "x"}
    label = {"type": "tags", "lid": "x"}
    made = results(
        send(
            add(subject, lid="x"),
            {"op": "add", "data": {**label, "attributes": {"name": "new"}}},
            {"op": "update", "ref": own, "data": {**own, "attributes": {"reference": "y"}}},
            {"op": "add", "ref": {**own, "relationship": "tags"}, "data": [label]},
            {"op": "update", "data": {**own, "attributes": {"reference_origin": "z"}}},
        )
    )

    path = f"{subject.type}/{made[0]['data']['id']}"
    shown = subject.get(path).json()["data"]["attributes"]
    assert (shown["reference"], shown["reference_origin"]) == ("y", "z")
    linked = subject.get(f"{path}/relationships/tags").json()["data"]
    assert [one["id"] for one in linked] == [made[1]["data"]["id"]]


@TAGGABLE
def test_a27_all_or_nothing(subject, send):
    before = count(subject)
    made = results(send(add(subject)))[0]["data"]["id"]
    unknown = {"type": subject.to_one_type, "id": "unknown"}

    reply = send(
        add(subject),
        update(subject, subject.rows[0], reference="x"),
        {"op": "remove", "ref": {"type": subject.type, "id": made}},
        {"op": "add", **ref(subject, relationship="tags"), "data": [tag(subject.tags[0])]},
        add(subject, relationships={subject.to_one: unknown}),
    )

    assert refused(reply, 404, at=4) == f"/data/relationships/{subject.to_one}"
    assert count(subject) == before + 1
    assert subject.get(f"{subject.type}/{made}").status_code == 200
    subject.rows[0].refresh_from_db()
    assert subject.rows[0].reference == "A"
    assert not subject.rows[0].tags.exists()


@TAGGABLE
def test_a30_operations_see_what_earlier_ones_did(subject, send):
    label = {"type": "tags", "id": "T"}
    named = [{"op": "update", "data": {**label, "attributes": {"name": name}}} for name in "xy"]
    gone = {"type": "tags", "id": "V"}

    made = results(
        send(
            {"op": "add", "data": {**label, "attributes": {"name": "t"}}},
            *named,
            {"op": "add", "data": {**gone, "attributes": {"name": "v"}}},
            {"op": "remove", "ref": gone},
        )
    )

    assert made[2]["data"]["attributes"]["name"] == "y"
    assert made[4] == {}
    assert subject.get("tags/V").status_code == 404


def test_a35_unknown_members_are_ignored(subject, send):
    operation = {**add(subject), "@id": 1, "foo": 1}
    operation["data"]["@x"] = operation["data"]["attributes"]["@y"] = 1

    assert send(operation).status_code == 200


def test_a39_an_operation_without_data_keeps_its_place(subject, send):
    made = results(send(add(subject)))[0]["data"]["id"]

    reply = send(
        add(subject),
        {"op": "remove", "ref": {"type": subject.type, "id": made}},
        {"op": "update", **ref(subject, relationship=subject.to_one), "data": None},
        add(subject),
    )

    assert [set(one) for one in results(reply)] == [{"data"}, set(), set(), {"data"}]


def test_a40_what_is_added_may_refer_to_itself(subject, send):
    own = {"type": subject.type, "id": "A"}

    assert results(send({**add(subject, id="A"), "ref": own}))[0]["data"]["id"] == "A"
    refused(send({**add(subject, id="B"), "ref": own}), 409)


def test_a_thousand_are_done(subject, send):
    data = [
        {"type": "customers", "attributes": {"email": f"many-{number}@example.com"}}
        for number in range(1000)
    ]
    before = Customer.objects.count()

    assert len(results(send(*({"op": "add", "data": one} for one in data)))) == 1000
    assert Customer.objects.count() == before + 1000
