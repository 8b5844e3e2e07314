"""Rows J114 to J124: writing relationships at their own addresses."""

import pytest

from tests.jsonapi.checklist.steps import TAGS, UNKNOWN_TAG, shown, status, tag
from tests.jsonapi.checklist.subjects import TAGGABLE
from tests.orders.goods import make_market


def test_j114_a_to_one_relationship_is_set_cleared_and_set_again(subject):
    path = f"{subject.first}/relationships/{subject.to_one}"
    one, other = (subject.identifier(subject.make_related()) for _ in range(2))

    for data in (one, None, other):
        assert subject.write("PATCH", path, data).status_code == 204
        assert subject.get(path).json()["data"] == data


@pytest.mark.parametrize(
    ("body", "expected"),
    [({"data": None}, 422), ({"data": []}, 400), ({}, 400), ([], 400), ({"data": "x"}, 400)],
)
def test_j115_a_mandatory_relationship_cannot_be_cleared(subject, body, expected):
    market = make_market(subject.shop.environment)
    store = market.stores.create(name="Store", environment=subject.shop.environment)
    path = f"stores/{store.uid}/relationships/market"

    assert status(subject.api.request("PATCH", path, body)) == expected
    assert subject.get(path).json()["data"]["id"] == market.uid


@TAGGABLE
def test_j116_a_to_many_relationship_is_replaced(subject):
    path = f"{subject.first}/{TAGS}"
    for data in ([tag(row) for row in subject.tags[1:]], []):
        assert subject.write("PATCH", path, data).status_code == 204
        assert subject.get(path).json()["data"] == data


@TAGGABLE
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_j117_an_unknown_member_changes_nothing(subject, method):
    subject.rows[0].tags.set(subject.tags[:1])
    data = [tag(subject.tags[1]), UNKNOWN_TAG]

    assert status(subject.write(method, f"{subject.first}/{TAGS}", data)) == 404
    assert shown(subject, subject.rows[0], "tags") == [tag(subject.tags[0])]


@TAGGABLE
def test_j118_members_are_added_once(subject):
    path = f"{subject.first}/{TAGS}"
    a, b = (tag(row) for row in subject.tags[:2])

    for data in ([a], [a], [a, b]):
        assert subject.write("POST", path, data).status_code == 204
    assert subject.get(path).json()["data"] == [a, b]


@TAGGABLE
def test_j119_members_are_removed_if_they_are_there(subject):
    subject.rows[0].tags.set(subject.tags[:2])
    path = f"{subject.first}/{TAGS}"

    for _ in range(2):
        assert subject.write("DELETE", path, [tag(subject.tags[0])]).status_code == 204
    assert subject.get(path).json()["data"] == [tag(subject.tags[1])]


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
def test_j120_j121_what_belongs_to_the_other_side_stays(subject, method):
    path = f"{subject.first}/relationships/{subject.to_many}"
    before = subject.get(path).json()["data"]
    assert len(before) == 3

    for data in ([], before[:1]):
        assert status(subject.write(method, path, data)) == 403
    assert subject.get(path).json()["data"] == before


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_j122_nothing_is_added_to_a_to_one_relationship(subject, method):
    path = f"{subject.first}/relationships/{subject.to_one}"
    own = subject.identifier(subject.related)

    assert status(subject.write(method, path, own)) == 403
    assert subject.get(path).json()["data"] == own


@TAGGABLE
@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": None},
        {"data": {}},
        {"data": ["x"]},
        {"data": [{"type": "tags"}]},
        [],
        None,
        {"data": [{"type": "tags", "id": 5}]},
        {"data": "tags"},
    ],
)
def test_j123_members_are_a_list_of_identifiers(subject, method, body):
    assert status(subject.api.request(method, f"{subject.first}/{TAGS}", body)) == 400


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
def test_j124_what_does_not_exist_has_no_relationships(subject, method):
    for path in (
        f"{subject.type}/unknown/relationships/{subject.to_one}",
        f"{subject.first}/relationships/nope",
        f"{subject.first}/relationships/environment",
        f"{subject.first}/relationships/reference",
    ):
        expected = {404} if method == "PATCH" or "unknown" not in path else {403, 404}
        assert status(subject.write(method, path, None)) in expected
