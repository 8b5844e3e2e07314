"""What a document looks like."""

import re

from tests.api import identifier
from tests.factories import make_address, make_group
from tests.queries import cost

TIMESTAMP = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")


def test_a_resource_object_has_every_member_of_the_contract(shop):
    reply = shop.integration.get(f"customers/{shop.alice.uid}")

    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/vnd.api+json"
    data = reply.json()["data"]
    own = f"http://testserver/api/customers/{shop.alice.uid}"
    assert data["type"] == "customers"
    assert data["id"] == shop.alice.uid
    assert data["links"] == {"self": own}
    assert data["meta"] == {"mode": "test", "organization_id": shop.organization.uid}
    assert data["relationships"]["customer_group"] == {
        "links": {
            "self": f"{own}/relationships/customer_group",
            "related": f"{own}/customer_group",
        }
    }


def test_a_fresh_customer_has_every_attribute_of_the_contract(shop):
    attributes = shop.integration.get(f"customers/{shop.alice.uid}").json()["data"]["attributes"]

    assert TIMESTAMP.match(attributes.pop("created_at"))
    assert TIMESTAMP.match(attributes.pop("updated_at"))
    assert 3 <= len(attributes.pop("shopper_reference")) <= 128
    assert attributes.pop("profile_id")
    assert attributes == {
        "email": "alice@example.com",
        "status": "prospect",
        "has_password": True,
        "total_orders_count": 0,
        "tax_exemption_code": None,
        "anonymization_info": {},
        "anonymization_status": None,
        "jwt_custom_claim": None,
        "reference": None,
        "reference_origin": None,
        "metadata": {},
    }


def test_a_customer_has_every_relationship_of_the_contract(shop):
    relationships = shop.integration.get(f"customers/{shop.alice.uid}").json()["data"][
        "relationships"
    ]

    assert set(relationships) == {
        "customer_group",
        "customer_addresses",
        "customer_payment_sources",
        "customer_subscriptions",
        "orders",
        "order_subscriptions",
        "returns",
        "sku_lists",
        "attachments",
        "events",
        "tags",
        "jwt_customer",
        "jwt_markets",
        "jwt_stock_locations",
    }


def test_every_relationship_link_of_a_customer_can_be_followed(shop):
    relationships = shop.integration.get(f"customers/{shop.alice.uid}").json()["data"][
        "relationships"
    ]

    replies = {
        link: shop.integration.get(link.removeprefix("http://testserver/api/")).status_code
        for relationship in relationships.values()
        for link in relationship["links"].values()
    }

    assert set(replies.values()) == {200}, replies


def test_linkage_appears_on_included_paths_only(shop):
    address = make_address(shop.environment, customer=shop.alice)
    entry = shop.integration.post(
        "customer_addresses",
        relationships={
            "customer": identifier("customers", shop.alice),
            "address": identifier("addresses", address),
        },
    ).json()["data"]

    reply = shop.integration.get(
        f"customers/{shop.alice.uid}", {"include": "customer_addresses.address,customer_group"}
    ).json()

    relationships = reply["data"]["relationships"]
    assert relationships["customer_addresses"]["data"] == [
        {"type": "customer_addresses", "id": entry["id"]}
    ]
    assert relationships["customer_group"]["data"] is None
    assert "data" not in relationships["orders"]
    included = {(one["type"], one["id"]): one for one in reply["included"]}
    assert set(included) == {("customer_addresses", entry["id"]), ("addresses", address.uid)}
    linked = included["customer_addresses", entry["id"]]["relationships"]
    assert linked["address"]["data"] == {"type": "addresses", "id": address.uid}
    assert "data" not in linked["customer"]


def test_a_resource_reached_twice_is_included_once(shop):
    group = make_group(shop.environment)
    for customer in (shop.alice, shop.bob):
        customer.customer_group = group
        customer.save()

    reply = shop.integration.get("customers", {"include": "customer_group.customers"}).json()

    assert [one["type"] for one in reply["included"]] == ["customer_groups"]
    customers = reply["included"][0]["relationships"]["customers"]["data"]
    assert {one["id"] for one in customers} == {shop.alice.uid, shop.bob.uid}


def test_sparse_fields_drop_attributes_and_relationships(shop):
    reply = shop.integration.get(
        f"customers/{shop.alice.uid}", {"fields[customers]": "email,customer_group"}
    )

    data = reply.json()["data"]
    assert data["attributes"] == {"email": "alice@example.com"}
    assert set(data["relationships"]) == {"customer_group"}


def test_without_a_relationship_in_sparse_fields_the_member_is_left_out(shop):
    reply = shop.integration.get(
        f"customers/{shop.alice.uid}", {"fields[customers]": "id", "include": "customer_group"}
    )

    data = reply.json()["data"]
    assert set(data) == {"id", "type", "links", "attributes", "meta"}
    assert data["attributes"] == {}


def test_an_include_costs_one_query_a_path_however_many_rows(shop):
    def listed():
        query = {"include": "customer_addresses.address,customer_group"}
        assert shop.integration.get("customers", query).status_code == 200

    def add(customer):
        address = make_address(shop.environment, customer=customer)
        customer.customer_addresses.create(environment=shop.environment, address=address)

    add(shop.alice)
    shop.integration.get("customers")  # token and keys are read once
    shop.alice.customer_group = make_group(shop.environment)
    shop.alice.save()
    one = cost(listed)
    for _ in range(4):
        add(shop.alice)
        add(shop.bob)

    assert cost(listed) == one == 5  # the count, the page, three paths
