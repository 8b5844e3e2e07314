"""Rows J040 to J086: fetching, inclusion, sparse fieldsets, sorting, pages, filters."""

import pytest

from tests.api import MEDIA_TYPE, error
from tests.jsonapi.checklist.test_structure import every_link, resources


def uids(reply):
    assert reply.status_code == 200, reply.content
    return [row["id"] for row in reply.json()["data"]]


def walk(subject, query):
    """Return the pages of a collection, by following `next`."""
    document = subject.get(f"{subject.type}?{query}").json()
    pages = [document["data"]]
    while link := document["links"].get("next"):
        document = subject.follow(link).json()
        pages.append(document["data"])
    return pages


def refuses(reply, parameter):
    refused = error(reply)
    assert (refused["status"], refused["source"]) == ("400", {"parameter": parameter})
    return True


def test_j040_every_link_can_be_followed(subject):
    paths = [subject.type, subject.first, subject.second, subject.to_one_type]
    paths.append(subject.to_many_type)
    links = {link for path in paths for link in every_link(subject.get(path).json())}

    assert len(links) > 20
    assert [link for link in links if subject.follow(link).status_code != 200] == []


def test_j041_an_empty_to_one_relationship_leads_to_null(subject):
    reply = subject.get(f"{subject.second}/{subject.to_one}")

    assert (reply.status_code, reply.json()["data"]) == (200, None)


def test_j042_an_empty_to_many_relationship_leads_to_a_list(subject):
    assert uids(subject.get(f"{subject.second}/{subject.to_many}")) == []


@pytest.mark.parametrize("uid", ["999999", "unknown", "9" * 60, "%00", "a%20b"])
def test_j043_what_does_not_exist_is_not_found(subject, uid):
    refused = subject.get(f"{subject.type}/{uid}")

    assert refused.status_code == 404
    assert refused.json()["errors"]


def test_j044_what_is_below_it_is_not_found_either(subject):
    for step in ("", "relationships/"):
        path = f"{subject.type}/unknown/{step}{subject.to_many}"
        assert subject.get(path).status_code == 404


@pytest.mark.parametrize("name", ["nope", "reference", "objects", "environment", "password", "id"])
@pytest.mark.parametrize("step", ["", "relationships/"])
def test_j045_only_relationships_can_be_followed(subject, step, name):
    assert subject.get(f"{subject.first}/{step}{name}").status_code == 404


def test_j046_a_relationship_document_is_its_linkage(subject):
    query = f"?include={subject.to_one},{subject.to_many}"
    for path in (subject.first, subject.second):
        shown = subject.get(path + query).json()["data"]["relationships"]
        for name in (subject.to_one, subject.to_many):
            own = subject.get(f"{path}/relationships/{name}").json()
            assert own["data"] == shown[name]["data"]


def test_j047_its_links_are_its_own(subject):
    for name in (subject.to_one, subject.to_many):
        links = subject.get(f"{subject.first}/relationships/{name}").json()["links"]
        assert links["self"].endswith(f"{subject.first}/relationships/{name}")
        assert links["related"].endswith(f"{subject.first}/{name}")


def test_j048_head_is_get_without_a_body(subject):
    for path in (subject.type, subject.first, f"{subject.first}/{subject.to_many}"):
        reply = subject.api.request("HEAD", path)
        assert (reply.status_code, reply.content) == (200, b"")
        assert reply["Content-Type"] == MEDIA_TYPE


def test_j049_nothing_to_include_is_an_empty_list(subject):
    reply = subject.get(f"{subject.second}?include={subject.to_one},{subject.to_many}")

    assert reply.json()["included"] == []


def test_j050_an_empty_include_asks_for_nothing(subject):
    for path in (subject.type, subject.first):
        assert subject.get(f"{path}?include=").json()["included"] == []


def test_j051_where_nothing_can_be_included_the_parameter_is_refused(subject):
    assert refuses(subject.get("event_stores?include=who"), "include")


