"""Members, headers and filters of /customers: the rest of the fact sheet's tables."""

from base64 import b64encode

import pytest

from tests.compat.door import Door, refusal
from tests.factories import environment_of, make_application

SHIPPING = {
    "name": "Ada Byron",
    "phone": "952-555-0100",
    "email": "parcels@example.com",
    "organization": "Engines",
    "address": {
        "line1": "10380 Bren Road West",
        "line2": "Door 2",
        "city": "Minnetonka",
        "postalCode": "55343",
        "state": "MN",
        "country": "US",
    },
    "additionalAddressInfo": {
        "neighborhood": "Centro",
        "division": "Research",
        "phoneticName": "eida",
    },
}
LOCALES = (
    *("fr_BE", "fr_CH", "fr_FR", "fr_CA", "it_CH", "it_IT", "nl_BE", "nl_NL", "no_NO", "pl_PL"),
    *("ja_JP", "ro_RO", "ko_KR", "zh_CN", "zh_TW", "cs_CZ", "da_DK", "fi_FI", "de_AT", "de_CH"),
    *("de_DE", "es_ES", "sv_SE", "en_US"),
)


def test_every_member_of_a_shipping_is_kept(door):
    door.make(id="one", shipping=SHIPPING)

    assert door.get("/one").json()["shipping"] == SHIPPING


def test_null_clears_a_shipping_and_an_empty_list_the_metadata(door):
    door.make(id="one", shipping=SHIPPING, metadata={"a": 1})

    changed = door.post("/one", {"shipping": None, "metadata": []}).json()

    assert changed.keys().isdisjoint({"shipping", "metadata"})


@pytest.mark.parametrize(
    ("shipping", "code", "parameter"),
    [
        ({"address": {}}, "missing_parameter", "address.country"),
        ({"address": {"country": ""}}, "invalid_string_empty", "address.country"),
        ({"address": {"country": None}}, "invalid_empty", "address.country"),
        ({"address": {"country": "US", "zip": "1"}}, "unknown_parameter", "address.zip"),
        ({"email": "nobody"}, "email_invalid", "email"),
        ({"name": "x" * 256}, "invalid_parameter", "name"),
        ({"phone": 5}, "invalid_format", "phone"),
        ({"additionalAddressInfo": {"x": "y"}}, "unknown_parameter", "additionalAddressInfo.x"),
    ],
)
def test_a_bad_member_of_a_shipping_is_named(door, shipping, code, parameter):
    reply = door.post("", {"shipping": shipping})

    assert refusal(reply) == (400, "bad_request", code, f"shipping.{parameter}")


def test_metadata_is_kept_to_the_limit(door):
    most = {f"{n:040}": "v" * 500 for n in range(20)}

    assert door.make(metadata=most)["metadata"] == most


def test_an_id_of_40_characters_is_kept(door):
    assert door.make(id="A-_9" * 10)["id"] == "A-_9" * 10


def test_every_locale_of_the_vendors_invoices_is_known(door):
    door.make(id="one")

    assert [door.post("/one", {"locale": one}).json()["locale"] for one in LOCALES] == [*LOCALES]


@pytest.mark.parametrize("member", ["taxCertificate", "taxIdentifiers", "sources", "liveMode"])
@pytest.mark.parametrize("path", ["", "/one"])
def test_what_cannot_be_written_is_refused(door, path, member):
    door.make(id="one")

    reply = door.post(path, {member: []})

    assert refusal(reply) == (400, "bad_request", "unknown_parameter", member)


def test_there_are_no_tax_identifiers(door):
    door.make(id="one")

    assert refusal(door.post("/one/tax-identifiers/t1"))[:3] == (404, "not_found", "not_found")


def test_an_update_may_not_take_anothers_email(door):
    door.make(id="one", email="ada@example.com")
    door.make(id="two")

    reply = door.post("/two", {"email": "Ada@example.com"})

    assert refusal(reply) == (409, "conflict", "already_exists", "email")
    assert "email" not in door.get("/two").json()


def test_a_refused_update_changes_nothing(door):
    door.make(id="one", type="individual")

    assert refusal(door.post("/one", {"type": "business", "defaultSourceId": "x"}))[0] == 400
    assert door.get("/one").json()["type"] == "individual"


def test_all_faults_are_told_at_once(door):
    both = door.post("", {"email": "x", "type": "y"}).json()["errors"]
    assert {one["parameter"] for one in both} == {"email", "type"}


def test_a_plus_in_an_email_can_be_asked_for(door):
    door.make(id="one", email="a+b@example.com")

    found = door.send("GET", "/customers?email=a%2Bb%40example.com").json()["data"]

    assert [one["id"] for one in found] == ["one"]


def test_the_vendors_headers_change_nothing(door):
    headers = {
        "digitalriver-version": "2020-01-07",
        "upstream-id": "x",
        "upstream-application-id": "shop/1",
        "upstream-session-id": "y",
        "forwarded": "for=192.0.2.1",
    }

    assert door.post("", {"id": "one"}, **headers).status_code == 201
    assert refusal(door.post("", {"id": "one"}, **headers))[2] == "already_exists"


def test_a_key_comes_as_a_bearer_and_in_no_other_way(shop, door):
    basic = b64encode(f"{door.key}:".encode()).decode()
    nobody = Door(None)

    for headers in ({"Authorization": f"Basic {basic}"}, {"X-API-KEY": door.key}):
        assert refusal(nobody.send("GET", "/customers", **headers))[:2] == (401, "unauthorized")


def test_test_and_live_customers_are_apart(shop, door):
    live = environment_of(shop.organization, "live")
    other = Door(make_application(live, "integration").secret)
    door.make(id="one", email="ada@example.com")

    assert other.get().json()["data"] == []
    assert refusal(other.get("/one"))[0] == 404
    assert other.make(id="one", email="ada@example.com")["liveMode"] is True
