"""POST /api/customers"""

import re

import pytest

from customers.models import Customer
from tests.api import document, error, identifier
from tests.factories import make_customer, make_group


def test_an_integration_creates_a_prospect(shop):
    reply = shop.integration.post(
        "customers",
        attributes={
            "email": "John@Example.com",
            "password": "a secret phrase",
            "reference": "ERP-1",
            "reference_origin": "erp",
            "metadata": {"tier": "gold"},
        },
    )

    assert reply.status_code == 201
    data = reply.json()["data"]
    assert reply["Location"] == data["links"]["self"]
    attributes = data["attributes"]
    assert attributes["email"] == "john@example.com"
    assert attributes["status"] == "prospect"
    assert attributes["has_password"] is True
    assert attributes["reference"] == "ERP-1"
    assert attributes["metadata"] == {"tier": "gold"}
    assert 3 <= len(attributes["shopper_reference"]) <= 128
    assert "password" not in attributes
    assert Customer.objects.get(uid=data["id"]).check_password("a secret phrase")


def test_ids_sort_by_creation_and_cannot_be_guessed(shop):
    ids = [
        shop.integration.post("customers", attributes={"email": f"c{n}@example.com"}).json()[
            "data"
        ]["id"]
        for n in range(3)
    ]

    assert all(re.fullmatch(r"[A-Za-z0-9]{18}", uid) for uid in ids)
    assert [uid[:8] for uid in ids] == sorted(uid[:8] for uid in ids)
    assert len({uid[8:] for uid in ids}) == 3


def test_a_guest_signs_up_without_being_able_to_read_it_again(shop):
    reply = shop.guest.post(
        "customers", attributes={"email": "new@example.com", "password": "a secret phrase"}
    )

    assert reply.status_code == 201
    uid = reply.json()["data"]["id"]
    assert error(shop.guest.get(f"customers/{uid}"))["code"] == "UNAUTHORIZED"


def test_a_guest_may_not_choose_a_group(shop):
    group = make_group(shop.environment)

    reply = shop.guest.post(
        "customers",
        attributes={"email": "new@example.com"},
        relationships={"customer_group": identifier("customer_groups", group)},
    )

    refused = error(reply)
    assert (refused["status"], refused["code"]) == ("401", "UNAUTHORIZED")
    assert not Customer.objects.exists()


def test_a_client_may_choose_the_id_once(shop):
    body = document("customers", id="erp-5823594808", attributes={"email": "a@example.com"})
    again = document("customers", id="erp-5823594808", attributes={"email": "b@example.com"})

    first = shop.integration.request("POST", "customers", body)
    second = shop.integration.request("POST", "customers", again)

    assert first.json()["data"]["id"] == "erp-5823594808"
    refused = error(second)
    assert (refused["status"], refused["source"]) == ("409", {"pointer": "/data/id"})


def test_the_same_id_and_email_are_free_in_another_environment(shop, rival):
    body = document("customers", id="one", attributes={"email": "a@example.com"})

    for tenant in (shop, rival):
        assert tenant.integration.request("POST", "customers", body).status_code == 201


def test_the_reply_can_be_sparse_and_include(shop):
    group = make_group(shop.environment, name="VIP")
    body = document(
        "customers",
        attributes={"email": "a@example.com"},
        relationships={"customer_group": identifier("customer_groups", group)},
    )

    reply = shop.integration.request(
        "POST",
        "customers?include=customer_group&fields[customers]=email,customer_group",
        body,
    ).json()

    assert reply["data"]["attributes"] == {"email": "a@example.com"}
    assert reply["included"][0]["attributes"]["name"] == "VIP"


def test_a_bad_include_stops_a_create_before_it_writes(shop):
    body = document("customers", attributes={"email": "a@example.com"})

    reply = shop.integration.request("POST", "customers?include=friends", body)

    assert error(reply)["code"] == "INVALID_INCLUDE"
    assert not Customer.objects.exists()


@pytest.mark.parametrize("reference", ["abc", "x" * 128, "ref with spaces", "реф"])
def test_a_shopper_reference_has_3_to_128_characters(shop, reference):
    reply = shop.integration.post(
        "customers", attributes={"email": "a@example.com", "shopper_reference": reference}
    )

    assert reply.json()["data"]["attributes"]["shopper_reference"] == reference


def test_references_are_different_for_everybody(shop):
    first, second = make_customer(shop.environment), make_customer(shop.environment)

    assert first.shopper_reference != second.shopper_reference
    assert first.profile_id != second.profile_id
