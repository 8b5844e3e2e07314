"""What the official SDK sends when a retrieved object is updated as it came."""

import pytest

from tests.api import error, identifier
from tests.factories import make_group
from tests.orders.goods import make_market, make_order


@pytest.mark.parametrize(
    ("name", "empty"), [("customer_group", None), ("tags", []), ("orders", [])]
)
def test_an_empty_relationship_may_come_back_as_an_attribute(shop, name, empty):
    attributes = {name: empty, "reference": "sent back"}

    reply = shop.integration.patch("customers", shop.alice.uid, attributes=attributes)

    assert reply.status_code == 200
    assert reply.json()["data"]["attributes"]["reference"] == "sent back"


@pytest.mark.parametrize("value", [None, [], "", {}])
def test_a_relationship_is_not_cleared_by_an_attribute(shop, value):
    group = make_group(shop.environment)
    joined = {"customer_group": identifier("customer_groups", group)}
    shop.integration.patch("customers", shop.alice.uid, relationships=joined)

    reply = shop.integration.patch(
        "customers", shop.alice.uid, attributes={"customer_group": value}
    )

    assert reply.status_code == 400
    assert error(reply)["code"] == "PARAM_NOT_ALLOWED"
    assert error(reply)["source"] == {"pointer": "/data/attributes/customer_group"}
    shop.alice.refresh_from_db()
    assert shop.alice.customer_group == group


@pytest.mark.parametrize("value", [None, []])
def test_a_new_resource_has_nothing_to_be_sent_back(shop, value):
    attributes = {"email": "new@example.com", "orders": value}

    reply = shop.integration.post("customers", attributes=attributes)

    assert error(reply)["code"] == "PARAM_NOT_ALLOWED"


def test_a_number_may_come_back_without_its_fraction(shop):
    market = make_market(shop.environment)
    order = make_order(market, shop.alice)
    shown = shop.integration.get(f"orders/{order.uid}").json()["data"]["attributes"]
    assert shown["total_amount_float"] == 0.0

    for value in (0, 0.0):
        attributes = {"total_amount_float": value, "reference": "sent back"}
        reply = shop.integration.patch("orders", order.uid, attributes=attributes)
        assert reply.status_code == 200
    reply = shop.integration.patch("orders", order.uid, attributes={"total_amount_float": False})
    assert error(reply)["code"] == "PARAM_NOT_ALLOWED"


@pytest.mark.parametrize("value", [True, 1.5, "1", [1], {"b": 1}, None])
def test_what_only_looks_equal_is_a_change(shop, value):
    metadata = {"a": [{"b": 1}]}
    shop.integration.patch("customers", shop.alice.uid, attributes={"metadata": metadata})

    changed = {"metadata": {"a": [{"b": value}]}}
    reply = shop.integration.patch("customers", shop.alice.uid, attributes=changed)

    shown = reply.json()["data"]["attributes"]["metadata"]["a"][0]["b"]
    assert (shown, type(shown)) == (value, type(value))
    latest = shop.integration.get(f"customers/{shop.alice.uid}/event_stores").json()["data"][0]
    assert latest["attributes"]["payload"]["metadata"] == {
        "from": metadata,
        "to": changed["metadata"],
    }
