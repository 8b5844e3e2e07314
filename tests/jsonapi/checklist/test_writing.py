"""Rows J087 to J113, J125 to J127 and J135: creating, updating, deleting."""

import pytest

from tests.api import document, error
from tests.jsonapi.checklist.steps import UNKNOWN_TAG, count, shown, status, tag
from tests.jsonapi.checklist.subjects import TAGGABLE
from tests.orders.goods import make_market


def test_j087_a_new_resource_gets_an_id(subject):
    reply = subject.post(subject.new())

    assert reply.status_code == 201
    assert reply.json()["data"]["id"]


def test_j088_location_is_where_it_is(subject):
    reply = subject.post(subject.new())

    assert reply["Location"] == reply.json()["data"]["links"]["self"]
    assert subject.follow(reply["Location"]).json() == reply.json()


@pytest.mark.parametrize(
    "body",
    [{}, {"data": None}, {"data": []}, {"data": [{}]}, {"meta": {}}, b"[]", b'"x"', b"null"],
)
def test_j089_a_body_needs_one_resource_object(subject, body):
    assert status(subject.post(body)) == 400


def test_j090_a_resource_object_needs_a_type(subject):
    refused = error(subject.post({"data": {"attributes": {}}}))

    assert (refused["status"], refused["source"]) == ("400", {"pointer": "/data"})


def test_j091_another_type_is_a_conflict(subject):
    refused = error(subject.post(document("stores")))

    assert (refused["status"], refused["source"]) == ("409", {"pointer": "/data/type"})


def test_j092_clients_may_choose_ids_of_every_type(subject):
    reply = subject.post(subject.new(id="777"))

    assert (reply.status_code, reply.json()["data"]["id"]) == (201, "777")


def test_j093_uuids_for_example(subject):
    uid = "3f333df6-90a4-4fda-8dd3-9485d27cee36"

    assert subject.post(subject.new(id=uid)).json()["data"]["id"] == uid


def test_j094_an_id_is_taken_once(subject):
    subject.post(subject.new(id="777"))

    refused = error(subject.post(subject.new(id="777")))
    assert (refused["status"], refused["source"]) == ("409", {"pointer": "/data/id"})


@pytest.mark.parametrize("uid", ["", "a b", "ü", "x" * 41, 5, True, []])
def test_j095_what_cannot_be_an_id_is_refused(subject, uid):
    refused = error(subject.post(subject.new(id=uid)))

    assert (refused["status"], refused["source"]) == ("400", {"pointer": "/data/id"})


def test_j096_a_related_resource_has_to_exist(subject):
    before = count(subject)
    unknown = {"type": subject.to_one_type, "id": "unknown"}

    refused = error(subject.post(subject.new(relationships={subject.to_one: unknown})))

    pointer = f"/data/relationships/{subject.to_one}"
    assert (refused["status"], refused["source"]) == ("404", {"pointer": pointer})
    assert count(subject) == before


def test_j097_a_relationship_without_data_was_not_given(subject):
    body = subject.new()
    body["data"]["relationships"][subject.to_one] = {"meta": {}}
    made = subject.post(body).json()["data"]["id"]
    store = document("stores", attributes={"name": "Store"})
    store["data"]["relationships"]["market"] = {"links": {}}

    assert shown_uid(subject, made) is None
    assert error(subject.post(store, "stores"))["status"] == "422"


def shown_uid(subject, uid):
    path = f"{subject.type}/{uid}/relationships/{subject.to_one}"
    return subject.get(path).json()["data"]


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"type": "{}", "id": "x"}],
        "1",
        {"type": "{}"},
        {"type": "{}", "id": 5},
        {"type": "stores", "id": "x"},
        {"id": "x"},
        5,
        True,
    ],
)
def test_j098_linkage_of_another_shape_or_type_is_refused(subject, data):
    body = subject.new(relationships={subject.to_one: data})

    assert status(subject.post(body)) == 400


@pytest.mark.parametrize(
    "members",
    [
        {"attributes": "x"},
        {"attributes": []},
        {"attributes": 5},
        {"relationships": "x"},
        {"relationships": []},
        {"relationships": {"customer": "x"}},
        {"relationships": {"customer": []}},
        {"relationships": {"customer": {}}},
    ],
)
def test_j099_members_that_are_no_objects_are_refused(subject, members):
    assert status(subject.post({"data": {"type": subject.type, **members}})) == 400


def test_j100_a_local_id_is_a_text(subject):
    assert subject.post(subject.new(lid="a")).status_code == 201
    assert error(subject.post(subject.new(lid=5)))["source"] == {"pointer": "/data/lid"}


def test_j135_an_id_of_null_was_not_given(subject):
    assert subject.post(subject.new(id=None, lid="a")).status_code == 201


@TAGGABLE
def test_j101_a_create_is_all_or_nothing(subject):
    before = count(subject)
    linked = {"tags": [tag(subject.tags[0]), UNKNOWN_TAG]}

    assert status(subject.post(subject.new(relationships=linked))) == 404
    assert count(subject) == before


def test_j102_what_a_type_does_not_offer_is_forbidden(subject):
    assert status(subject.post(document("events"), "events")) == 403