@pytest.mark.parametrize("paths", ["nope", "{}.nope", "{},nope", "reference", "{}.reference"])
def test_j052_an_unknown_path_is_refused(subject, paths):
    assert refuses(subject.ask(include=paths.format(subject.to_many)), "include")


def test_j053_only_what_was_asked_for_is_included(subject):
    included = subject.get(f"{subject.first}?include={subject.to_many}").json()["included"]

    assert [row["type"] for row in included] == [subject.to_many_type] * 3


def linked(document):
    """Return what the linkage of a compound document names."""
    found = set()
    for row in resources(document):
        for relationship in row.get("relationships", {}).values():
            data = relationship.get("data") or []
            rows = data if isinstance(data, list) else [data]
            found |= {(one["type"], one["id"]) for one in rows}
    return found


def test_j054_resources_on_the_way_are_included_with_full_linkage(subject):
    document = subject.get(f"{subject.first}?include={subject.nested}").json()

    included = {(row["type"], row["id"]) for row in document["included"]}
    assert len({kind for kind, _ in included}) == 2
    assert included <= linked(document)


def test_j055_no_resource_occurs_twice(subject):
    paths = f"{subject.to_many},{subject.nested},{subject.cycle},{subject.to_one}"
    document = subject.ask(include=paths, page_size="25").json()

    pairs = [(row["type"], row["id"]) for row in resources(document)]
    assert len(document["included"]) > 3
    assert len(pairs) == len(set(pairs))
    assert {(row["type"], row["id"]) for row in document["included"]} <= linked(document)


def test_j056_a_cycle_drops_nothing_of_the_primary_type(subject):
    step, back = subject.cycle.split(".")
    child = subject.get(f"{subject.first}/{step}").json()["data"][0]
    parent = f"{child['type']}?page[size]=2&include={back}.{step}&filter[q][{back}_id_eq]="

    document = subject.get(parent + subject.rows[0].uid).json()

    of_type = [row for row in document["included"] if row["type"] == child["type"]]
    assert len(document["data"]) == 2
    assert len(of_type) == 1


def test_j057_related_addresses_include(subject):
    step, back = subject.cycle.split(".")
    path = f"{subject.first}/{step}"

    assert len(subject.get(f"{path}?include={back}").json()["included"]) == 1
    assert refuses(subject.get(f"{path}?include=nope"), "include")


@pytest.mark.parametrize("name", ["to_one", "to_many"])
@pytest.mark.parametrize("value", ["", "{}", "nope"])
def test_j058_relationship_addresses_refuse_to_include(subject, name, value):
    related = getattr(subject, name)
    path = f"{subject.first}/relationships/{related}"

    assert refuses(subject.get(f"{path}?include={value.format(related)}"), "include")


def test_j059_writes_include_or_refuse_beforehand(subject):
    body = subject.new(relationships={subject.to_one: subject.identifier(subject.related)})

    made = subject.post(body, f"{subject.type}?include={subject.to_one}")
    refused = subject.patch(
        subject.rows[0], query="?include=nope", attributes={"reference": "changed"}
    )

    assert [row["id"] for row in made.json()["included"]] == [subject.related.uid]
    assert refuses(refused, "include")
    subject.rows[0].refresh_from_db()
    assert subject.rows[0].reference == "A"


def test_j060_only_fields_that_were_asked_for(subject):
    rows = subject.get(f"{subject.type}?fields[{subject.type}]=reference,{subject.to_one}").json()

    for row in rows["data"]:
        assert row["attributes"].keys() == {"reference"}
        assert row["relationships"].keys() == {subject.to_one}


def test_j061_an_empty_fieldset_leaves_the_identity(subject):
    row = subject.get(f"{subject.first}?fields[{subject.type}]=").json()["data"]

    assert (row["type"], row["id"]) == (subject.type, subject.rows[0].uid)
    assert not row.get("attributes")
    assert "relationships" not in row


def test_j062_fieldsets_are_of_one_type(subject):
    query = f"?include={subject.to_many}&fields[{subject.to_many_type}]=reference"
    document = subject.get(subject.first + query).json()

    assert len(document["data"]["attributes"]) > 3
    assert [row["attributes"].keys() for row in document["included"]] == [{"reference"}] * 3


