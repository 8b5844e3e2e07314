"""/api/v1/sdk: the rest of the fact sheet's tables of endpoints, fields and refusals."""

import time

import jwt
import pytest

from compat.storefront.urls import ENDPOINTS
from orders import services as orders
from tests.api import Api, token_for
from tests.compat.sdk import Sdk, faults, sentence
from tests.factories import PASSWORD
from tests.oauth.test_tokens import resigned
from tests.orders import goods

NEEDS_A_TOKEN = [
    *[("POST", path) for path in ("customer", "customer/refresh", "auth/logout")],
    *[("PUT", "customer"), ("POST", "password/update"), ("GET", "customer/plans")],
    *[("GET", "customer/coupons"), ("GET", "customer/product_sku")],
    *[("GET", "customer/email/verify"), ("POST", "customer/picture")],
    ("DELETE", "customer/picture"),
]
LISTS = (
    *("subscriptions", "expired_subscriptions", "memberships", "gift_recipients", "addresses"),
    *("sources", "invoices", "orders", "charges"),
)
TEXTS = ("first_name", "last_name", "display_name", "organization", "title", "salutation", "tin")


@pytest.fixture
def bad_tokens(as_ada):
    """Tokens and how each is refused."""
    facts = jwt.decode(as_ada.token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(as_ada.token)["kid"]
    as_ada.post("auth/logout")
    invalid = (401, "Invalid or expired token")
    blacklisted = (403, "Authentication token has been blacklisted, please try again")
    expired = resigned({**facts, "exp": int(time.time()) - 1}, {"kid": kid})
    forged = resigned(facts, {"kid": kid}, foreign=True)
    return [
        (None, (401, "Token not provided")),
        ("nonsense", invalid),
        (expired, invalid),
        (forged, invalid),
        (as_ada.token, blacklisted),
    ]


def test_every_endpoint_refuses_a_bad_token(as_ada, bad_tokens):
    for method, path in NEEDS_A_TOKEN:
        for as_ada.token, expected in bad_tokens:
            assert sentence(as_ada.send(method, path)) == expected, (method, path)


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_a_slash_at_the_end_makes_no_difference(sdk, path):
    plain, slashed = (sdk.post(one) for one in (path, f"{path}/"))

    assert (plain.status_code, plain.content) == (slashed.status_code, slashed.content)
    assert plain.json() != {"error": {"status": 404, "message": "Not found."}}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[("POST", "auth/idp/login"), ("POST", "auth/passwordless/request")],
        *[("POST", "auth/passwordless/login"), ("POST", "address"), ("PUT", "address")],
        ("GET", "site"),
    ],
)
def test_what_is_left_out_is_not_found(as_ada, method, path):
    assert sentence(as_ada.send(method, path)) == (404, "Not found.")


def test_a_new_customer_has_every_member(sdk):
    data = sdk.register(email="ada@example.com")

    assert isinstance(data["id"], int)
    assert data["created"] == data["created_at"] == pytest.approx(time.time(), abs=600)
    for name in LISTS:
        assert data[name] == []
    for name in ("email_confirm", "phone_confirm", "email_hardbounce"):
        assert data[name] is False
    for name in (*TEXTS, "name", "full_name", "username", "phone", "profile_photo", "source"):
        assert data[name] in (None, ""), name
    assert (data["metadata"], data["currency"], data["has_password"]) == ({}, None, True)


def test_a_client_that_sends_every_field_each_time_is_understood(as_ada):
    full = {
        **{name: name.upper() for name in TEXTS},
        "email": "ada@example.com",
        "username": "ada_B-2",
        "phone": "+1 514 555 0100",
        "language": "fr",
    }

    data = as_ada.use(as_ada.put(**full, metadata={"updated": "updated"}))

    assert data["organization"] == {"id": None, "name": "ORGANIZATION"}
    shown = {**data, "organization": data["organization"]["name"]}
    assert shown.items() >= {**full, "phone": "15145550100"}.items()
    assert data["name"] == data["full_name"] == "FIRST_NAME LAST_NAME"

    emptied = as_ada.use(as_ada.put(**full | dict.fromkeys((*TEXTS, "phone"), "")))
    assert all(emptied[name] is None for name in (*TEXTS, "phone"))
    assert emptied["metadata"] == {"updated": "updated"}


def test_flags_are_not_the_customers_to_write(as_ada):
    flags = dict.fromkeys(("phone_confirm", "email_confirm", "email_hardbounce"), True)

    assert as_ada.use(as_ada.put(**flags)).items() >= dict.fromkeys(flags, False).items()


