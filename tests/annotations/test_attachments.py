import pytest

from annotations.models import Attachment, Tag
from anonymization import services as anonymization
from tests import factories
from tests.anonymization.steps import request
from tests.api import error, identifier

pytestmark = pytest.mark.django_db

URL = "https://files.example.com/a.pdf"


def post(shop, linked, **attributes):
    return shop.staff.post(
        "attachments",
        attributes={"name": "Passport", "url": URL, **attributes},
        relationships={"attachable": linked},
    )


def test_it_hangs_on_a_resource_of_any_type(shop):
    group = factories.make_group(shop.environment)

    for linked in (identifier("customers", shop.alice), identifier("customer_groups", group)):
        assert post(shop, linked).status_code == 201
        listed = shop.staff.get(f"{linked['type']}/{linked['id']}/attachments").json()["data"]
        assert [row["attributes"]["url"] for row in listed] == [URL]


def test_it_leads_back_to_its_resource(shop):
    uid = post(shop, identifier("customers", shop.alice)).json()["data"]["id"]

    reply = shop.staff.get(f"attachments/{uid}/attachable")

    assert reply.json()["data"]["id"] == shop.alice.uid


def test_it_belongs_to_the_customer_it_is_about(shop):
    post(shop, identifier("customers", shop.alice))

    assert Attachment.objects.get().subject_uid == shop.alice.uid


def test_it_can_move_to_another_resource(shop):
    uid = post(shop, identifier("customers", shop.alice)).json()["data"]["id"]

    reply = shop.staff.patch(
        "attachments", uid, relationships={"attachable": identifier("customers", shop.bob)}
    )

    assert reply.status_code == 200
    moved = Attachment.objects.get()
    assert (moved.attachable, moved.subject_uid) == (shop.bob, shop.bob.uid)


def test_its_texts_can_be_changed(shop):
    uid = post(shop, identifier("customers", shop.alice)).json()["data"]["id"]

    reply = shop.staff.patch("attachments", uid, attributes={"description": "front"})

    assert reply.json()["data"]["attributes"]["description"] == "front"
    assert Attachment.objects.get().attachable == shop.alice


def test_it_needs_something_to_hang_on(shop):
    reply = shop.staff.post("attachments", attributes={"name": "Passport"})

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/relationships/attachable"}


def test_it_cannot_hang_on_a_type_without_attachments(shop):
    tag = Tag.objects.create(environment=shop.environment, name="vip")

    reply = post(shop, identifier("tags", tag))

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/relationships/attachable"}


def test_it_cannot_hang_on_another_tenants_resource(shop, rival):
    reply = post(shop, identifier("customers", rival.alice))

    assert reply.status_code == 404
    assert not Attachment.objects.exists()


def test_it_goes_with_its_resource(shop):
    post(shop, identifier("customers", shop.alice))

    assert shop.staff.delete(f"customers/{shop.alice.uid}").status_code == 204
    assert not Attachment.objects.exists()


def test_nothing_is_attached_to_somebody_forgotten(shop):
    post(shop, identifier("customers", shop.alice))
    wish = request(shop.alice)
    anonymization.AnonymizationRequest.objects.update(not_before=wish.requested_at)
    anonymization.process_due()

    assert not Attachment.objects.exists()
    assert post(shop, identifier("customers", shop.alice)).status_code == 409


@pytest.mark.parametrize("who", ["guest", "as_alice"])
def test_public_clients_have_no_business_with_it(shop, who):
    post(shop, identifier("customers", shop.alice))

    assert getattr(shop, who).get("attachments").status_code == 401