def test_j063_names_of_two_words_are_spelled_as_in_the_document(subject):
    query = f"?fields[{subject.type}]=created_at,event_stores"
    assert refuses(subject.get(subject.first + query), f"fields[{subject.type}]")

    query = f"?fields[{subject.type}]=created_at,reference_origin"
    row = subject.get(subject.first + query).json()["data"]
    assert row["attributes"].keys() == {"created_at", "reference_origin"}


def test_j064_fieldsets_hold_on_related_addresses(subject):
    query = f"?fields[{subject.to_many_type}]=reference"
    rows = subject.get(f"{subject.first}/{subject.to_many}{query}").json()["data"]

    assert [row["attributes"].keys() for row in rows] == [{"reference"}] * 3


def test_j065_fieldsets_hold_in_replies_to_writes(subject):
    query = f"?fields[{subject.type}]=reference"

    made = subject.post(subject.new(), subject.type + query)
    changed = subject.patch(
        subject.rows[1], query=query, attributes={"reference": "x", "reference_origin": "y"}
    )

    assert made.json()["data"]["attributes"].keys() == {"reference"}
    assert changed.json()["data"]["attributes"] == {"reference": "x"}
    subject.rows[1].refresh_from_db()
    assert subject.rows[1].reference_origin == "y"


def test_j066_included_resources_stay_when_their_linkage_was_dropped(subject):
    query = f"?include={subject.to_many}&fields[{subject.type}]=reference"

    assert len(subject.get(subject.first + query).json()["included"]) == 3


@pytest.mark.parametrize("sort", ["id", "-id", "created_at", "-created_at"])
def test_j068_ascending_unless_there_is_a_minus(subject, sort):
    found = uids(subject.ask(sort=sort, page_size="25"))

    ascending = [row.uid for row in subject.rows]
    if sort.endswith("id"):
        ascending.sort()
    assert found == (ascending[::-1] if sort.startswith("-") else ascending)


def test_j069_several_sort_fields_apply_in_their_order(subject):
    found = uids(subject.ask(sort="reference,-created_at", page_size="25"))

    rows = subject.rows
    assert found == [row.uid for row in [*rows[-2::-2], *rows[::-2]]]


@pytest.mark.parametrize("sort", ["nope", "reference,nope", "-nope", "metadata__a", "", "{}.id"])
def test_j070_an_unknown_sort_field_is_refused(subject, sort):
    assert refuses(subject.ask(sort=sort.format(subject.to_one)), "sort")


def test_j071_sort_is_refused_where_there_is_nothing_to_sort(subject):
    assert refuses(subject.get(f"{subject.first}?sort=reference"), "sort")
    assert refuses(subject.post(subject.new(), f"{subject.type}?sort=reference"), "sort")
    path = f"{subject.first}/relationships/{subject.to_one}?sort=reference"
    assert refuses(subject.get(path), "sort")
    assert refuses(subject.get(f"{subject.first}/{subject.to_many}?sort=nope"), "sort")


def test_j072_related_collections_are_sorted_by_their_own_fields(subject):
    path = f"{subject.first}/{subject.to_many}"

    assert uids(subject.get(f"{path}?sort=-id")) == sorted(uids(subject.get(path)))[::-1]
    assert refuses(subject.get(f"{path}?sort=anonymization_status"), "sort")


def test_j073_sorting_beyond_a_relationship_is_refused(subject):
    assert refuses(subject.ask(sort=f"{subject.to_one}.reference"), "sort")


def test_j074_page_links_are_where_they_lead_somewhere(subject):
    first = subject.ask(page_size="5").json()["links"]
    last = subject.ask(page_size="5", page_number="2").json()["links"]

    assert {"first", "last", "next"} <= first.keys()
    assert "prev" not in first
    assert {"first", "last", "prev"} <= last.keys()
    assert "next" not in last


