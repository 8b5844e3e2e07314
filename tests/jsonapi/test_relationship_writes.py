"""PATCH, POST and DELETE of a relationship's own address."""

import pytest

from activity.models import Event
from annotations.models import Tag
from tests.api import Api, error, identifier, token_for
from tests.factories import make_application, make_group

TAGS = "relationships/tags"


@pytest.fixture
def tags(shop):
    return [Tag.objects.create(environment=shop.environment, name=name) for name in "abc"]


@pytest.fixture
def alice(shop, tags):
    shop.alice.tags.set(tags[:1])
    Event.objects.all().delete()
    return shop.alice


def write(api, method, row, *members, path=TAGS):
    body = {"data": [identifier("tags", one) for one in members]}
    return api.request(method, f"customers/{row.uid}/{path}", body)


def names(row):
    return "".join(row.tags.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("method", "members", "expected"),
    [
        ("PATCH", [1, 2], "bc"),
        ("PATCH", [], ""),
        ("POST", [0, 1, 1], "ab"),
        ("POST", [], "a"),
        ("DELETE", [0], ""),
        ("DELETE", [1], "a"),
    ],
)
def test_members_are_replaced_added_and_removed(  # noqa: PLR0917
    shop, alice, tags, method, members, expected
):
    reply = write(shop.integration, method, alice, *(tags[number] for number in members))

    assert (reply.status_code, reply.content) == (204, b"")
    assert names(alice) == expected


def test_a_to_one_relationship_is_set_and_cleared(shop):
    group = make_group(shop.environment)
    path = f"customers/{shop.alice.uid}/relationships/customer_group"

    for data in (identifier("customer_groups", group), None):
        assert shop.integration.request("PATCH", path, {"data": data}).status_code == 204
        assert shop.integration.get(path).json()["data"] == data


def test_it_is_published_like_a_change_of_the_resource(shop, alice, tags):
    write(shop.integration, "POST", alice, tags[1])

    assert Event.objects.filter(name="customers.tagged").count() == 1


def test_what_changes_nothing_leaves_no_trace(shop, alice, tags):
    alice.refresh_from_db()

    for method, member in (("POST", tags[0]), ("DELETE", tags[2])):
        assert write(shop.integration, method, alice, member).status_code == 204

    before = alice.updated_at
    alice.refresh_from_db()
    assert alice.updated_at == before
    assert not Event.objects.filter(name="customers.tagged").exists()


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
def test_shoppers_cannot_write_what_is_refused_to_them_in_the_resource(shop, alice, tags, method):
    refused = write(shop.as_alice, method, alice, tags[0])

    assert error(refused)["status"] == "401"
    assert names(alice) == "a"


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
def test_a_resource_of_another_tenant_does_not_exist(shop, rival, alice, tags, method):
    assert write(rival.integration, method, alice, tags[1]).status_code == 404
    assert names(alice) == "a"


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_a_member_of_another_tenant_does_not_exist(shop, rival, alice, tags, method):
    foreign = Tag.objects.create(environment=rival.environment, name="foreign")

    refused = error(write(shop.integration, method, alice, tags[1], foreign))

    assert (refused["status"], refused["source"]) == ("404", {"pointer": "/data"})
    assert names(alice) == "a"


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
@pytest.mark.parametrize("name", ["orders", "events", "customer_addresses"])
def test_what_belongs_to_the_other_side_cannot_be_written(shop, alice, method, name):
    refused = write(shop.integration, method, alice, path=f"relationships/{name}")

    assert error(refused)["status"] == "403"


def test_a_rule_of_the_resource_points_at_the_data(shop, alice):
    organization = shop.environment.organization
    organization.tags_max_allowed_number = 1
    organization.save()
    more = Tag.objects.create(environment=shop.environment, name="more")

    refused = error(write(shop.integration, "POST", alice, more))

    assert (refused["status"], refused["source"]) == ("422", {"pointer": "/data"})
    assert refused["meta"]["error"] == "too_many"


def test_who_may_only_read_may_not_write_relationships(shop, alice, tags):
    application = make_application(
        shop.environment,
        "integration",
        role=shop.organization.roles.create(name="Reader", kind="read_only"),
    )
    api = Api(token_for(application))
    assert api.get(f"customers/{alice.uid}/{TAGS}").status_code == 200

    assert error(write(api, "POST", alice, tags[1]))["status"] == "401"
    assert names(alice) == "a"
