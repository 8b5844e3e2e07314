"""Whatever a client sends, it gets an exact 4xx in the format of the door."""

import json

import pytest

from tests.api import MEDIA_TYPE, Api, document, error, identifier
from tests.factories import make_customer, make_group

GOOD = document("customers", attributes={"email": "new@example.com"})


def post(shop, body, **headers):
    return shop.integration.request("POST", "customers", body, **headers)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "INVALID_DATA_FORMAT"),
        (b"", "INVALID_DATA_FORMAT"),
        (b"\xff\xfe", "INVALID_DATA_FORMAT"),
        (b'{"data": NaN}', "INVALID_DATA_FORMAT"),
        (
            b'{"data": {"type": "customers", "attributes": {"email": "\\ud800"}}}',
            "INVALID_DATA_FORMAT",
        ),
        (b"[" * 100_000, "INVALID_DATA_FORMAT"),
        (b"[]", "INVALID_DATA_FORMAT"),
        (b"null", "INVALID_DATA_FORMAT"),
        ({"data": []}, "INVALID_DATA_FORMAT"),
        ({"data": None}, "INVALID_DATA_FORMAT"),
        ({}, "INVALID_DATA_FORMAT"),
        ({"data": {"attributes": {}}}, "PARAM_MISSING"),
        ({"data": {"type": 5}}, "PARAM_MISSING"),
        ({"data": {"type": "customers", "attributes": []}}, "INVALID_DATA_FORMAT"),
        ({"data": {"type": "customers", "relationships": 5}}, "INVALID_DATA_FORMAT"),
        ({"data": {"type": "customers", "relationships": {"tags": {}}}}, "INVALID_DATA_FORMAT"),
        ({"data": {"type": "customers", "id": "no spaces"}}, "INVALID_RESOURCE_ID"),
        ({"data": {"type": "customers", "id": 5}}, "INVALID_RESOURCE_ID"),
        ({"data": {"type": "customers", "id": "x" * 41}}, "INVALID_RESOURCE_ID"),
        ({"data": {"type": "customers", "id": "a\0b"}}, "INVALID_RESOURCE_ID"),
    ],
)
def test_a_malformed_document_is_a_400(shop, body, code):
    refused = error(post(shop, body))

    assert (refused["status"], refused["code"]) == ("400", code)


def test_another_type_is_a_conflict(shop):
    refused = error(post(shop, document("orders")))

    assert (refused["status"], refused["source"]) == ("409", {"pointer": "/data/type"})


def test_a_body_over_one_megabyte_is_not_read(shop):
    body = document("customers", attributes={"email": "x" * 1_100_000})

    refused = error(post(shop, body))

    assert (refused["status"], refused["code"]) == ("413", "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("attributes", "field", "rule"),
    [
        ({}, "email", "blank"),
        ({"email": ""}, "email", "blank"),
        ({"email": None}, "email", "blank"),
        ({"email": "nobody"}, "email", "invalid"),
        ({"email": 5}, "email", "invalid"),
        ({"email": ["a@b.com"]}, "email", "invalid"),
        ({"email": {"a": 1}}, "email", "invalid"),
        ({"email": True}, "email", "invalid"),
        ({"email": "a\0b@example.com"}, "email", "invalid"),
        ({"email": "a@b.com\r\nBcc: c@d.com"}, "email", "invalid"),
        ({"email": "x" * 250 + "@example.com"}, "email", "too_long"),
        ({"email": "a@example.com", "shopper_reference": "ab"}, "shopper_reference", "too_short"),
        (
            {"email": "a@example.com", "shopper_reference": "a" * 129},
            "shopper_reference",
            "too_long",
        ),
        ({"email": "a@example.com", "shopper_reference": None}, "shopper_reference", "blank"),
        ({"email": "a@example.com", "shopper_reference": 12345}, "shopper_reference", "invalid"),
        ({"email": "a@example.com", "metadata": []}, "metadata", "not_an_object"),
        ({"email": "a@example.com", "metadata": "x"}, "metadata", "not_an_object"),
        ({"email": "a@example.com", "metadata": {"a": "\0"}}, "metadata", "invalid"),
        ({"email": "a@example.com", "metadata": {"a": "x" * 20_000}}, "metadata", "too_large"),
        ({"email": "a@example.com", "password": "short"}, "password", "too_short"),
        ({"email": "a@example.com", "password": "x" * 500_000}, "password", "too_long"),
        ({"email": "a@example.com", "password": 123456}, "password", "invalid"),
        ({"email": "a@example.com", "reference": "x" * 1000}, "reference", "too_long"),
    ],
)
def test_a_bad_value_is_a_422_that_points_at_it(shop, attributes, field, rule):
    reply = shop.integration.post("customers", attributes=attributes)

    refused = error(reply)
    assert (refused["status"], refused["code"]) == ("422", "VALIDATION_ERROR")
    assert refused["source"] == {"pointer": f"/data/attributes/{field}"}
    assert refused["meta"]["error"] == rule
    assert refused["detail"] == f"{field} - {refused['title']}"


