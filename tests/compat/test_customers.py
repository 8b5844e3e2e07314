"""GET, POST and DELETE /customers: the seven endpoints, row by row of the fact sheet."""

import re

import pytest

from customers.models import Customer
from tests.api import token_for, token_of_owner
from tests.cast import Shop
from tests.compat.door import Door, refusal
from tests.factories import make_application, make_customer
from tests.orders import goods

TIME = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
SHIPPING = {
    "name": "Ada Byron",
    "phone": "952-555-0100",
    "address": {
        "line1": "10380 Bren Road West",
        "city": "Minnetonka",
        "postalCode": "55343",
        "state": "MN",
        "country": "US",
    },
}
COUNTRY = "shipping.address.country"
EVERYTHING = {
    "id": "shop-100245",
    "email": "ada@example.com",
    "type": "individual",
    "locale": "en_US",
    "shipping": SHIPPING,
    "metadata": {"segment": "Consumer", "visits": 3, "vip": False},
    "enabled": True,
}


def test_a_customer_comes_back_as_sent(door):
    reply = door.post("", EVERYTHING)

    assert reply.status_code == 201
    assert reply["Content-Type"] == "application/json"
    assert reply["x-dr-requestid"]
    made = reply.json()
    assert TIME.match(made.pop("createdTime"))
    assert TIME.match(made.pop("updatedTime"))
    assert made == {**EVERYTHING, "requestToBeForgotten": False, "liveMode": False}
    assert door.get("/shop-100245").json().items() >= made.items()


@pytest.mark.parametrize("body", [None, b"", {}])
def test_a_customer_may_be_nothing_but_an_id(door, body):
    reply = door.post("", body)

    assert reply.status_code == 201
    made = reply.json()
    assert made.keys() == {
        "id",
        "createdTime",
        "updatedTime",
        "requestToBeForgotten",
        "enabled",
        "liveMode",
    }
    assert made["enabled"] is True


def test_an_empty_list_is_an_empty_metadata(door):
    assert "metadata" not in door.make(metadata=[])


def test_a_taken_id_is_told_before_any_other_complaint(door):
    door.make(id="one")

    reply = door.post("", {"id": "one", "email": "nonsense", "unheard": 1})

    assert refusal(reply) == (409, "conflict", "already_exists", "id")


def test_a_taken_email_is_a_conflict_whatever_its_case(door):
    door.make(email="ada@example.com")

    assert refusal(door.post("", {"email": "ADA@example.com"})) == (
        409,
        "conflict",
        "already_exists",
        "email",
    )


def test_an_id_belongs_to_one_environment(door, rival):
    door.make(id="one", email="a@x.example")

    assert Door(rival.application.secret).make(id="one", email="a@x.example")["id"] == "one"


@pytest.mark.parametrize(
    ("body", "code", "parameter"),
    [
        ({"id": "x" * 41}, "invalid_parameter", "id"),
        ({"id": "a,b"}, "invalid_parameter", "id"),
        ({"id": "a b"}, "invalid_parameter", "id"),
        ({"id": ""}, "invalid_string_empty", "id"),
        ({"id": 5}, "invalid_format", "id"),
        ({"email": "nobody"}, "email_invalid", "email"),
        ({"email": ""}, "invalid_string_empty", "email"),
        ({"email": 5}, "invalid_format", "email"),
        ({"email": "a" * 250 + "@x.example"}, "invalid_parameter", "email"),
        ({"type": "company"}, "invalid_parameter", "type"),
        ({"type": ["individual"]}, "invalid_parameter", "type"),
        ({"locale": "english"}, "invalid_parameter", "locale"),
        ({"locale": "xx_US"}, "invalid_parameter", "locale"),
        ({"locale": "en_XX"}, "invalid_parameter", "locale"),
        ({"enabled": "maybe"}, "invalid_boolean", "enabled"),
        ({"enabled": 2}, "invalid_boolean", "enabled"),
        ({"enabled": None}, "invalid_empty", "enabled"),
        ({"enabled": []}, "invalid_boolean", "enabled"),
        ({"metadata": "x"}, "invalid_format", "metadata"),
        ({"metadata": {str(n): n for n in range(21)}}, "too_many_metadata_pairs", "metadata"),
        ({"metadata": {"k" * 41: 1}}, "invalid_metadata_key", "metadata"),
        ({"metadata": {"": 1}}, "invalid_metadata_key", "metadata"),
        ({"metadata": {"k": "v" * 501}}, "invalid_metadata_value", "metadata"),
        ({"metadata": {"k": {"nested": 1}}}, "invalid_metadata_value", "metadata"),
        ({"metadata": {"k": None}}, "invalid_metadata_value", "metadata"),
        ({"metadata": {"k": 1.5}}, "invalid_metadata_value", "metadata"),
        (
            {"shipping": {"address": {"line1": "x"}}},
            "missing_parameter",
            "shipping.address.country",
        ),
        (
            {"shipping": {"address": {"country": "XX"}}},
            "invalid_parameter",
            "shipping.address.country",
        ),
        ({"shipping": {"fax": "1"}}, "unknown_parameter", "shipping.fax"),
        ({"shipping": "home"}, "invalid_format", "shipping"),
        ({"requestToBeForgotten": True}, "unknown_parameter", "requestToBeForgotten"),
        ({"nickname": "x"}, "unknown_parameter", "nickname"),
        (
            {"defaultSourceId": "fd74a5c5-0163-469a-ae8e-031f0259b576"},
            "source_not_found",
            "defaultSourceId",
        ),
    ],
)
def test_a_bad_member_is_named(door, body, code, parameter):
    assert refusal(door.post("", body)) == (400, "bad_request", code, parameter)
    assert not Customer.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b'{"id": "a\\u0000b"}', b"1"])
