"""GET /customers: filters, and pages that stay right while customers come and go."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import services
from customers.models import Customer, Departure
from tests.compat.door import Door, refusal
from tests.factories import make_customer


@pytest.fixture
def five(door):
    """Ids of five customers, the newest first."""
    return [door.make(id=f"c{n}")["id"] for n in range(5)][::-1]


def ids(reply):
    assert reply.status_code == 200, reply.content
    return [one["id"] for one in reply.json()["data"]]


def more(reply):
    return reply.json()["hasMore"]


def test_an_empty_list_is_a_list(door):
    assert door.get().json() == {"hasMore": False, "data": []}


def test_the_newest_come_first_and_ten_of_them(shop, door):
    for _ in range(11):
        make_customer(shop.environment)

    reply = door.get()

    rows = Customer.objects.order_by("-pk").values_list("uid", flat=True)
    assert ids(reply) == list(rows)[:10]
    assert more(reply) is True
    assert set(reply.json()) == {"hasMore", "data"}


@pytest.mark.parametrize("limit", [1, 5, 100])
def test_a_limit_of_1_to_100_is_kept(door, five, limit):
    reply = door.get(limit=limit)

    assert ids(reply) == five[:limit]
    assert more(reply) is (limit < 5)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1.5", "\uff19"])
def test_any_other_limit_is_refused(door, limit):
    assert refusal(door.get(limit=limit)) == (400, "bad_request", "invalid_parameter", "limit")


def test_starting_after_walks_to_older_ones(door, five):
    first = door.get(limit=2)
    second = door.get(limit=2, startingAfter=ids(first)[-1])
    third = door.get(limit=2, startingAfter=ids(second)[-1])
    end = door.get(limit=2, startingAfter=ids(third)[-1])

    assert [*ids(first), *ids(second), *ids(third)] == five
    assert [more(page) for page in (first, second, third, end)] == [True, True, False, False]
    assert ids(end) == []


def test_ending_before_walks_back_in_the_same_order(door, five):
    last = door.get(limit=2, endingBefore=five[4])
    before = door.get(limit=2, endingBefore=ids(last)[0])
    start = door.get(limit=2, endingBefore=ids(before)[0])

    assert [*ids(before), *ids(last)] == five[:4]
    assert [more(page) for page in (last, before, start)] == [True, False, False]
    assert ids(start) == []


def test_of_two_cursors_only_ending_before_counts(door, five):
    assert ids(door.get(startingAfter=five[3], endingBefore=five[2])) == five[:2]


@pytest.mark.parametrize("cursor", ["startingAfter", "endingBefore"])
def test_an_unknown_cursor_is_named(door, rival, cursor):
    foreign = make_customer(rival.environment)

    for value in ("nobody", foreign.uid, ""):
        assert refusal(door.get(**{cursor: value})) == (
            400,
            "bad_request",
            "invalid_parameter",
            cursor,
        )


@pytest.mark.parametrize("cursor", ["startingAfter", "endingBefore"])
def test_a_cursor_outlives_its_customer(door, five, cursor):
    assert door.delete("/c2").status_code == 204

    assert (
        ids(door.get(**{cursor: "c2"}))
        == {
            "startingAfter": five[3:],
            "endingBefore": five[:2],
        }[cursor]
    )


def test_a_cursor_means_whoever_has_the_id_now(door, five):
    door.delete("/c2")
    door.make(id="c2")

    assert ids(door.get(startingAfter="c2")) == ["c4", "c3", "c1", "c0"]


def test_departures_are_forgotten_after_a_day(door, five):
    door.delete("/c2")
    assert services.purge_departures() == 0
    Departure.objects.update(left_at=datetime.now(UTC) - timedelta(hours=25))

    assert services.purge_departures() == 1
    assert refusal(door.get(startingAfter="c2"))[0] == 400


def test_the_email_filter_takes_a_whole_address_of_any_case(door):
    door.make(id="a", email="Ada@example.com")
    door.make(id="b", email="bob@example.com")

    assert ids(door.get(email="ADA@EXAMPLE.com")) == ["a"]
    assert ids(door.get(email="ada")) == []


def test_ids_are_a_list_with_commas(door, five):
    assert ids(door.get(ids="c1,c3,unknown")) == ["c3", "c1"]
    assert ids(door.send("GET", "/customers?ids=c1%2Cc3")) == ["c3", "c1"]
    assert ids(door.send("GET", "/customers?ids=c1&ids=c4")) == ["c4", "c1"]


def test_more_than_a_hundred_ids_are_refused(door):
    reply = door.get(ids=",".join(map(str, range(101))))

    assert refusal(reply) == (400, "bad_request", "invalid_parameter", "ids")


def test_filters_are_combined_with_and_and_with_cursors(door, five):
    assert ids(door.get(ids="c0,c1,c2", startingAfter="c2")) == ["c1", "c0"]
    assert ids(door.get(ids="c0", email="ada@example.com")) == []
    assert ids(door.get(ids="c0", requestToBeForgotten="true")) == []


@pytest.mark.parametrize("name", ["createdTime", "updatedTime"])
def test_times_are_compared_as_they_are_shown(shop, door, name):
    column = {"createdTime": "created_at", "updatedTime": "updated_at"}[name]
    for second in (1, 2, 3):
        one = make_customer(shop.environment, uid=f"s{second}")
        time = datetime(2024, 1, 1, 0, 0, second, 500_000, tzinfo=UTC)
        Customer.objects.filter(pk=one.pk).update(**{column: time})

    def found(comparison, value="2024-01-01T00:00:02Z"):
        return ids(door.get(**{f"{name}[{comparison}]" if comparison else name: value}))

    assert found("gt") == ["s3"]
    assert found("gte") == ["s3", "s2"]
    assert found("lt") == ["s1"]
    assert found("lte") == ["s2", "s1"]
    assert found("eq") == found("") == ["s2"]
    assert found("lt", "2024-01-01T01:00:02.5+01:00") == ["s2", "s1"]
    assert found("eq", "2024-01-01T00:00:02.5Z") == []
    both = {f"{name}[gt]": "2024-01-01T00:00:01Z", f"{name}[lt]": "2024-01-01T00:00:03Z"}
    assert ids(door.get(**both)) == ["s2"]


@pytest.mark.parametrize(
    "value", ["yesterday", "2020-13-01T00:00:00Z", "", "1580000000", "2020-01-01T00:00:00"]
)
def test_what_is_no_time_is_refused(door, value):
    reply = door.get(**{"createdTime[gt]": value})

    assert refusal(reply) == (400, "bad_request", "invalid_format", "createdTime[gt]")


@pytest.mark.parametrize("name", ["page", "createdTime[ne]", "Limit", "filter[q][email_eq]"])
def test_an_unknown_parameter_is_named(door, name):
    assert refusal(door.get(**{name: "1"})) == (400, "bad_request", "unknown_parameter", name)


def test_a_flag_that_is_none_is_refused(door):
    assert refusal(door.get(requestToBeForgotten="perhaps")) == (
        400,
        "bad_request",
        "invalid_boolean",
        "requestToBeForgotten",
    )


@pytest.mark.parametrize("name", ["email", "ids", "startingAfter", "createdTime", "limit"])
def test_what_no_column_can_hold_is_refused(door, name):
    assert refusal(door.get(**{name: "a\0b"}))[:3] == (400, "bad_request", "invalid_parameter")


def test_a_page_costs_the_same_whatever_its_size(shop, door):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert door.get(limit=100).status_code == 200
        return len(queries)

    make_customer(shop.environment)
    cost()
    one = cost()
    for _ in range(9):
        make_customer(shop.environment)
    assert cost() == one


def test_a_walk_over_10000_customers_misses_none_and_meets_none_twice(shop, door, rival):
    def add(prefix, many):
        columns = [
            Customer(environment=shop.environment, uid=f"{prefix}-{n}", shopper_reference="ref")
            for n in range(many)
        ]
        Customer.objects.bulk_create(columns)

    add("old", 10_000)
    make_customer(rival.environment)
    met, cursor, turn = [], None, 0
    gone = set()
    while True:
        reply = door.get(limit=100, **({"startingAfter": cursor} if cursor else {}))
        met += ids(reply)
        if not more(reply):
            break
        turn += 1
        # Some come, some go: who was just met, the cursor itself, and who comes next.
        add(f"new{turn}", 3)
        cursor = met[-1]
        number = int(cursor.split("-")[1])
        leaving = [cursor, met[-2], f"old-{number - 1}", f"old-{number // 2}"]
        for uid in leaving:
            if door.delete(f"/{uid}").status_code == 204:
                gone.add(uid)

    survivors = {f"old-{n}" for n in range(10_000)} - gone
    assert len(gone) > 300
    assert len(met) == len(set(met))
    assert survivors <= set(met)
    assert not {uid for uid in met if uid.startswith("new")}


def test_a_walk_back_meets_those_who_came_meanwhile(shop, door, five):
    met, cursor = [], "c0"
    while True:
        reply = door.get(limit=2, endingBefore=cursor)
        if not ids(reply):
            break
        met = [*ids(reply), *met]
        if len(met) == 2:
            door.make(id="late")
        cursor = met[0]

    assert met == ["late", "c4", "c3", "c2", "c1"]


def test_a_key_of_another_shop_walks_its_own_list(door, five, rival):
    assert ids(Door(rival.application.secret).get()) == []