def test_j075_links_keep_the_other_parameters(subject):
    query = f"sort=-reference&filter[q][reference_eq]=A&fields[{subject.type}]=reference"
    rows = [row for page in walk(subject, f"{query}&page[size]=3") for row in page]

    assert len({row["id"] for row in rows}) == len(rows) == 4
    assert [row["attributes"] for row in rows] == [{"reference": "A"}] * 4


@pytest.mark.parametrize("size", ["1", "3", "7"])
def test_j076_ties_do_not_disturb_the_order(subject, size):
    pages = walk(subject, f"sort=reference&page[size]={size}")

    assert sorted(row["id"] for page in pages for row in page) == sorted(
        row.uid for row in subject.rows
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("size", "abc"),
        ("size", "0"),
        ("size", "-1"),
        ("size", "26"),
        ("number", "0"),
        ("nope", "1"),
        ("offset", "3"),
    ],
)
def test_j077_bad_page_parameters_are_refused(subject, key, value):
    assert refuses(subject.get(f"{subject.type}?page[{key}]={value}"), f"page[{key}]")


def test_j078_a_page_beyond_the_last_is_empty(subject):
    assert uids(subject.ask(page_number="999")) == []


@pytest.mark.parametrize("step", ["", "relationships/"])
def test_j079_related_collections_and_linkage_have_pages(subject, step):
    path = f"{subject.first}/{step}{subject.to_many}"
    document = subject.get(f"{path}?page[size]=2").json()

    rest = subject.follow(document["links"]["next"]).json()["data"]
    assert [len(document["data"]), len(rest)] == [2, 1]


def test_j080_unknown_filters_are_refused(subject):
    assert refuses(subject.ask(filter_nope="1"), "filter[nope]")
    assert refuses(subject.get(f"{subject.type}?filter=1"), "filter")
    assert len(uids(subject.ask(filter_reference="A"))) == 4


def test_j081_dotted_filters_are_refused(subject):
    name = f"filter[{subject.to_one}.reference]"

    assert refuses(subject.get(f"{subject.type}?{name}=x"), name)


@pytest.mark.parametrize("query", ["foo=1", "limit=5", "search=x", "format=json", "page=2"])
def test_j082_unknown_parameters_are_refused(subject, query):
    assert refuses(subject.get(f"{subject.type}?{query}"), query.partition("=")[0])


def test_j083_on_every_address_and_by_every_method(subject):
    paths = [subject.first, f"{subject.first}/{subject.to_many}"]
    paths += [f"{subject.first}/relationships/{subject.to_many}", f"{subject.first}/event_stores"]
    for path in paths:
        assert refuses(subject.get(f"{path}?foo=1"), "foo")
    count = len(uids(subject.ask(page_size="25")))
    row = subject.rows[1]
    relationship = f"{subject.second}/relationships/{subject.to_one}?foo=1"

    assert refuses(subject.post(subject.new(), f"{subject.type}?foo=1"), "foo")
    assert refuses(subject.patch(row, query="?foo=1", attributes={"reference": "x"}), "foo")
    assert refuses(subject.api.delete(f"{subject.second}?foo=1"), "foo")
    assert refuses(subject.write("PATCH", relationship, None), "foo")
    assert len(uids(subject.ask(page_size="25"))) == count


@pytest.mark.parametrize("query", ["filter[_]=1", "page[-x]=1", "fields[{}=a", "filter[name]]=x"])
def test_j084_malformed_families_are_refused(subject, query):
    assert subject.get(f"{subject.type}?{query.format(subject.type)}").status_code == 400


def test_j085_unknown_custom_parameters_are_refused(subject):
    assert refuses(subject.get(f"{subject.type}?fooBar=1"), "fooBar")


def test_j086_a_plus_is_a_blank(subject):
    subject.rows[2].reference = "A B"
    subject.rows[2].save(update_fields=["reference"])

    for value in ("A+B", "A%20B"):
        found = subject.get(f"{subject.type}?filter[q][reference_eq]={value}")
        assert uids(found) == [subject.rows[2].uid]
