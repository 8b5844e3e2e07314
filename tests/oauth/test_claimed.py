"""GET /api/customers/<id>/jwt_customer and its kin: what the caller's token names."""

import pytest

from catalog.models import StockLocation
from tests.api import Api, error, token_for, token_of_owner
from tests.factories import make_group
from tests.oauth.wire import claim as assertion_of
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


CLAIM = {"shop": "Ünï", "tier": [1, None]}
CLAIMED = ("jwt_customer", "jwt_markets", "jwt_stock_locations")


@pytest.fixture
def asserted(shop):
    """A back end whose token names a customer, a market and a claim of its own."""

    def make(**claims):
        market = goods.make_market(shop.environment)
        token = token_for(
            shop.application,
            grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
            assertion=assertion_of(**claims),
            scope=f"market:id:{market.uid}",
        )
        return Api(token), market

    return make


def test_the_custom_claim_of_the_token_is_an_attribute(shop, asserted):
    sku = goods.make_sku(shop.environment)
    api, _ = asserted(custom_claim=CLAIM)

    for path in (
        f"customers/{shop.alice.uid}",
        f"skus/{sku.uid}",
        f"prices/{sku.prices.get().uid}",
    ):
        assert api.get(path).json()["data"]["attributes"]["jwt_custom_claim"] == CLAIM
        plain = shop.integration.get(path).json()["data"]["attributes"]
        assert plain["jwt_custom_claim"] is None
    (row,) = api.get("skus", {"fields[skus]": "jwt_custom_claim"}).json()["data"]
    assert row["attributes"] == {"jwt_custom_claim": CLAIM}
    (row,) = api.get("skus", {"fields[skus]": "code"}).json()["data"]
    assert row["attributes"] == {"code": sku.code}
    made = api.post("customers", attributes={"email": "new@example.com"}).json()["data"]
    assert made["attributes"]["jwt_custom_claim"] == CLAIM


def test_it_is_sent_back_but_not_written(shop, asserted):
    api, _ = asserted(custom_claim=CLAIM)
    same = {"jwt_custom_claim": CLAIM, "jwt_customer": None, "jwt_markets": [], "reference": "x"}

    assert api.patch("customers", shop.alice.uid, attributes=same).status_code == 200
    for attributes in ({"jwt_custom_claim": {"tier": 2}}, {"jwt_customer": shop.alice.uid}):
        refused = error(api.patch("customers", shop.alice.uid, attributes=attributes))
        assert refused["code"] == "PARAM_NOT_ALLOWED"
    own = f"customers/{shop.alice.uid}/relationships/jwt_customer"
    assert api.request("PATCH", own, {"data": None}).status_code == 403
    made = {"email": "new@example.com", "jwt_custom_claim": CLAIM}
    assert error(api.post("customers", attributes=made))["code"] == "PARAM_NOT_ALLOWED"


def test_the_audit_trail_does_not_know_it(shop, asserted):
    api, _ = asserted(custom_claim=CLAIM)

    api.patch("customers", shop.alice.uid, attributes={"reference": "x"})

    trail = shop.integration.get(f"customers/{shop.alice.uid}/event_stores").json()["data"]
    assert "reference" in trail[0]["attributes"]["payload"]
    assert "jwt_custom_claim" not in trail[0]["attributes"]["payload"]


def test_what_the_token_names_is_listed_and_included(shop, asserted):
    goods.make_market(shop.environment)
    for _ in range(2):
        goods.make_sku(shop.environment)
    api, market = asserted(owner={"type": "User", "id": shop.user.uid})

    document = api.get("skus", {"include": ",".join(CLAIMED)}).json()

    for row in document["data"]:
        links = {name: row["relationships"][name]["data"] for name in CLAIMED}
        assert links == {
            "jwt_customer": None,
            "jwt_markets": [{"type": "markets", "id": market.uid}],
            "jwt_stock_locations": [],
        }
    (included,) = document["included"]
    assert included["attributes"]["name"] == market.name
    bare = api.get("skus").json()["data"][0]["relationships"]
    assert all(bare[name].keys() == {"links"} for name in CLAIMED)


def test_who_signed_in_is_included_with_what_is_theirs(shop):
    group = make_group(shop.environment)
    type(shop.alice).objects.filter(pk=shop.alice.pk).update(customer_group=group)
    sku = goods.make_sku(shop.environment)
    acting = Api(token_of_owner(shop.application, "Customer", shop.alice.uid))

    document = acting.get(f"customers/{shop.alice.uid}", {"include": "jwt_customer"}).json()

    assert document["included"] == []  # it is the primary data
    data = document["data"]["relationships"]["jwt_customer"]["data"]
    assert data == {"type": "customers", "id": shop.alice.uid}
    deep = {"include": "jwt_customer.customer_addresses"}
    assert acting.get(f"customers/{shop.alice.uid}", deep).status_code == 200
    goods.make_market(shop.environment)
    (included,) = acting.get(f"skus/{sku.uid}", {"include": "jwt_customer"}).json()["included"]
    assert included["attributes"]["email"] == shop.alice.email


@pytest.mark.parametrize(
    "query", [{"filter[q][jwt_customer_id_eq]": "x"}, {"sort": "jwt_custom_claim"}]
)
def test_it_can_be_neither_filtered_nor_sorted(shop, query):
    assert shop.integration.get("customers", query).status_code == 400


@pytest.mark.parametrize("path", ["customers/{}/jwt_owner", "addresses/{}/jwt_customer"])
def test_other_names_lead_nowhere(shop, path):
    assert shop.integration.get(path.format(shop.alice.uid)).status_code == 404


def test_the_row_has_to_exist(shop):
    assert shop.integration.get("customers/unknown/jwt_customer").status_code == 404
    assert shop.as_bob.get(f"customers/{shop.alice.uid}/jwt_customer").status_code == 404