def test_a_body_that_is_no_object_is_refused(door, body):
    assert refusal(door.post("", body))[:3] == (400, "bad_request", "invalid_format")


@pytest.mark.parametrize("media_type", ["text/plain", "application/json; charset=utf-8", ""])
def test_json_is_json_whatever_it_is_called(door, media_type):
    reply = door.post("", {"id": "a"}, **{"Content-Type": media_type})

    assert reply.status_code == 201


@pytest.mark.parametrize(
    ("sent", "stored"), [("en-US", "en_US"), ("EN_us", "en_US"), ("fr_CA", "fr_CA")]
)
def test_a_locale_is_kept_in_one_form(door, sent, stored):
    assert door.make(locale=sent)["locale"] == stored


def test_a_type_is_kept_in_lower_case(door):
    assert door.make(type="INDIVIDUAL")["type"] == "individual"


@pytest.mark.parametrize(
    ("sent", "meant"), [(1, True), (0, False), ("true", True), ("0", False), (False, False)]
)
def test_ones_and_zeros_are_booleans(door, sent, meant):
    assert door.make(enabled=sent)["enabled"] is meant


def test_members_that_are_left_out_stay_as_they_are(door):
    door.post("", EVERYTHING)

    reply = door.post("/shop-100245", {"type": "business"})

    assert reply.status_code == 200
    assert reply.json().items() >= {**EVERYTHING, "type": "business"}.items()
    assert door.post("/shop-100245").json()["email"] == "ada@example.com"


def test_null_clears_and_objects_are_replaced(door):
    door.post("", EVERYTHING)

    changed = door.post(
        "/shop-100245",
        {
            "email": None,
            "locale": None,
            "type": None,
            "shipping": {"address": {"country": "DE"}},
            "metadata": {"only": "this"},
        },
    ).json()

    assert changed["shipping"] == {"address": {"country": "DE"}}
    assert changed["metadata"] == {"only": "this"}
    assert changed.keys().isdisjoint({"email", "locale", "type"})


def test_an_id_cannot_be_changed(door):
    door.make(id="one")

    assert refusal(door.post("/one", {"id": "two"})) == (
        400,
        "bad_request",
        "unknown_parameter",
        "id",
    )


def test_a_deleted_customer_is_gone_and_the_id_is_free(door):
    door.make(id="one", email="a@x.example")

    reply = door.delete("/one")

    assert (reply.status_code, reply.content) == (204, b"")
    assert refusal(door.get("/one")) == (404, "not_found", "not_found", "id")
    assert refusal(door.delete("/one"))[0] == 404
    assert door.make(id="one", email="a@x.example")["id"] == "one"


def test_a_customer_with_orders_is_not_deleted(shop, door):
    goods.make_placed(goods.make_market(shop.environment), shop.alice)

    assert refusal(door.delete(f"/{shop.alice.uid}"))[:3] == (409, "conflict", "restricted_update")
    assert door.get(f"/{shop.alice.uid}").status_code == 200


@pytest.mark.parametrize("path", ["/nobody", "/a%2Fb%20c", "/a/b/c/d", "/%00", "/" + "x" * 50])
def test_what_does_not_exist_is_not_found(door, path):
    assert refusal(door.get(path))[:3] == (404, "not_found", "not_found")


def test_another_tenants_customer_does_not_exist(door, rival):
    foreign = make_customer(rival.environment)

    assert refusal(door.get(f"/{foreign.uid}"))[0] == 404
    assert refusal(door.post(f"/{foreign.uid}", {"enabled": False}))[0] == 404
    assert refusal(door.delete(f"/{foreign.uid}"))[0] == 404
    assert door.get(ids=foreign.uid).json() == {"hasMore": False, "data": []}
    foreign.refresh_from_db()
    assert foreign.enabled


