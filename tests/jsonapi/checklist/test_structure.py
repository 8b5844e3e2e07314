"""Rows J021 to J039: the structure of documents."""

import re

import pytest

from tests.jsonapi.checklist.subjects import escaped

MEMBERS = {
    "document": {"data", "errors", "meta", "links", "included", "jsonapi"},
    "resource": {"type", "id", "attributes", "relationships", "links", "meta"},
    "identifier": {"type", "id", "meta"},
    "relationship": {"links", "data", "meta"},
    "error": {"id", "links", "status", "code", "title", "detail", "source", "meta"},
    "source": {"pointer", "parameter", "header"},
    "link": {"href", "rel", "describedby", "title", "type", "hreflang", "meta"},
}
NAME = re.compile(
    r"[a-zA-Z0-9\u0080-\uffff]([a-zA-Z0-9\u0080-\uffff_ -]*[a-zA-Z0-9\u0080-\uffff])?"
)
URI = re.compile(
    r"https?://[A-Za-z0-9.:]+(/[A-Za-z0-9_.~!$&'()*+,;=:@%-]*)*(\?[^\[\]\"<>^`{|}\s#]*)?"
)


def crawl(subject):
    """Return documents of every kind, good and bad."""
    first, second = subject.first, subject.second
    include = f"include={subject.to_one},{subject.nested},{subject.cycle}"
    paths = [
        subject.type,
        f"{subject.type}?page%5Bsize%5D=2&{include}",
        f"{subject.type}?filter%5Bids%5D=none",
        first,
        f"{first}?{include}",
        second,
        f"{second}?{include}",
        *(
            f"{row}/{step}{name}"
            for row in (first, second)
            for step in ("", "relationships/")
            for name in (subject.to_one, subject.to_many)
        ),
        "event_stores",
        f"{subject.type}?page%5Bafter%5D=",
        f"{subject.type}/unknown",
        f"{subject.type}?sort=nope",
        "nowhere",
    ]
    replies = [subject.get(path) for path in paths]
    replies.append(subject.post({"data": {}}))
    return [reply.json() for reply in replies]


def resources(document):
    data = document.get("data")
    primary = data if isinstance(data, list) else [data] if data else []
    return [one for one in [*primary, *document.get("included", [])] if "attributes" in one]


def identifiers(document):
    data = document.get("data")
    primary = data if isinstance(data, list) else [data] if data else []
    linked = [one for one in primary if "attributes" not in one]
    for relationship in relationships(document):
        data = relationship.get("data")
        linked += data if isinstance(data, list) else [data] if data else []
    return linked


def relationships(document):
    return [one for row in resources(document) for one in row.get("relationships", {}).values()]


def every_link(document):
    holders = [document, *resources(document), *relationships(document)]
    holders += document.get("errors", [])
    return [link for holder in holders for link in holder.get("links", {}).values()]