def test_j103_what_is_not_named_stays(subject):
    before = subject.get(subject.first).json()["data"]["attributes"]

    reply = subject.patch(subject.rows[0], attributes={"reference_origin": "ERP"})

    after = reply.json()["data"]["attributes"]
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"reference_origin", "updated_at"}
    assert shown(subject, subject.rows[0], subject.to_one) == subject.identifier(subject.related)


def test_j104_the_reply_is_the_new_resource(subject):
    before = subject.get(subject.first).json()["data"]["attributes"]["updated_at"]

    reply = subject.patch(subject.rows[0], attributes={"reference_origin": "ERP"})

    assert reply.json()["data"]["attributes"]["updated_at"] > before
    assert subject.get(subject.first).json() == reply.json()


@pytest.mark.parametrize("data", [None, [], {"type": "{}"}, {"id": "{}"}, ...])
def test_j105_an_update_needs_type_and_id(subject, data):
    if isinstance(data, dict):
        own = {"type": subject.type, "id": subject.rows[0].uid}
        data = {name: own[name] for name in data}
    body = {} if data is ... else {"data": data}

    assert status(subject.api.request("PATCH", subject.first, body)) == 400


def test_j106_another_type_or_id_is_a_conflict(subject):
    for body in (document(subject.type, id=subject.rows[1].uid), document("stores", id="x")):
        assert status(subject.api.request("PATCH", subject.first, body)) == 409


def test_j107_what_does_not_exist_cannot_be_changed(subject):
    body = document(subject.type, id="unknown")

    assert status(subject.api.request("PATCH", f"{subject.type}/unknown", body)) == 404


def test_j108_nor_be_linked(subject):
    unknown = {"type": subject.to_one_type, "id": "unknown"}

    refused = subject.patch(
        subject.rows[0], attributes={"reference": "x"}, relationships={subject.to_one: unknown}
    )

    assert status(refused) == 404
    subject.rows[0].refresh_from_db()
    assert subject.rows[0].reference == "A"


def test_j109_a_to_one_relationship_is_replaced_or_cleared(subject):
    for data in (subject.identifier(subject.make_related()), None):
        reply = subject.patch(subject.rows[0], relationships={subject.to_one: data})
        assert reply.status_code == 200
        assert shown(subject, subject.rows[0], subject.to_one) == data


@TAGGABLE
def test_j109_a_to_many_relationship_is_replaced_as_a_whole(subject):
    for data in ([tag(row) for row in subject.tags[:2]], [tag(subject.tags[2])], []):
        reply = subject.patch(subject.rows[0], relationships={"tags": data})
        assert reply.status_code == 200
        assert shown(subject, subject.rows[0], "tags") == data


def test_j110_a_relationship_without_data_is_left_alone(subject):
    body = document(subject.type, id=subject.rows[0].uid, attributes={"reference": "x"})
    body["data"]["relationships"] = {subject.to_one: {"meta": {}}, subject.to_many: {"links": {}}}

    reply = subject.api.request("PATCH", subject.first, body)

    assert reply.json()["data"]["attributes"]["reference"] == "x"
    assert shown(subject, subject.rows[0], subject.to_one) == subject.identifier(subject.related)


def test_j111_what_is_read_only_cannot_be_changed(subject):
    # 400 instead of 403, as Commerce Layer answers
    attribute = {"attributes": {"created_at": "2020-01-01T00:00:00.000Z"}}
    relationship = {"relationships": {subject.to_many: []}}
    for members in (attribute, relationship):
        assert status(subject.patch(subject.rows[0], **members)) == 400


def test_j112_what_is_unique_cannot_be_taken_twice(subject):
    emails = [subject.shop.alice.email, subject.shop.bob.email]
    body = document("customers", id=subject.shop.alice.uid, attributes={"email": emails[1]})

    refused = error(subject.api.request("PATCH", f"customers/{subject.shop.alice.uid}", body))

    assert refused["status"] == "422"
    assert refused["source"] == {"pointer": "/data/attributes/email"}


@TAGGABLE
def test_j113_an_update_is_all_or_nothing(subject):
    refused = subject.patch(
        subject.rows[0], attributes={"reference": "x"}, relationships={"tags": [UNKNOWN_TAG]}
    )

    assert status(refused) == 404
    subject.rows[0].refresh_from_db()
    assert subject.rows[0].reference == "A"


def test_j125_what_was_deleted_is_gone(subject):
    made = subject.post(subject.new()).json()["data"]["id"]

    reply = subject.api.delete(f"{subject.type}/{made}")

    assert (reply.status_code, reply.content) == (204, b"")
    assert subject.get(f"{subject.type}/{made}").status_code == 404


def test_j126_what_does_not_exist_cannot_be_deleted(subject):
    assert status(subject.api.delete(f"{subject.type}/unknown")) == 404


def test_j127_what_is_in_use_cannot_be_deleted(subject):
    # 423 instead of 409, as Commerce Layer answers
    market = make_market(subject.shop.environment)
    market.stores.create(name="Store", environment=subject.shop.environment)

    assert status(subject.api.delete(f"markets/{market.uid}")) == 423