def test_fields_are_kept_to_their_limits(as_ada):
    longest = {
        "first_name": "x" * 255,
        "last_name": "y" * 255,
        "display_name": "z" * 100,
        "phone": "1" * 20,
    }
    assert as_ada.use(as_ada.put(**longest)).items() >= longest.items()
    assert as_ada.use(as_ada.put(phone="12345"))["phone"] == "12345"

    too_long = {name: f"{value}1" for name, value in longest.items()}
    assert faults(as_ada.put(**too_long)).keys() == longest.keys()


@pytest.mark.parametrize("language", ["en", "fr", "it", "ko", "es", "de"])
def test_a_language_that_is_sent_counts_more_than_that_of_the_query(shop, language):
    data = Sdk(shop.environment.pk, "it").register(email="a@x.example", language=language)

    assert data["language"] == language


def test_a_password_of_six_characters_will_do(sdk):
    assert sdk.register(email="a@x.example", password="123456")["has_password"] is True
    assert faults(sdk.post("auth/register", email="b@x.example", password="x" * 129)).keys() == {
        "password"
    }


def test_an_email_or_a_user_name_is_needed_to_sign_in(sdk):
    assert faults(sdk.post("auth/login", password=PASSWORD)).keys() == {"email"}
    assert faults(sdk.post("auth/login", email="a@x.example")).keys() == {"password"}


def test_a_fresh_token_does_not_end_the_one_before_it(as_ada):
    first = as_ada.token
    for renew in (as_ada.put, lambda: as_ada.post("customer/refresh")):
        assert as_ada.use(renew())["token"] != first

    as_ada.token = first
    assert as_ada.post("customer").status_code == 200


def test_asking_for_a_link_gives_a_fresh_token(as_ada):
    first = as_ada.token

    assert as_ada.use(as_ada.get("customer/email/verify"))["token"] != first


def test_a_token_in_the_header_counts_more_than_one_in_the_body(as_ada):
    assert as_ada.post("customer", auth_token="nonsense").status_code == 200


def test_a_source_that_is_not_verified_is_pending(shop, as_ada, ada):
    ada.customer_payment_sources.create(environment=shop.environment, state="requires_action")

    (source,) = as_ada.post("customer").json()["data"]["sources"]

    assert (source["status"], source["is_default"]) == ("pending", False)


def test_subscriptions_are_current_or_expired(shop, as_ada, ada):
    order = goods.make_placed(goods.make_market(shop.environment), ada)
    values = {"environment_id": order.environment_id, "source_order": order, "frequency": "daily"}
    current, ended = (orders.create_subscription(values=values) for _ in range(2))
    goods.trigger(shop.integration, ended, "_cancel", resource_type="order_subscriptions")

    data = as_ada.post("customer").json()["data"]

    (shown,) = data["subscriptions"]
    assert (shown["id"], shown["status"]) == (current.pk, "active")
    assert [one["id"] for one in data["expired_subscriptions"]] == [ended.pk]


def test_offers_have_the_members_that_clients_read(shop, as_ada):
    segment = goods.make_segment(shop.environment, ("total_orders_count", "at_most", "0"))
    goods.make_plan(shop.environment, segment)
    goods.make_coupon(shop.environment, segment)
    goods.make_sku(shop.environment).segments.add(segment)

    (plan,) = as_ada.get("customer/plans").json()["data"]
    (coupon,) = as_ada.get("customer/coupons").json()["data"]
    (sku,) = as_ada.get("customer/product_sku").json()["data"]

    assert plan.keys() >= {
        *("id", "nickname", "description", "amount", "amount_formatted", "currency", "interval"),
        *("auto_renew", "address_required", "entitlements", "product_id", "product", "segments"),
    }
    assert (plan["amount_formatted"], plan["currency"]) == ("€9,00", "eur")
    assert coupon.keys() >= {"id", "code", "percent_off", "duration", "segments"}
    assert (coupon["percent_off"], coupon["duration"]) == (20, "once")
    assert sku.keys() >= {
        *("id", "product_id", "name", "price", "currency", "image", "description", "segments"),
    }


def test_nothing_is_answered_with_422_or_409_where_the_other_door_has_them(shop, as_ada, ada):
    """The same fault, told by each door in its own way."""
    taken = {"email": shop.alice.email}
    here = as_ada.put(**taken)
    there = Api(token_for(shop.application)).patch("customers", ada.uid, attributes=taken)

    assert (here.status_code, there.status_code) == (400, 422)
    assert faults(here) == {"email": ["This email is already in use."]}