def test_a_taken_email_is_refused_whatever_its_case(shop):
    make_customer(shop.environment, email="taken@example.com")

    refused = error(shop.integration.post("customers", attributes={"email": "TAKEN@example.com"}))

    assert refused["title"] == "has already been taken"
    assert refused["meta"]["error"] == "taken"
    assert refused["source"] == {"pointer": "/data/attributes/email"}


def test_every_violation_is_listed(shop):
    reply = shop.integration.post(
        "customers", attributes={"email": "", "shopper_reference": "a", "metadata": 1}
    )

    pointers = [one["source"]["pointer"].rpartition("/")[2] for one in reply.json()["errors"]]
    assert pointers == ["email", "shopper_reference", "metadata"]


def test_a_rejected_password_is_not_echoed(shop):
    reply = shop.integration.post("customers", attributes={"email": "a@b.com", "password": "abc"})

    assert error(reply)["meta"] == {"error": "too_short", "count": 6}


@pytest.mark.parametrize(
    "attributes",
    [
        {"colour": "red"},
        {"status": "repeat"},
        {"total_orders_count": 7},
        {"has_password": True},
        {"created_at": "2020-01-01T00:00:00.000Z"},
        {"anonymization_status": "completed"},
        {"environment": 1},
        {"uid": "x"},
        {"pk": 1},
        {"customer_group": "x"},
        {"_request_anonymization": True},
    ],
)
def test_what_cannot_be_written_is_refused_by_name(shop, attributes):
    reply = shop.integration.post("customers", attributes={"email": "a@example.com", **attributes})

    refused = error(reply)
    (name,) = attributes
    assert (refused["status"], refused["code"]) == ("400", "PARAM_NOT_ALLOWED")
    assert refused["detail"] == f"{name} is not allowed."


@pytest.mark.parametrize(
    ("linked", "status", "code"),
    [
        ("x", "400", "INVALID_RELATIONSHIP"),
        ([], "400", "INVALID_RELATIONSHIP"),
        ({"type": "customer_groups"}, "400", "INVALID_RELATIONSHIP"),
        ({"type": "customer_groups", "id": 5}, "400", "INVALID_RELATIONSHIP"),
        ({"type": "orders", "id": "x"}, "400", "TYPE_MISMATCH"),
        ({"type": "nonsense", "id": "x"}, "400", "TYPE_MISMATCH"),
        ({"type": "customer_groups", "id": "unknown"}, "404", "RECORD_NOT_FOUND"),
        ({"type": "customer_groups", "id": "a\0b"}, "404", "RECORD_NOT_FOUND"),
    ],
)
def test_a_bad_identifier_points_at_its_relationship(shop, linked, status, code):
    reply = shop.integration.post(
        "customers",
        attributes={"email": "a@example.com"},
        relationships={"customer_group": linked},
    )

    refused = error(reply)
    assert (refused["status"], refused["code"]) == (status, code)
    assert refused["source"] == {"pointer": "/data/relationships/customer_group"}


def test_the_id_of_another_tenant_reads_like_an_unknown_one(shop, rival):
    unknown = shop.integration.get("customers/nobody")
    foreign = shop.integration.get(f"customers/{rival.alice.uid}")

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert error(foreign)["code"] == "RECORD_NOT_FOUND"


@pytest.mark.parametrize("uid", ["a%00b", "x" * 5000, "..%2f..", "'; drop table", "%ff"])
def test_a_strange_id_is_not_found(shop, uid):
    assert error(shop.integration.get(f"customers/{uid}"))["status"] == "404"