def names_within(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_within(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_within(inner)


def test_j021_the_root_holds_data_or_errors(subject):
    for document in crawl(subject):
        assert ("data" in document) != ("errors" in document)
        assert "data" in document or "included" not in document


def test_j022_no_member_is_unknown(subject):
    for document in crawl(subject):
        assert document.keys() <= MEMBERS["document"]
        assert document["jsonapi"].keys() == {"version"}
        for kind, members in (
            ("resource", resources(document)),
            ("identifier", identifiers(document)),
            ("relationship", relationships(document)),
            ("error", document.get("errors", [])),
            ("source", [one["source"] for one in document.get("errors", []) if "source" in one]),
        ):
            for member in members:
                assert member.keys() <= MEMBERS[kind], kind


def test_j023_unknown_members_are_ignored(subject):
    body = subject.new()
    body["extra"] = 1
    body["data"]["extra"] = {"a": 1}
    body["data"]["relationships"][subject.to_one] = {
        "data": subject.identifier(subject.related),
        "extra": [],
    }

    assert subject.post(body).status_code == 201


def test_j024_primary_data_has_the_shape_of_its_target(subject):
    uid = subject.rows[0].uid

    assert isinstance(subject.get(subject.first).json()["data"], dict)
    assert len(subject.ask(filter_ids=uid).json()["data"]) == 1
    assert subject.ask(filter_ids="none").json()["data"] == []


def test_j025_types_and_ids_are_strings(subject):
    for document in crawl(subject):
        for one in [*resources(document), *identifiers(document)]:
            assert isinstance(one["type"], str)
            assert isinstance(one["id"], str)


def test_j026_a_resource_has_the_same_type_everywhere(subject):
    document = subject.get(f"{subject.first}?include={subject.to_many}").json()
    linked = document["data"]["relationships"][subject.to_many]["data"]
    own = subject.get(f"{subject.first}/relationships/{subject.to_many}").json()["data"]
    related = subject.get(f"{subject.first}/{subject.to_many}").json()["data"]
    alone = subject.get(f"{subject.to_many_type}/{linked[0]['id']}").json()["data"]

    kinds = {one["type"] for one in [*linked, *own, *related, *document["included"], alone]}
    assert kinds == {subject.to_many_type}


def test_j027_attributes_and_relationships_share_their_names(subject):
    for document in crawl(subject):
        for row in resources(document):
            names = row["attributes"].keys() & row.get("relationships", {}).keys()
            assert not names
            assert not {"id", "type"} & {*row["attributes"], *row.get("relationships", {})}


def test_j028_foreign_keys_are_no_attributes(subject):
    for document in crawl(subject):
        for row in resources(document):
            assert isinstance(row["attributes"], dict)
            assert isinstance(row.get("relationships", {}), dict)
            keys = {f"{name}_id" for name in row.get("relationships", {})}
            assert not keys & row["attributes"].keys()


def test_j029_relationships_have_links_data_or_meta(subject):
    for document in crawl(subject):
        assert all(one.keys() & {"links", "data", "meta"} for one in relationships(document))
        assert all({"self", "related"} <= one["links"].keys() for one in relationships(document))


def test_j030_linkage_has_the_shape_of_its_cardinality(subject):
    query = f"?include={subject.to_one},{subject.to_many}"
    full, empty = (
        subject.get(path + query).json()["data"]["relationships"]
        for path in (subject.first, subject.second)
    )

    assert full[subject.to_one]["data"] == subject.identifier(subject.related)
    assert len(full[subject.to_many]["data"]) == 3
    assert empty[subject.to_one]["data"] is None
    assert empty[subject.to_many]["data"] == []


def test_j031_a_related_link_stays_whatever_it_leads_to(subject):
    def link():
        row = subject.get(subject.second).json()["data"]
        return row["relationships"][subject.to_one]["links"]["related"]

    before = link()
    assert subject.follow(before).json()["data"] is None
    subject.write(
        "PATCH",
        f"{subject.second}/relationships/{subject.to_one}",
        subject.identifier(subject.make_related()),
    )

    assert link() == before
    assert subject.follow(before).json()["data"]["type"] == subject.to_one_type


def test_j032_links_are_addresses(subject):
    query = f"?page[size]=2&fields[{subject.type}]=reference"
    documents = [*crawl(subject), subject.get(subject.type + query).json()]
    links = [link for document in documents for link in every_link(document)]

    assert any("page%5Bsize%5D" in link for link in links)
    assert all(URI.fullmatch(link) for link in links if isinstance(link, str))
    assert all(link.keys() <= MEMBERS["link"] for link in links if isinstance(link, dict))


def test_j033_a_self_link_leads_to_its_resource(subject):
    document = subject.get(f"{subject.first}?include={subject.to_one},{subject.to_many}").json()

    for row in resources(document):
        found = subject.follow(row["links"]["self"]).json()["data"]
        assert (found["type"], found["id"]) == (row["type"], row["id"])


def test_j034_the_self_link_of_a_document_gives_it_again(subject):
    query = f"?sort=-reference&fields[{subject.type}]=reference&page[size]=2"
    document = subject.get(subject.type + query).json()

    assert subject.follow(document["links"]["self"]).json() == document


@pytest.mark.parametrize("path", ["{}", "{}/unknown", "nowhere/at/all", "{}?sort=nope"])
def test_j035_the_version_is_announced(subject, path):
    assert subject.get(path.format(subject.type)).json()["jsonapi"] == {"version": "1.1"}


def test_j036_meta_is_an_object(subject):
    for document in crawl(subject):
        holders = [document, *resources(document), *relationships(document)]
        holders += document.get("errors", [])
        assert all(isinstance(one.get("meta", {}), dict) for one in holders)


def test_j037_member_names_are_legal(subject):
    for document in crawl(subject):
        assert all(NAME.fullmatch(name) for name in names_within(document))
        assert all(NAME.fullmatch(row["type"]) for row in resources(document))


def test_j038_names_mind_their_case(subject):
    reply = subject.post(subject.new(attributes={"Reference": "x"}))

    assert reply.status_code == 400


def test_j039_at_members_are_ignored(subject):
    body = subject.new()
    body["@context"] = "https://example.org"
    for place in (body["data"], body["data"]["attributes"], body["data"]["relationships"]):
        place["@context"] = "https://example.org"

    assert subject.post(body).status_code == 201


def test_j067_raw_and_escaped_brackets_mean_the_same(subject):
    query = f"fields[{subject.type}]=reference&page[size]=2"

    raw = subject.get(f"{subject.type}?{query}").json()

    assert raw == subject.get(f"{subject.type}?{escaped(query)}").json()
    assert len(raw["data"]) == 2
