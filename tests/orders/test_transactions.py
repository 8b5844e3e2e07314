"""What happened to an order's money, as one list of several types."""

import pytest

from jsonapi.media import CURSOR_PROFILE
from orders import services
from organizations.models import Role
from tests.api import MEDIA_TYPE, Api, error, token_for
from tests.factories import make_application
from tests.orders.goods import add_line, make_order, trigger
from tests.queries import cost

CURSORS = f'{MEDIA_TYPE};profile="{CURSOR_PROFILE}"'


def paid(market, customer):
    """Return an order whose 40 euros were held twice, taken and given back, or given up."""
    order = make_order(market, customer)
    add_line(order, unit_amount_cents=4000)
    services.place(order=order)
    services.set_authorization_amount(order=order, amount=3000)
    services.authorize(order=order)
    services.authorize(order=order)
    first, second = order.authorizations.order_by("pk")
    services.capture_authorization(authorization=first)
    services.refund_capture(capture=order.captures.get())
    services.void_authorization(authorization=second)
    return order


@pytest.fixture
def order(shop, market):
    return paid(market, shop.alice)


KINDS = ["authorizations", "authorizations", "captures", "refunds", "voids"]


def kinds(members):
    return [one["type"] for one in members]


def test_they_are_one_list_oldest_first(shop, order):
    document = shop.integration.get(f"orders/{order.uid}/transactions").json()

    assert kinds(document["data"]) == KINDS
    amounts = [one["attributes"]["amount_cents"] for one in document["data"]]
    assert amounts == [3000, 1000, 3000, 3000, 1000]
    capture = document["data"][2]
    own = shop.integration.get(f"captures/{capture['id']}").json()["data"]
    assert capture == own
    assert document["meta"] == {"record_count": 5, "page_count": 1}


def test_they_come_in_pages(shop, order):
    path = f"orders/{order.uid}/transactions"

    pages = [
        shop.integration.get(path, {"page[size]": 2, "page[number]": number}).json()
        for number in (1, 2, 3, 4)
    ]

    assert [kinds(page["data"]) for page in pages] == [KINDS[:2], KINDS[2:4], KINDS[4:], []]
    assert pages[0]["meta"] == {"record_count": 5, "page_count": 3}
    assert pages[0]["links"]["next"].endswith("page%5Bnumber%5D=2&page%5Bsize%5D=2")
    assert "next" not in pages[2]["links"]
    beyond = shop.integration.get(path, {"page[size]": 25, "page[number]": 10**18 - 1})
    assert (beyond.status_code, beyond.json()["data"]) == (200, [])


def test_their_fields_can_be_chosen_but_not_their_order(shop, order):
    path = f"orders/{order.uid}/transactions"

    some = shop.integration.get(path, {"fields[captures]": "number"}).json()["data"]

    assert list(some[2]["attributes"]) == ["number"]
    assert len(some[3]["attributes"]) > 1
    for name, value in {
        "sort": "-number",
        "include": "order",
        "page[after]": "",
        "filter[q][number_eq]": "1",
    }.items():
        refused = shop.integration.get(path, {name: value})
        assert refused.status_code == 400
        assert error(refused)["source"] == {"parameter": name}
    plain = shop.integration.get(path, Accept=CURSORS)
    assert "profile" not in plain["Content-Type"]


def test_their_identifiers_have_an_address(shop, order):
    path = f"orders/{order.uid}/relationships/transactions"

    document = shop.integration.get(path, {"page[size]": 3}).json()

    assert kinds(document["data"]) == KINDS[:3]
    assert set(document["data"][0]) == {"type", "id"}
    assert document["meta"] == {"record_count": 5, "page_count": 2}
    assert document["links"]["related"].endswith(f"/orders/{order.uid}/transactions")
    refused = shop.integration.get(path, {"fields[captures]": "number"})
    assert error(refused)["source"] == {"parameter": "fields[captures]"}
    for method in ("PATCH", "POST", "DELETE"):
        assert shop.integration.request(method, path, {"data": []}).status_code == 403


