"""Rows C01 to C31: the Cursor Pagination profile."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api import MEDIA_TYPE, error

PROFILE = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
ACCEPT = f'{MEDIA_TYPE};profile="{PROFILE}"'


@pytest.fixture
def ask(subject):
    """Ask for a page under the profile, of the collection unless there is a path."""

    def asked(query="", path=None):
        return subject.get(f"{path or subject.type}?{query}", Accept=ACCEPT)

    return asked


def page(reply):
    assert reply.status_code == 200, reply.content
    return [row["id"] for row in reply.json()["data"]]


def link(reply, name):
    """Return the query string of a link."""
    return urlsplit(reply.json()["links"][name]).query


def cursors(reply):
    return [row["meta"]["page"]["cursor"] for row in reply.json()["data"]]


@pytest.fixture
def ids(subject):
    return [row.uid for row in subject.rows]


def test_c01_the_profile_is_named(ask):
    reply = ask("page[size]=3")

    assert reply["Content-Type"] == ACCEPT
    assert reply.json()["jsonapi"] == {"version": "1.1", "profile": [PROFILE]}


def test_c02_as_many_items_as_asked_for(ask, ids):
    assert page(ask("page[size]=7")) == ids[:7]
    assert page(ask("page[size]=007")) == ids[:7]


def test_c03_the_default_size_is_that_of_the_next_page_too(subject, ask, ids):
    more = [subject.make().uid for _ in range(14)]
    first = ask()

    assert page(first) == [*ids, *more][:10]
    assert page(ask(link(first, "next"))) == [*ids, *more][10:20]


@pytest.mark.parametrize("size", ["0", "-1", "abc", "1.5", "", "%2B5", "1e2", "5%20", "%D9%A3"])
def test_c04_a_size_is_a_positive_number(ask, size):
    refused = error(ask(f"page[size]={size}"))

    assert (refused["status"], refused["source"]) == ("400", {"parameter": "page[size]"})


@pytest.mark.parametrize("size", ["26", "9" * 40])
def test_c06_a_size_above_the_maximum_is_refused_by_its_type(ask, size):
    refused = error(ask(f"page[size]={size}"))

    assert (refused["status"], refused["source"]) == ("400", {"parameter": "page[size]"})
    assert refused["meta"] == {"page": {"maxSize": 25}}
    assert refused["links"] == {"type": f"{PROFILE}/max-size-exceeded"}


def test_c07_without_a_cursor_it_starts_at_the_first_item(ask, ids):
    assert page(ask("sort=id&page[size]=3")) == sorted(ids)[:3]
    empty = ask("filter[ids]=none")
    assert page(empty) == []
    assert {name: empty.json()["links"][name] for name in ("prev", "next")} == {
        "prev": None,
        "next": None,
    }


def test_c08_c09_next_and_prev_lead_on_in_the_order_of_the_list(ask, ids):
    first = ask("page[size]=3")
    second = ask(link(first, "next"))
    third = ask(link(second, "next"))

    assert [page(first), page(second), page(third)] == [ids[:3], ids[3:6], ids[6:]]
    back = ask(link(third, "prev"))
    assert page(back) == ids[3:6]
    assert page(ask(link(back, "next"))) == ids[6:]


def test_c10_beyond_the_edges_there_is_nothing(ask):
    marks = cursors(ask())

    assert page(ask(f"page[after]={marks[-1]}")) == []
    assert page(ask(f"page[before]={marks[0]}")) == []


@pytest.mark.parametrize("key", ["after", "before"])
@pytest.mark.parametrize(
    "value", ["nonsense", "", "%00", "%C3%A9", "bnVsbA==", "W10=", "e30=", "half"]
)
def test_c11_what_is_no_cursor_is_refused(ask, key, value):
    if value == "half":
        value = cursors(ask())[0][:40]

    refused = error(ask(f"page[{key}]={value}"))

    assert (refused["status"], refused["source"]) == ("400", {"parameter": f"page[{key}]"})


def test_c12_a_cursor_is_good_for_its_sort_and_collection(subject, ask):
    mark = cursors(ask("sort=id"))[0]

    assert error(ask(f"sort=-reference&page[after]={mark}"))["status"] == "400"
    assert error(ask(f"sort=id&page[after]={mark}", subject.to_one_type))["status"] == "400"


def test_c13_c15_a_range_lies_between_two_cursors(ask, ids):
    marks = cursors(ask())
    between = f"page[after]={marks[0]}&page[before]={marks[5]}"

    whole, cut = ask(between), ask(f"{between}&page[size]=2")
    exact = ask(f"{between}&page[size]=4")

    assert page(whole) == page(exact) == ids[1:5]
    assert page(cut) == ids[1:3]
    assert cut.json()["meta"] == {"page": {"rangeTruncated": True}}
    assert "page" not in whole.json()["meta"]
    assert "page" not in exact.json()["meta"]
    assert page(ask(link(cut, "next"))) == ids[3:5]
    assert page(ask(link(cut, "prev"))) == ids[:1]


def test_c14_a_range_without_a_size_is_as_large_as_possible(subject, ask, ids):
    more = [subject.make().uid for _ in range(14)]
    marks = cursors(ask("page[size]=25"))

    assert page(ask(f"page[after]={marks[0]}&page[before]={marks[20]}")) == [*ids, *more][1:20]


def test_c16_c17_c18_links_are_always_there_and_null_at_the_edges(ask):
    first = ask("page[size]=4")
    last = ask(link(first, "next"))
    back = ask(link(last, "prev"))

    assert first.json()["links"]["prev"] is None
    assert last.json()["links"]["next"] is None
    assert back.json()["links"]["prev"] is None
    assert first.json()["links"]["next"]


def test_c20_links_keep_what_was_asked_for(subject, ask):
    query = f"sort=-id&filter[q][reference_eq]=A&fields[{subject.type}]=reference&page[size]=3"
    first = ask(query)
    second = ask(link(first, "next"))

    rows = first.json()["data"] + second.json()["data"]
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    assert [row["attributes"] for row in rows] == [{"reference": "A"}] * 4


@pytest.mark.parametrize("sort", ["reference", "-reference", "reference,-created_at", "metadata"])
def test_c21_c22_ties_and_nulls_are_met_once_both_ways(subject, ask, ids, sort):
    if sort == "metadata":
        sort = "reference_origin"  # null everywhere but here
        subject.rows[3].reference_origin = "ERP"
        subject.rows[3].save(update_fields=["reference_origin"])
    reply = ask(f"sort={sort}&page[size]=3")
    forwards = [page(reply)]
    while reply.json()["links"]["next"]:
        reply = ask(link(reply, "next"))
        forwards.append(page(reply))
    backwards = [page(reply)]
    while reply.json()["links"]["prev"]:
        reply = ask(link(reply, "prev"))
        backwards.append(page(reply))

    there = [uid for one in forwards for uid in one]
    assert sorted(there) == sorted(ids)
    assert [uid for one in reversed(backwards) for uid in one] == there


def test_c23_a_cursor_outlives_its_item(subject, ask, ids):
    made = [subject.post(subject.new()).json()["data"]["id"] for _ in range(3)]
    reply = ask("page[size]=10")
    assert page(reply)[-1] == made[1]

    assert subject.api.delete(f"{subject.type}/{made[1]}").status_code == 204
    assert page(ask(link(reply, "next"))) == made[2:]


def test_c24_a_sort_that_is_not_offered_is_refused(ask):
    refused = error(ask("sort=nope&page[size]=3"))

    assert (refused["status"], refused["source"]) == ("400", {"parameter": "sort"})


def test_c25_c26_each_item_has_its_cursor(ask, ids):
    marks = cursors(ask())

    assert all(isinstance(mark, str) for mark in marks)
    assert page(ask(f"page[after]={marks[2]}"))[0] == ids[3]
    assert page(ask(f"page[before]={marks[2]}&page[size]=2")) == ids[:2]


def test_c27_nothing_is_counted(ask):
    assert ask().json()["meta"] == {}


@pytest.mark.parametrize("name", ["page[number]", "page[nope]", "page[offset]"])
def test_c28_other_page_parameters_do_not_mix(ask, name):
    refused = error(ask(f"page[after]={cursors(ask())[0]}&{name}=1"))

    assert (refused["status"], refused["source"]) == ("400", {"parameter": name})


@pytest.mark.parametrize("step", ["", "relationships/"])
def test_c29_related_collections_and_linkage_follow_the_rules(subject, ask, step):
    path = f"{subject.first}/{step}{subject.to_many}"
    first = ask("page[size]=2", path)
    second = ask(link(first, "next"), path)

    assert [len(page(first)), len(page(second))] == [2, 1]
    assert first.json()["links"]["prev"] is None
    assert second.json()["links"]["next"] is None
    assert page(ask(f"page[after]={cursors(first)[0]}", path))[0] == page(first)[1]


def test_c31_the_self_link_says_its_media_type(subject, ask):
    own = ask("page[size]=3").json()["links"]["self"]

    assert own["type"] == ACCEPT
    assert parse_qs(urlsplit(own["href"]).query) == {"page[size]": ["3"]}


def test_item_cursors_are_shown_to_who_asks_for_the_profile_only(subject):
    reply = subject.get(f"{subject.type}?page[after]=")

    assert "page" not in reply.json()["data"][0]["meta"]
    assert reply["Content-Type"] == MEDIA_TYPE
