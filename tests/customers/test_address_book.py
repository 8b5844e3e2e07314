"""Addresses and customer_addresses."""

import pytest

from customers.models import Address, CustomerAddress
from tests.api import error, identifier
from tests.factories import ADDRESS, make_address, make_customer


def test_a_new_address_tells_how_it_reads(shop):
    attributes = shop.integration.post("addresses", attributes=ADDRESS).json()["data"]["attributes"]

    place = "2883 Geraldine Lane Apt.23, 10013 New York NY (US) (212) 646-338-1228"
    assert attributes["full_name"] == "John Smith"
    assert attributes["full_address"] == place
    assert attributes["name"] == f"John Smith, {place}"
    assert attributes["is_localized"] is False
    assert attributes["map_url"] is None
    assert attributes["is_geocoded"] is False
    assert (attributes["provider_name"], attributes["static_map_url"]) == (None, None)


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"first_name": None}, "first_name", "blank"),
        ({"last_name": ""}, "last_name", "blank"),
        ({"business": True}, "company", "blank"),
        ({"line_1": ""}, "line_1", "blank"),
        ({"city": None}, "city", "blank"),
        ({"zip_code": None}, "zip_code", "blank"),
        ({"phone": None}, "phone", "blank"),
        ({"country_code": "XX"}, "country_code", "inclusion"),
        ({"country_code": "us"}, "country_code", "inclusion"),
        ({"country_code": "USA"}, "country_code", "too_long"),
        ({"lat": 91}, "lat", "invalid"),
        ({"lng": -181}, "lng", "invalid"),
        ({"business": "yes"}, "business", "invalid"),
    ],
)
def test_an_incomplete_address_is_refused(shop, change, field, rule):
    refused = error(shop.integration.post("addresses", attributes={**ADDRESS, **change}))

    assert refused["source"] == {"pointer": f"/data/attributes/{field}"}
    assert refused["meta"]["error"] == rule


def test_some_countries_have_no_zip_codes(shop):
    emirates = {**ADDRESS, "country_code": "AE", "zip_code": None, "state_code": "Dubai"}

    assert shop.integration.post("addresses", attributes=emirates).status_code == 201


def test_an_organization_may_do_without_phones(shop):
    shop.organization.addresses_phone_required = False
    shop.organization.save()

    reply = shop.integration.post("addresses", attributes={**ADDRESS, "phone": None})

    assert reply.status_code == 201


def test_a_storefront_fills_its_customers_address_book(shop):
    """As official checkouts do: the address first, then the entry, without naming anybody."""
    address = shop.as_alice.post("addresses", attributes=ADDRESS).json()["data"]
    entry = shop.as_alice.post(
        "customer_addresses",
        relationships={"address": {"type": "addresses", "id": address["id"]}},
    )

    assert entry.status_code == 201, entry.content
    assert entry.json()["data"]["attributes"]["customer_email"] == "alice@example.com"
    listed = shop.as_alice.get("customer_addresses", {"include": "address"}).json()
    assert [one["id"] for one in listed["included"]] == [address["id"]]


def test_an_address_book_is_its_customers_own(shop):
    for customer in (shop.alice, shop.bob):
        address = make_address(shop.environment, customer=customer)
        customer.customer_addresses.create(environment=shop.environment, address=address)
    bobs = CustomerAddress.objects.get(customer=shop.bob)

    listed = shop.as_alice.get("customer_addresses").json()
    foreign = shop.as_alice.get(f"customer_addresses/{bobs.uid}")
    address = shop.as_alice.get(f"addresses/{bobs.address.uid}")
    book = shop.as_alice.get(f"customers/{shop.bob.uid}/customer_addresses")

    assert listed["meta"]["record_count"] == 1
    assert [foreign.status_code, address.status_code, book.status_code] == [404, 404, 404]


def test_a_shopper_cannot_take_somebody_elses_address(shop):
    address = make_address(shop.environment, customer=shop.bob)

    reply = shop.as_alice.post(
        "customer_addresses", relationships={"address": identifier("addresses", address)}
    )

    assert error(reply)["code"] == "RECORD_NOT_FOUND"


def test_a_shared_address_is_copied_into_the_book(shop):
    address = make_address(shop.environment, customer=shop.bob)

    reply = shop.integration.post(
        "customer_addresses",
        attributes={"customer_email": shop.alice.email},
        relationships={"address": identifier("addresses", address)},
    )

    assert reply.status_code == 201
    entry = CustomerAddress.objects.get(uid=reply.json()["data"]["id"])
    assert entry.address != address
    assert (entry.address.customer, entry.address.line_1) == (shop.alice, address.line_1)


def test_an_entry_needs_a_customer(shop):
    address = make_address(shop.environment)

    reply = shop.integration.post(
        "customer_addresses", relationships={"address": identifier("addresses", address)}
    )

    assert error(reply)["source"] == {"pointer": "/data/attributes/customer_email"}


def test_a_guest_reads_no_shoppers_address(shop):
    own = make_address(shop.environment)
    alices = make_address(shop.environment, customer=shop.alice)

    assert shop.guest.get(f"addresses/{own.uid}").status_code == 200
    assert shop.guest.get(f"addresses/{alices.uid}").status_code == 404
    assert error(shop.guest.get("addresses"))["code"] == "UNAUTHORIZED"


def test_a_forgotten_customer_gets_no_new_address(shop):
    gone = make_customer(shop.environment, anonymization_status="completed")
    address = make_address(shop.environment)

    reply = shop.integration.post(
        "customer_addresses",
        relationships={
            "customer": identifier("customers", gone),
            "address": identifier("addresses", address),
        },
    )

    assert error(reply)["status"] == "409"
    assert Address.objects.get().customer is None


def test_entries_are_found_by_country(shop):
    for country in ("US", "IT"):
        address = make_address(shop.environment, customer=shop.alice, country_code=country)
        shop.alice.customer_addresses.create(environment=shop.environment, address=address)

    def found(query):
        rows = shop.as_alice.get("customer_addresses", {**query, "include": "address"}).json()
        return [one["attributes"]["country_code"] for one in rows["included"]]

    assert found({"filter[q][country_code_eq]": "IT"}) == ["IT"]
    assert found({"filter[q][country_code_in]": "IT,US"}) == ["US", "IT"]
    assert found({"filter[country_code]": "US"}) == ["US"]
