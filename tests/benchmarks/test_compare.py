"""The benchmark compares only what says the same."""

import pytest

from benchmarks.compare import NotEqual, demand_equal


def document(**changes):
    return {
        "data": {
            "type": "customers",
            "id": "a",
            "attributes": {"created_at": "2026-01-31T09:13:06.630Z"},
            "relationships": {
                "orders": {"data": [{"type": "orders", "id": "1"}, {"type": "orders", "id": "2"}]}
            },
        },
        "included": [{"type": "orders", "id": "1"}, {"type": "orders", "id": "2"}],
        "meta": {"record_count": 7},
        **changes,
    }


def test_it_ignores_the_order_of_what_is_included():
    other = document(included=[{"type": "orders", "id": "2"}, {"type": "orders", "id": "1"}])
    demand_equal("x", document(), other)


def test_it_ignores_the_order_of_linkage_and_the_zeros_of_a_fraction():
    other = document()
    other["data"]["attributes"]["created_at"] = "2026-01-31T09:13:06.630000Z"
    other["data"]["relationships"]["orders"]["data"].reverse()
    demand_equal("x", document(), other)


def test_it_ignores_where_the_rows_are_counted():
    demand_equal("x", document(), document(meta={"pagination": {"count": 7, "page": 1}}))


def test_it_rejects_another_count():
    with pytest.raises(NotEqual, match="count"):
        demand_equal("x", document(), document(meta={"record_count": 8}))


def test_it_rejects_another_value_and_names_its_place():
    other = document()
    other["data"]["attributes"]["created_at"] = "2026-01-31T09:13:06.631Z"
    with pytest.raises(NotEqual, match="/data/attributes/created_at"):
        demand_equal("x", document(), other)


def test_it_rejects_what_is_missing():
    with pytest.raises(NotEqual, match="included"):
        demand_equal("x", document(), document(included=[{"type": "orders", "id": "1"}]))


def test_it_asks_of_drawn_values_only_that_they_are_there():
    other = document()
    other["data"]["id"] = "b"
    demand_equal("x", document(), other, frozenset({"id"}))
    del other["data"]["id"]
    with pytest.raises(NotEqual, match="/data/id"):
        demand_equal("x", document(), other, frozenset({"id"}))
