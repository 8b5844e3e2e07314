"""Rows J128 to J136: error objects, and that none of them is a 500."""

import pytest

from tests.api import MEDIA_TYPE, document, error

MEMBERS = {"id", "links", "status", "code", "title", "detail", "source", "meta"}


def refusals(subject):
    """Return refusals of every kind."""
    return [
        subject.get("nowhere"),
        subject.get(f"{subject.type}/unknown"),
        *(subject.get(f"{subject.type}?{name}=nope") for name in ("sort", "include", "nope")),
        subject.get(f"{subject.type}?filter[nope]=1"),
        subject.get(f"{subject.type}?page[size]=100"),
        subject.get(Accept="text/html"),
        subject.post(subject.new(), **{"Content-Type": "text/plain"}),
        subject.api.request("PUT", subject.first, subject.new()),
        subject.post({}),
        subject.post(document("stores")),
        subject.post(subject.new(attributes={"nope": 1})),
        subject.post(subject.new(attributes={"reference": 5, "metadata": "x"})),
        subject.post(subject.new(relationships={subject.to_one: "x"})),
        subject.write("POST", f"{subject.first}/relationships/{subject.to_many}", []),
        subject.post(document("events"), "events"),
    ]


def test_j128_error_objects_have_known_members_only(subject):
    for reply in refusals(subject):
        for one in reply.json()["errors"]:
            assert one
            assert one.keys() <= MEMBERS
            assert all(isinstance(one[name], str) for name in ("status", "code", "title", "detail"))


def test_j129_the_status_is_that_of_the_reply(subject):
    for reply in refusals(subject):
        assert {one["status"] for one in reply.json()["errors"]} == {str(reply.status_code)}


def resolve(pointer, body):
    for step in pointer.split("/")[1:]:
        body = body[int(step) if isinstance(body, list) else step]
    return body


@pytest.mark.parametrize(
    "members",
    [
        {"attributes": {"reference": 5}},
        {"attributes": {"reference": "x" * 300}},
        {"attributes": {"nope": 1}},
        {"relationships": {"nope": None}},
        {"relationships": {"{}": {"type": "stores", "id": "x"}}},
        {"relationships": {"{}": "x"}},
        {"lid": 5},
        {"id": 5},
        {"type": 5},
    ],
)
def test_j130_a_pointer_leads_into_the_document(subject, members):
    linked = members.get("relationships", {})
    named = {name.format(subject.to_one): data for name, data in linked.items()}
    body = subject.new(**{**members, "relationships": named})
    if "type" in members:
        body["data"]["type"] = members["type"]

    pointer = error(subject.post(body))["source"]["pointer"]

    assert pointer.startswith("/data")
    resolve(pointer, body)


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {}}, {"data": {"type": "x"}}, []])
def test_j130_where_something_is_missing_it_leads_to_the_parent(subject, body):
    resolve(error(subject.post(body))["source"]["pointer"], body)


@pytest.mark.parametrize("name", ["sort", "include", "filter[nope]", "nope", "page[nope]"])
def test_j131_a_bad_parameter_is_named(subject, name):
    refused = error(subject.get(f"{subject.type}?{name}=nope"))

    assert refused["source"] == {"parameter": name}


def test_j132_a_bad_header_is_named_and_a_method_has_no_pointer(subject):
    accept = error(subject.get(Accept=f"{MEDIA_TYPE};a=b"))
    sent = error(subject.post(subject.new(), **{"Content-Type": f"{MEDIA_TYPE};a=b"}))
    method = error(subject.api.request("PUT", subject.first, subject.new()))

    assert accept["source"] == {"header": "Accept"}
    assert sent["source"] == {"header": "Content-Type"}
    assert "source" not in method


def test_j133_every_broken_rule_is_reported(subject):
    reply = subject.post(subject.new(attributes={"reference": 5, "metadata": "x"}))

    pointers = {one["source"]["pointer"] for one in reply.json()["errors"]}
    assert reply.status_code == 422
    assert pointers == {"/data/attributes/reference", "/data/attributes/metadata"}


def test_j134_a_title_is_of_the_rule_not_of_the_occurrence(subject):
    one, other = (
        error(subject.post(subject.new(attributes={name: 5})))
        for name in ("reference", "reference_origin")
    )

    assert (one["title"], one["code"]) == (other["title"], other["code"])
    assert one["detail"] != other["detail"]


@pytest.mark.parametrize("path", ["{type}", "{first}", "{first}/{many}", "{first}/relationships/x"])
def test_j136_options_tell_the_methods(subject, path):
    names = {"type": subject.type, "first": subject.first, "many": subject.to_many}

    reply = subject.api.request("OPTIONS", path.format(**names))

    assert (reply.status_code, reply.content) == (204, b"")
    assert "GET" in reply["Allow"]
    assert "OPTIONS" in reply["Allow"]


def test_j136_nothing_is_a_500(subject):
    relationship = f"{subject.first}/relationships/{subject.to_one}"
    replies = [
        subject.api.request("OPTIONS", f"{subject.type}/0/0/0/0"),
        subject.api.request("PATCH", relationship),
        subject.api.request("PATCH", subject.first),
        subject.post(subject.new(attributes={"reference": "a\0b"})),
        subject.get(f"{subject.type}?filter[q][reference_eq]=%00"),
        subject.get(f"{subject.type}?filter[reference]=%00"),
        subject.get(f"{subject.type}?page[after]=%00"),
        subject.get(f"{subject.type}?sort=%00"),
    ]

    assert all(400 <= reply.status_code < 500 for reply in replies)