def test_they_are_included(shop, market, order):
    other = paid(market, shop.bob)
    nothing = make_order(market, shop.bob)
    query = {"include": "transactions,captures", "sort": "created_at"}

    document = shop.integration.get("orders", query).json()

    for row, uid in zip(document["data"], (order.uid, other.uid, nothing.uid), strict=True):
        assert row["id"] == uid
        links = row["relationships"]["transactions"]
        assert kinds(links["data"]) == ([] if uid == nothing.uid else KINDS)
    assert len(document["included"]) == 10
    assert {one["type"] for one in document["included"]} == set(KINDS)
    one = shop.integration.get(f"orders/{order.uid}", {"include": "transactions"}).json()
    there = shop.integration.get(f"orders/{order.uid}/relationships/transactions").json()
    assert one["data"]["relationships"]["transactions"]["data"] == there["data"]
    whose = {"include": "orders.transactions"}
    customer = shop.integration.get(f"customers/{shop.alice.uid}", whose).json()
    assert sum(one["type"] in KINDS for one in customer["included"]) == 5


def test_they_lead_no_further(shop, order):
    for path in ("transactions.order", "transactions.transactions"):
        refused = shop.integration.get("orders", {"include": path})

        assert refused.status_code == 400
        assert error(refused)["source"] == {"parameter": "include"}
    asked = shop.integration.get("orders", {"filter[q][transactions_number_eq]": "1"})
    assert error(asked)["code"] == "INVALID_FILTERS_SYNTAX"


def test_they_are_included_by_as_many_queries_for_many_orders_as_for_one(shop, market, order):
    def read():
        shop.integration.get("orders", {"include": "transactions"})

    read()
    before = cost(read)
    for _ in range(3):
        paid(market, shop.bob)

    assert cost(read) == before


def test_shoppers_do_not_see_them(shop, order):
    alice = shop.as_alice

    for path in (
        f"orders/{order.uid}/transactions",
        f"orders/{order.uid}/relationships/transactions",
    ):
        assert alice.get(path).status_code == 401
        assert shop.guest.get(path).status_code in (401, 404)
    refused = alice.get(f"orders/{order.uid}", {"include": "transactions"})
    assert refused.status_code == 401
    assert error(refused)["source"] == {"parameter": "include"}


def test_nobody_elses_are_there(shop, rival, order):
    for path in ("transactions", "relationships/transactions"):
        assert rival.integration.get(f"orders/{order.uid}/{path}").status_code == 404


def test_a_role_without_one_of_the_types_sees_none(shop, order):
    some = ("orders", "authorizations", "captures", "voids")
    role = Role.objects.create(
        organization=shop.organization,
        name="Clerk",
        kind="custom",
        permissions={name: ["list", "retrieve"] for name in some},
    )
    clerk = Api(token_for(make_application(shop.environment, "integration", role=role)))
    path = f"orders/{order.uid}"

    assert clerk.get(f"{path}/captures").status_code == 200
    assert clerk.get(f"{path}/transactions").status_code == 401
    assert clerk.get(f"{path}/relationships/transactions").status_code == 401
    assert clerk.get(path, {"include": "transactions"}).status_code == 401


def test_an_order_with_some_can_be_sent_back_as_it_came(shop, order):
    path = f"orders/{order.uid}"
    read = shop.integration.get(path, {"include": "transactions"}).json()["data"]
    linkage = read["relationships"]["transactions"]["data"]

    same = shop.integration.patch("orders", order.uid, relationships={"transactions": linkage})
    other = shop.integration.patch("orders", order.uid, relationships={"transactions": []})

    assert same.status_code == 200
    assert error(other)["code"] == "PARAM_NOT_ALLOWED"
    empty = make_order(order.market, shop.alice)
    sent = {"transactions": None, "available_payment_methods": None}
    assert shop.integration.patch("orders", empty.uid, attributes=sent).status_code == 200
    assert trigger(shop.integration, empty, "_refresh").status_code == 200
