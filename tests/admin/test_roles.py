"""What a member's role allows."""

from __future__ import annotations

from django.urls import reverse

from customers.models import Customer, CustomerGroup
from oauth.models import Application
from orders.models import Order
from organizations.models import Role, User
from tests import factories
from tests.admin.conftest import signed_in
from tests.admin.rows import address, make_placed_order, page_of
from tests.admin.test_tenancy import customer_form


def request_url(customer):
    return reverse("admin:customers_customer_request_anonymization", args=[customer.pk])


def test_a_reader_sees_everything_and_changes_nothing(shop, member_with):
    reader = member_with("read_only")
    page = reader.get(page_of(shop.alice))

    assert page.status_code == 200
    assert page.context["has_change_permission"] is False
    assert page.context["actions_detail"] == []
    assert reader.get(address(Customer, "add")).status_code == 403
    assert reader.post(page_of(shop.alice), {"email": "x@y.example"}).status_code == 403
    assert reader.post(page_of(shop.alice, "delete"), {"post": "yes"}).status_code == 403
    assert reader.post(request_url(shop.alice), {"_form_submitted": "on"}).status_code == 403


def test_a_custom_role_allows_what_it_lists(shop, member_with):
    member = member_with("custom", customers=["list", "retrieve", "update"])
    order = make_placed_order(shop.environment, shop.alice)

    assert member.get(address(Customer, "changelist")).status_code == 200
    assert member.get(address(Order, "changelist")).status_code == 403
    assert member.get(page_of(order)).status_code in (302, 403)
    assert member.get(address(Customer, "add")).status_code == 403
    page = member.get(page_of(shop.alice)).content.decode()
    assert "Order 1" not in page


def test_saving_does_not_empty_what_the_role_may_not_see(shop, member_with):
    member = member_with("custom", customers=["retrieve", "update"])
    shop.alice.customer_group = factories.make_group(shop.environment)
    shop.alice.save()

    reply = member.post(page_of(shop.alice), customer_form(shop.alice, tax_exemption_code="X1"))

    assert reply.status_code == 302
    shop.alice.refresh_from_db()
    assert shop.alice.tax_exemption_code == "X1"
    assert shop.alice.customer_group is not None


def test_only_who_runs_the_organization_changes_people_and_applications(shop, member_with):
    member = member_with(
        "custom",
        applications=["list", "retrieve", "create", "update", "destroy"],
        users=["list", "retrieve", "create", "update"],
        roles=["list", "retrieve", "create", "update"],
    )
    for model in (Application, User, Role):
        assert member.get(address(model, "changelist")).status_code == 200
        assert member.get(address(model, "add")).status_code == 403
    assert member.get(page_of(shop.application)).context["has_change_permission"] is False


def test_the_sidebar_lists_what_may_be_seen(shop, member_with):
    member = member_with("custom", customer_groups=["list"])
    groups = member.get(reverse("admin:index")).context["sidebar_navigation"]
    titles = [item["title"] for group in groups for item in group["items"]]
    assert titles == ["Groups", "Environments"]
    assert member.get(address(CustomerGroup, "changelist")).status_code == 200


def test_somebody_who_works_for_nobody_sees_nothing(shop):
    nobody = signed_in(User.objects.create_user("nobody@acme.example", is_staff=True))
    assert nobody.get(address(Customer, "changelist")).status_code == 403
    assert nobody.get(page_of(shop.alice)).status_code in (302, 403)


def test_a_role_names_types_and_actions_that_exist(shop, staff):
    data = {"organization": shop.organization.pk, "name": "Desk", "kind": "custom"}
    for permissions in ('{"unicorns": ["list"]}', '{"customers": ["fly"]}', "[]"):
        reply = staff.post(address(Role, "add"), {**data, "permissions": permissions})
        assert "permissions" in reply.context["adminform"].form.errors
    data["permissions"] = '{"customers": ["list"]}'
    assert staff.post(address(Role, "add"), data).status_code == 302
