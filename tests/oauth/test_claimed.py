"""GET /api/customers/<id>/jwt_customer and its kin: what the caller's token names."""

import pytest

from catalog.models import StockLocation
from tests.api import Api, error, token_for, token_of_owner
from tests.orders import goods


def test_jwt_customer_is_who_signed_in(shop):
    sku = goods.make_sku(shop.environment)
    goods.make_market(shop.environment)

    for path in (f"customers/{shop.alice.uid}", f"skus/{sku.uid}"):
        data = shop.as_alice.get(f"{path}/jwt_customer").json()["data"]
        assert (data["type"], data["id"]) == ("customers", shop.alice.uid)
    acting = Api(token_of_owner(shop.application, "Customer", shop.bob.uid))
    assert acting.get(f"customers/{shop.bob.uid}/jwt_customer").json()["data"]["id"] == shop.bob.uid


def test_nobody_signed_in_is_null(shop):
    for api in (shop.integration, shop.staff):
        reply = api.get(f"customers/{shop.alice.uid}/jwt_customer")
        assert (reply.status_code, reply.json()["data"]) == (200, None)


def test_markets_and_stock_locations_of_the_scope(shop):
    market, other = (goods.make_market(shop.environment) for _ in range(2))
    hall = StockLocation.objects.create(environment=shop.environment, name="Hall", code="hall")
    sku = goods.make_sku(shop.environment)
    scope = f"market:id:{market.uid} stock_location:id:{hall.uid}"
    narrow = Api(token_for(shop.application, scope=scope))

    def ids(api, name):
        return [one["id"] for one in api.get(f"skus/{sku.uid}/{name}").json()["data"]]

    assert ids(narrow, "jwt_markets") == [market.uid]
    assert ids(narrow, "jwt_stock_locations") == [hall.uid]
    assert ids(shop.integration, "jwt_markets") == []
    price = sku.prices.get()
    listed = narrow.get(f"prices/{price.uid}/jwt_markets").json()
    assert listed["meta"]["record_count"] == 1
    assert other.uid not in str(listed)


def test_storefronts_do_not_list_markets(shop):
    market = goods.make_market(shop.environment)
    sku = goods.make_sku(shop.environment)
    guest = Api(token_for(shop.channel, scope=f"market:id:{market.uid}"))
    assert guest.get(f"skus/{sku.uid}").status_code == 200

    assert error(guest.get(f"skus/{sku.uid}/jwt_markets"))["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("path", ["customers/{}/jwt_owner", "addresses/{}/jwt_customer"])
def test_other_names_lead_nowhere(shop, path):
    assert shop.integration.get(path.format(shop.alice.uid)).status_code == 404


def test_the_row_has_to_exist(shop):
    assert shop.integration.get("customers/unknown/jwt_customer").status_code == 404
    assert shop.as_bob.get(f"customers/{shop.alice.uid}/jwt_customer").status_code == 404