def test_a_slash_at_the_end_does_not_matter(door):
    assert door.post("/", {"id": "one"}).status_code == 201
    assert door.get("/one/").status_code == 200
    assert door.get("/").json()["data"][0]["id"] == "one"


@pytest.mark.parametrize(("method", "path"), [("PUT", ""), ("PATCH", "/one"), ("PUT", "/one")])
def test_other_methods_are_refused(door, method, path):
    reply = door.send(method, f"/customers{path}")

    assert refusal(reply)[:3] == (405, "method_not_allowed", "method_not_allowed")
    assert "GET" in reply["Allow"]


def test_who_takes_no_json_is_refused(door):
    reply = door.send("GET", "/customers", Accept="text/csv")

    assert refusal(reply)[:3] == (406, "not_acceptable", "not_acceptable")


def test_a_body_of_more_than_a_megabyte_is_refused(door):
    reply = door.post("", b'{"id": "' + b"x" * 2**20 + b'"}')

    assert (reply.status_code, reply.json()["type"]) == (413, "request_too_large")


@pytest.mark.parametrize("key", [None, "", "sk_test_abc", "x" * 300, "é"])
def test_without_a_good_key_nothing_is_told(shop, key):
    stranger = Door(key)
    stranger.client.defaults.update({"HTTP_X_NOTHING": "1"})
    for reply in (stranger.get(), stranger.post("", {}), stranger.get("/one")):
        assert refusal(reply)[:3] == (401, "unauthorized", "unauthorized")
        assert reply["WWW-Authenticate"] == "Bearer"


def test_a_key_works_the_moment_it_is_made_and_not_a_moment_longer(shop, door):
    assert door.get().status_code == 200
    new = shop.application.set_secret()
    shop.application.save()

    assert refusal(door.get())[0] == 401
    assert Door(new).get().status_code == 200


def test_a_storefronts_and_a_shoppers_token_are_no_keys(shop):
    for token in (token_for(shop.channel), shop.as_alice.token):
        assert refusal(Door(token).get())[0] == 401


def test_a_back_ends_access_token_is_as_good_as_its_secret(shop, door):
    door.make(id="one")

    for token in (
        token_for(shop.application),
        token_of_owner(shop.application, "User", shop.user.uid),
    ):
        assert Door(token).get("/one").status_code == 200


def test_a_role_limits_a_key(shop):
    role = shop.organization.roles.create(name="Reader", kind="read_only")
    reader = Door(make_application(shop.environment, "integration", role=role).secret)

    assert reader.get().status_code == 200
    for reply in (reader.post("", {}), reader.post(f"/{shop.alice.uid}", {"enabled": False})):
        assert refusal(reply)[:3] == (403, "forbidden", "forbidden")
    assert refusal(reader.delete(f"/{shop.alice.uid}"))[0] == 403


def test_live_customers_say_so(shop):
    live = Shop("lively", mode="live")

    assert Door(live.application.secret).make()["liveMode"] is True


def test_who_asks_too_often_is_told_when_to_come_back(shop, door, settings):
    settings.CUSTOMERS_RATE = 3
    replies = [door.get() for _ in range(7)]  # twice the rate if a minute ended meanwhile

    assert replies[0].status_code == 200
    assert refusal(replies[-1])[:3] == (429, "too_many_requests", "too_many_requests")
    assert 1 <= int(replies[-1]["Retry-After"]) <= 60


def test_a_customer_of_one_door_is_a_customer_of_the_other(shop, door):
    door.make(id="one", email="ada@example.com", metadata={"a": 1})
    attributes = shop.integration.get("customers/one").json()["data"]["attributes"]
    assert (attributes["email"], attributes["metadata"]) == ("ada@example.com", {"a": 1})

    shop.integration.patch("customers", "one", attributes={"email": "b@x.example"})
    assert door.get("/one").json()["email"] == "b@x.example"


def test_changes_are_events_and_in_the_audit_trail(shop, door):
    door.make(id="one", email="ada@example.com")
    door.post("/one", {"enabled": False, "email": "b@x.example"})
    topics = {one["attributes"]["name"] for one in shop.integration.get("events").json()["data"]}
    assert "customers.create" in topics
    door.delete("/one")

    entries = shop.integration.get("event_stores").json()
    found = {entry["attributes"]["event"]: entry["attributes"] for entry in entries["data"]}
    assert {"create", "update", "destroy"} <= found.keys()
    assert found["update"]["who"]["application"]["id"] == shop.application.uid
    assert found["update"]["payload"]["enabled"] == {"from": True, "to": False}
