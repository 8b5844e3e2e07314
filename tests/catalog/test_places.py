"""Where the shop's places are: addresses that are nobody's, and stay so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from anonymization import services as anonymization
from catalog.models import StockLocation
from customers.models import Address, CustomerAddress
from orders.models import Return
from organizations.models import Organization
from tests import factories
from tests.anonymization.steps import request
from tests.anonymization.test_erasers import whole_database
from tests.api import error, identifier
from tests.orders.goods import (
    attributes,
    linked,
    make_market,
    make_order,
    make_placed,
    shopping_in,
)

DOCK = "Dock 7, c4n4ry"


@pytest.fixture
def address(shop):
    return factories.make_address(shop.environment, line_1=DOCK)


@pytest.fixture
def location(shop, address):
    reply = settle(shop.integration, address)
    assert reply.status_code == 201, reply.content
    return StockLocation.objects.get()


def settle(api, address):
    """Open a stock location at an address."""
    place = {"address": identifier("addresses", address)}
    return api.post("stock_locations", attributes={"name": "Hall"}, relationships=place)


def move(api, location, address):
    """Move a stock location to an address."""
    place = {"address": address and identifier("addresses", address)}
    return api.patch("stock_locations", location.uid, relationships=place)


def test_a_stock_location_has_an_address(shop, location, address):
    shown = shop.integration.get(f"stock_locations/{location.uid}", {"include": "address"})
    related = shop.integration.get(f"stock_locations/{location.uid}/address")

    assert shown.json()["included"][0]["attributes"]["line_1"] == DOCK
    assert related.json()["data"]["id"] == address.uid


def test_it_moves_and_loses_its_address(shop, location):
    other = factories.make_address(shop.environment)

    assert move(shop.integration, location, other).status_code == 200
    location.refresh_from_db()
    assert location.address == other

    assert move(shop.integration, location, None).status_code == 200
    location.refresh_from_db()
    assert location.address is None


def test_two_places_may_share_one(shop, location, address):
    assert settle(shop.integration, address).status_code == 201


def test_stock_locations_are_found_by_it(shop, location):
    found = shop.integration.get("stock_locations", {"filter[q][address_line_1_eq]": DOCK})
    others = shop.integration.get("stock_locations", {"filter[q][address_line_1_eq]": "Dock 8"})

    assert [row["id"] for row in found.json()["data"]] == [location.uid]
    assert others.json()["data"] == []


def test_the_address_of_a_place_cannot_be_deleted(shop, location, address):
    assert shop.integration.delete(f"addresses/{address.uid}").status_code == 423


def test_another_shops_address_is_not_found(shop, rival):
    theirs = factories.make_address(rival.environment)

    assert settle(shop.integration, theirs).status_code == 404


def test_a_customers_address_is_refused(shop, location):
    alices = factories.make_address(shop.environment, customer=shop.alice)

    for refused in (settle(shop.integration, alices), move(shop.integration, location, alices)):
        assert refused.status_code == 422
        assert error(refused)["detail"] == "address - belongs to a customer or an order"
        assert error(refused)["source"]["pointer"] == "/data/relationships/address"


@pytest.mark.parametrize("side", ["shipping_address", "billing_address"])
def test_so_is_that_of_a_guests_order(shop, side):
    guests = factories.make_address(shop.environment)
    make_order(make_market(shop.environment), None, **{side: guests})
    assert guests.customer is None

    assert settle(shop.integration, guests).status_code == 422


def test_no_place_holds_anything_of_a_forgotten_customer(shop, location):
    alices = factories.make_address(shop.environment, customer=shop.alice, line_1="4l1c3")
    assert move(shop.integration, location, alices).status_code == 422
    assert "4l1c3" in whole_database()

    forget(shop.alice)

    location.refresh_from_db()
    assert location.address.line_1 == DOCK
    assert "4l1c3" not in whole_database()


def test_whoever_takes_a_places_address_gets_a_copy(shop, location, address):
    entry = shop.integration.post(
        "customer_addresses",
        relationships={
            "customer": identifier("customers", shop.alice),
            "address": identifier("addresses", address),
        },
    )

    assert entry.status_code == 201
    copy = CustomerAddress.objects.get().address
    assert (copy.customer, copy.line_1, copy.of_place) == (shop.alice, DOCK, False)
    assert copy != address


@pytest.mark.parametrize("guest", [False, True])
def test_an_order_that_is_fetched_at_a_place_gets_a_copy(shop, location, address, guest):
    order = make_order(make_market(shop.environment), None if guest else shop.alice)
    place = {"shipping_address": identifier("addresses", address)}

    assert shop.integration.patch("orders", order.uid, relationships=place).status_code == 200

    order.refresh_from_db()
    assert order.shipping_address.line_1 == DOCK
    assert order.shipping_address != address
    assert not order.shipping_address.of_place


def test_forgetting_whoever_fetched_there_leaves_the_place_alone(shop, location, address):
    order = make_order(make_market(shop.environment), shop.alice)
    place = {"shipping_address": identifier("addresses", address)}
    shop.integration.patch("orders", order.uid, relationships=place)
    assert Address.objects.filter(line_1=DOCK).count() == 2

    forget(shop.alice)

    assert Address.objects.get(line_1=DOCK) == address


def test_shoppers_read_it_but_do_not_change_it(shop, location, address):
    assert shop.guest.get(f"addresses/{address.uid}").status_code == 200
    assert shop.guest.patch("addresses", address.uid, attributes={"city": "X"}).status_code == 401
    assert shop.guest.delete(f"addresses/{address.uid}").status_code == 401


def test_the_database_gives_it_to_nobody(shop, location, address):
    with pytest.raises(IntegrityError, match="customers_address_of_a_place_is_nobodys"):
        Address.objects.filter(pk=address.pk).update(customer=shop.alice)


def test_the_database_gives_no_place_the_address_of_somebody(shop, location):
    alices = factories.make_address(shop.environment, customer=shop.alice)

    with (
        pytest.raises(IntegrityError, match="catalog_stock_location_address_is_of_place"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE catalog_stocklocation SET address_id = %s", [alices.pk])


def test_goods_are_returned_to_the_address_of_the_stock_location(shop, location, address):
    market = make_market(shop.environment)
    order = make_placed(market, shop.alice)
    made = shop.integration.post(
        "returns",
        relationships={
            "order": linked("orders", order),
            "stock_location": identifier("stock_locations", location),
        },
    )
    uid = made.json()["data"]["id"]
    assert attributes(made)["status"] == "draft"

    alice = shopping_in(shop, market, shop.alice)
    shown = alice.get(f"returns/{uid}", {"include": "destination_address,origin_address"})
    related = alice.get(f"returns/{uid}/destination_address")
    linkage = alice.get(f"returns/{uid}/relationships/destination_address")

    assert [one["id"] for one in shown.json()["included"]] == [address.uid]
    assert related.json()["data"]["attributes"]["line_1"] == DOCK
    assert linkage.json()["data"] == identifier("addresses", address)


def test_a_return_without_a_stock_location_goes_nowhere(shop):
    order = make_placed(make_market(shop.environment), shop.alice)
    made = shop.integration.post("returns", relationships={"order": linked("orders", order)})
    uid = made.json()["data"]["id"]

    shown = shop.integration.get(f"returns/{uid}", {"include": "destination_address"}).json()

    assert shown["data"]["relationships"]["destination_address"]["data"] is None
    related = shop.integration.get(f"returns/{uid}/destination_address")
    assert related.json()["data"] is None


def test_a_stock_location_of_another_shop_leads_nowhere(shop, rival):
    there = factories.make_address(rival.environment, line_1=DOCK, of_place=True)
    theirs = StockLocation.objects.create(
        environment=rival.environment, name="Theirs", address=there
    )
    order = make_placed(make_market(shop.environment), shop.alice)
    uid = shop.integration.post("returns", relationships={"order": linked("orders", order)}).json()[
        "data"
    ]["id"]
    Return.objects.update(stock_location=theirs)

    shown = shop.integration.get(f"returns/{uid}", {"include": "destination_address"})
    related = shop.integration.get(f"returns/{uid}/destination_address")
    found = shop.integration.get("returns", {"filter[q][destination_address_line_1_eq]": DOCK})

    assert shown.json()["included"] == []
    assert related.json()["data"] is None
    assert found.json()["data"] == []


def test_returns_are_found_by_where_they_go(shop, location):
    order = make_placed(make_market(shop.environment), shop.alice)
    here = {"order": linked("orders", order)}
    away = {**here, "stock_location": identifier("stock_locations", location)}
    for relationships in (here, away):
        shop.integration.post("returns", relationships=relationships)

    name = "filter[q][destination_address_line_1_eq]"
    found = shop.integration.get("returns", {name: DOCK}).json()["data"]

    sent = Return.objects.get(stock_location=location)
    assert [one["id"] for one in found] == [sent.uid]


def test_where_a_return_goes_cannot_be_written(shop, address):
    order = make_placed(make_market(shop.environment), shop.alice)
    relationships = {
        "order": linked("orders", order),
        "destination_address": identifier("addresses", address),
    }

    refused = shop.integration.post("returns", relationships=relationships)

    assert refused.status_code == 400
    assert error(refused)["code"] == "PARAM_NOT_ALLOWED"


def forget(customer):
    """Forget at once: with the order's addresses and all."""
    Organization.objects.update(anonymization_grace=timedelta(0))
    request(customer)
    anonymization.process_due()