@pytest.mark.parametrize("path", ["nonsense", "customers/x/y/z", "customers/", ""])
def test_a_path_that_leads_nowhere_is_a_404_document(shop, path):
    reply = shop.integration.get(path)

    assert error(reply)["code"] == "RECORD_NOT_FOUND"
    assert reply["Content-Type"] == MEDIA_TYPE


def test_an_unknown_relationship_is_not_found(shop):
    for path in ("friends", "relationships/friends", "email", "environment"):
        assert shop.integration.get(f"customers/{shop.alice.uid}/{path}").status_code == 404


@pytest.mark.parametrize(
    "accept",
    ["application/json", "text/html", "application/vnd.api+json; charset=utf-8", "application/xml"],
)
def test_another_accept_header_is_a_406(shop, accept):
    assert error(shop.integration.get("customers", Accept=accept))["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "text/html, application/vnd.api+json;q=0.5", MEDIA_TYPE]
)
def test_an_accept_header_that_covers_the_media_type_is_fine(shop, accept):
    assert shop.integration.get("customers", Accept=accept).status_code == 200


@pytest.mark.parametrize(
    "media_type", ["application/json", "text/plain", f"{MEDIA_TYPE}; charset=utf-8", "x"]
)
def test_another_content_type_is_a_415(shop, media_type):
    reply = post(shop, GOOD, **{"Content-Type": media_type})

    assert error(reply)["code"] == "UNSUPPORTED_MEDIA_TYPE"


def test_a_method_that_the_path_does_not_have_is_a_405(shop):
    reply = shop.integration.request("PUT", f"customers/{shop.alice.uid}", GOOD)

    assert error(reply)["code"] == "METHOD_NOT_ALLOWED"
    assert "PATCH" in reply["Allow"]


def test_an_operation_that_nobody_has_is_a_403(shop):
    reply = shop.integration.request("POST", "events", document("events"))

    assert error(reply)["code"] == "FORBIDDEN"


def test_an_id_that_differs_from_the_url_is_a_conflict(shop):
    body = document("customers", id="other")

    refused = error(shop.integration.request("PATCH", f"customers/{shop.alice.uid}", body))

    assert (refused["status"], refused["code"]) == ("409", "KEY_NOT_INCLUDED_IN_URL")


def test_a_patch_without_an_id_is_refused(shop):
    body = document("customers")

    refused = error(shop.integration.request("PATCH", f"customers/{shop.alice.uid}", body))

    assert (refused["code"], refused["source"]) == ("PARAM_MISSING", {"pointer": "/data"})


@pytest.mark.parametrize("depth", [3, 40])
def test_a_deep_include_is_answered(shop, depth):
    path = ".".join(["customer_group", "customers"] * depth)

    assert shop.integration.get("customers", {"include": path}).status_code in (200, 400)


def test_a_thousand_includes_are_refused(shop):
    query = {"include": ",".join(f"orders.{'customer.' * n}orders" for n in range(60))}

    assert error(shop.integration.get("customers", query))["code"] == "INVALID_INCLUDE"


@pytest.mark.parametrize("header", ["", "Basic eDp5", "Bearer", "Bearer a b", "Bearer x.y.z"])
def test_a_bad_authorization_header_is_an_invalid_token(db, header):
    reply = Api().get("customers", Authorization=header)

    assert reply.status_code == 401
    assert reply.json() == {
        "jsonapi": {"version": "1.1"},
        "errors": [
            {
                "title": "Invalid token",
                "detail": "The access token you provided is invalid.",
                "code": "INVALID_TOKEN",
                "status": "401",
            }
        ],
    }


def test_metadata_with_a_type_and_an_id_is_named_as_the_mistake(shop):
    """The official client sends such an object as a relationship."""
    body = json.loads(json.dumps(document("customers", id=shop.alice.uid)))
    body["data"]["relationships"] = {"metadata": {"data": {"type": "orders", "id": "o1"}}}

    refused = error(shop.integration.request("PATCH", f"customers/{shop.alice.uid}", body))

    assert refused["code"] == "PARAM_NOT_ALLOWED"
    assert refused["source"] == {"pointer": "/data/relationships/metadata"}


def test_a_link_to_another_tenants_row_is_refused(shop, rival):
    group = make_group(rival.environment)

    reply = shop.integration.patch(
        "customers",
        shop.alice.uid,
        relationships={"customer_group": identifier("customer_groups", group)},
    )

    assert error(reply)["code"] == "RECORD_NOT_FOUND"
