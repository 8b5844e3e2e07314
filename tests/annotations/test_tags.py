import pytest

from activity.models import Event
from annotations.models import Tag
from anonymization import services as anonymization
from customers.models import Customer
from tests import factories
from tests.anonymization.steps import at_once, request
from tests.api import error, identifier

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_tag(shop):
    return lambda name: Tag.objects.create(environment=shop.environment, name=name)


def patch(shop, **attributes):
    return shop.staff.patch("customers", shop.alice.uid, attributes=attributes)


def set_tags(shop, *tags):
    linked = [identifier("tags", tag) for tag in tags]
    return shop.staff.patch("customers", shop.alice.uid, relationships={"tags": linked})


def names(customer):
    return sorted(customer.tags.values_list("name", flat=True))


def tagged(customer):
    return Event.objects.filter(name="customers.tagged", resource_uid=customer.uid).count()


@pytest.mark.parametrize("name", ["new_campaign", "A-1", "x" * 25])
def test_it_takes_letters_digits_hyphens_and_underscores(shop, name):
    reply = shop.staff.post("tags", attributes={"name": name})

    assert reply.status_code == 201
    assert reply.json()["data"]["attributes"]["name"] == name


@pytest.mark.parametrize("name", ["", "two words", "é", "x" * 26, "a,b", None, 7])
def test_it_refuses_other_names(shop, name):
    reply = shop.staff.post("tags", attributes={"name": name})

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/attributes/name"}


def test_it_refuses_a_name_longer_than_the_organization_allows(shop):
    shop.organization.tags_max_name_length = 5
    shop.organization.save()

    assert shop.staff.post("tags", attributes={"name": "12345"}).status_code == 201
    assert shop.staff.post("tags", attributes={"name": "123456"}).status_code == 422


def test_a_name_is_taken_whatever_its_case(shop, make_tag):
    make_tag("vip")

    reply = shop.staff.post("tags", attributes={"name": "VIP"})

    assert reply.status_code == 422
    assert error(reply)["meta"]["error"] == "taken"
    assert error(reply)["source"] == {"pointer": "/data/attributes/name"}


def test_another_tenant_may_use_the_same_name(shop, rival, make_tag):
    make_tag("vip")

    assert rival.staff.post("tags", attributes={"name": "vip"}).status_code == 201


def test_tags_are_added_by_name_and_unknown_names_are_dropped(shop, make_tag):
    make_tag("vip")
    make_tag("new")

    reply = patch(shop, _add_tags="vip, NEW,unknown,not valid!,vip,,")

    assert reply.status_code == 200
    assert names(shop.alice) == ["new", "vip"]
    assert tagged(shop.alice) == 1


def test_additions_run_before_removals(shop, make_tag):
    make_tag("vip")

    patch(shop, _remove_tags="vip", _add_tags="vip")

    assert names(shop.alice) == []


def test_additions_and_removals_of_one_write_are_one_event(shop, make_tag):
    shop.alice.tags.add(make_tag("old"))
    make_tag("new")

    patch(shop, _remove_tags="old", _add_tags="new")

    assert names(shop.alice) == ["new"]
    assert tagged(shop.alice) == 1


def test_what_changes_nothing_has_no_event(shop, make_tag):
    shop.alice.tags.add(make_tag("vip"))
    before = tagged(shop.alice)

    patch(shop, _add_tags="vip", _remove_tags="unknown")

    assert tagged(shop.alice) == before


def test_writing_the_relationship_replaces_the_set(shop, make_tag):
    shop.alice.tags.add(make_tag("old"))

    assert set_tags(shop, make_tag("new")).status_code == 200
    assert names(shop.alice) == ["new"]
    assert set_tags(shop).status_code == 200
    assert names(shop.alice) == []


@pytest.mark.parametrize("way", ["by name", "as a relationship"])
def test_there_are_at_most_ten(shop, make_tag, way):
    tags = [make_tag(f"tag-{number}") for number in range(11)]
    shop.alice.tags.set(tags[:9])

    if way == "by name":
        assert patch(shop, _add_tags="tag-9").status_code == 200
        reply = patch(shop, _add_tags="tag-10")
    else:
        assert set_tags(shop, *tags[:10]).status_code == 200
        reply = set_tags(shop, *tags)

    assert reply.status_code == 422
    assert error(reply)["source"] == {"pointer": "/data/relationships/tags"}
    assert error(reply)["meta"]["count"] == 10
    assert shop.alice.tags.count() == 10


@pytest.mark.django_db(transaction=True)
def test_two_requests_cannot_both_add_the_last_one(shop, make_tag):
    tags = [make_tag(f"tag-{number}") for number in range(11)]
    shop.alice.tags.set(tags[:9])

    at_once(
        *[lambda tag=tag: Customer.objects.get(pk=shop.alice.pk).tags.add(tag) for tag in tags[9:]]
    )

    assert shop.alice.tags.count() == 10


@pytest.mark.parametrize("attribute", ["_add_tags", "_remove_tags"])
def test_a_customer_may_not_tag_themselves(shop, make_tag, attribute):
    make_tag("vip")

    reply = shop.as_alice.patch("customers", shop.alice.uid, attributes={attribute: "vip"})

    assert reply.status_code == 401
    assert names(shop.alice) == []


def test_a_tag_of_another_tenant_does_not_exist(shop, rival):
    foreign = Tag.objects.create(environment=rival.environment, name="vip")

    assert set_tags(shop, foreign).status_code == 404
    patch(shop, _add_tags="vip")
    assert names(shop.alice) == []


def test_deleting_a_tag_takes_it_off(shop, make_tag):
    tag = make_tag("vip")
    shop.alice.tags.add(tag)

    assert shop.staff.delete(f"tags/{tag.uid}").status_code == 204
    assert names(shop.alice) == []


def test_nobody_forgotten_is_tagged(shop, make_tag):
    make_tag("vip")
    wish = request(shop.alice)
    anonymization.AnonymizationRequest.objects.update(not_before=wish.requested_at)
    anonymization.process_due()

    assert patch(shop, _add_tags="vip").status_code == 409
    assert names(shop.alice) == []


def test_addresses_are_tagged_too(shop, make_tag):
    make_tag("home")
    address = factories.make_address(shop.environment)

    shop.staff.patch("addresses", address.uid, attributes={"_add_tags": "home"})

    assert names(address) == ["home"]
