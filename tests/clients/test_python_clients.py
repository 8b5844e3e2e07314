"""jsonapi-client and jsonapi-requests, unmodified, against a running product."""

from __future__ import annotations

import json
import secrets
from types import SimpleNamespace

import jsonapi_client
import jsonapi_requests
import pytest
import requests
from jsonapi_client.exceptions import DocumentError
from jsonapi_requests.request_factory import ApiClientError

TIMEOUT = 30


@pytest.fixture(scope="module")
def api(product):
    """Where it is, a token, and a look at what really is there."""
    shop = json.loads((product.data_dir / "credentials.json").read_text())
    keys = shop["integration"]
    granted = requests.post(
        f"{shop['base_url']}/oauth/token",
        json={"grant_type": "client_credentials", **keys},
        timeout=TIMEOUT,
    ).json()
    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    base = f"{shop['base_url']}/api"

    def actual(path):
        return requests.get(f"{base}/{path}", headers=headers, timeout=TIMEOUT)

    return SimpleNamespace(base=base, headers=headers, actual=actual)


def email(name):
    return f"{name}-{secrets.token_hex(6)}@example.com"


def test_jsonapi_client(api):
    address = email("jsonapi-client")
    schema = {
        "customer_groups": {"properties": {"name": {"type": "string"}}},
        "customers": {
            "properties": {
                "email": {"type": "string"},
                "reference": {"type": ["null", "string"]},
                "customer_group": {"relation": "to-one", "resource": ["customer_groups"]},
            }
        },
    }
    options = {"headers": {**api.headers, "Content-Type": "application/vnd.api+json"}}
    with jsonapi_client.Session(api.base, schema=schema, request_kwargs=options) as session:
        group = session.create_and_commit("customer_groups", name=address)
        customer = session.create_and_commit("customers", email=address)
        assert (
            api.actual(f"customers/{customer.id}").json()["data"]["attributes"]["email"] == address
        )

        asked = jsonapi_client.Modifier(f"filter[q][email_eq]={address}&include=customer_group")
        customer = session.get("customers", asked).resource
        customer.reference = "jsonapi-client"
        customer.relationships["customer_group"].set(group.id, "customer_groups")
        customer.commit()
        found = api.actual(f"customers/{customer.id}?include=customer_group").json()["data"]
        assert found["attributes"]["reference"] == "jsonapi-client"
        assert found["relationships"]["customer_group"]["data"]["id"] == group.id

        (listed,) = session.get("customers", asked).resources
        assert listed.relationships["customer_group"].resource.name == address

        with pytest.raises(DocumentError) as refusal:
            session.create_and_commit("customers", email=address)
        assert refusal.value.errors["status_code"] == 422

    assert requests.delete(
        f"{api.base}/customers/{customer.id}", headers=api.headers, timeout=TIMEOUT
    ).ok


def test_jsonapi_requests(api):
    address = email("jsonapi-requests")
    orm = jsonapi_requests.orm.OrmApi.config(
        {"API_ROOT": api.base, "TIMEOUT": TIMEOUT, "APPEND_SLASH": False, "AUTH": _bearer(api)}
    )

    class Group(jsonapi_requests.orm.ApiModel):
        class Meta:
            type = "customer_groups"
            api = orm

        name = jsonapi_requests.orm.AttributeField("name")

    class Customer(jsonapi_requests.orm.ApiModel):
        class Meta:
            type = "customers"
            api = orm

        email = jsonapi_requests.orm.AttributeField("email")
        reference = jsonapi_requests.orm.AttributeField("reference")
        group = jsonapi_requests.orm.RelationField("customer_group")

    group = Group()
    group.name = address
    group.save()
    customer = Customer()
    customer.email = address
    customer.save()
    assert api.actual(f"customers/{customer.id}").json()["data"]["attributes"]["email"] == address

    customer.reference = "jsonapi-requests"
    customer.group = group
    customer.save()
    again = Customer.from_id(customer.id)
    again.refresh()
    assert again.reference == "jsonapi-requests"
    assert api.actual(f"customers/{customer.id}/customer_group").json()["data"]["id"] == group.id

    asked = {"filter[q][email_eq]": address, "include": "customer_group"}
    (listed,) = Customer.get_list(params=asked)
    assert listed.group.name == address

    twice = Customer()
    twice.email = address
    with pytest.raises(ApiClientError) as refusal:
        twice.save()
    assert refusal.value.status_code == 422

    customer.delete()
    assert api.actual(f"customers/{customer.id}").status_code == 404


def _bearer(api):
    def sign(request):
        request.headers.update(api.headers)
        return request

    return sign
