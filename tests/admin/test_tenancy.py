"""Staff never see a row of another organization, whichever way they try."""

from __future__ import annotations

import json

import pytest
from django.contrib.admin import site
from django.urls import reverse

from catalog.models import Market
from customers.models import Address, Customer, CustomerGroup
from organizations.models import Membership, User
from tests import factories
from tests.admin.conftest import signed_in
from tests.admin.rows import PAGES, address, make, page_of
from tests.orders import goods

every_page = pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)


@every_page
def test_a_row_of_another_organization_has_no_page(model, rival, staff):
    row = make(model, rival.environment)
    for page in ("change", "delete", "history"):
        reply = staff.get(page_of(row, page))
        # Django sends people from an unknown row to the first page.
        assert reply.status_code in (302, 403, 404)
        assert reply.status_code != 302 or reply["Location"] == reverse("admin:index")


@every_page
def test_a_list_has_no_row_of_another_organization(model, shop, rival, staff):
    row = make(model, rival.environment)
    page = staff.get(address(model, "changelist"))
    assert row.pk not in [one.pk for one in page.context["cl"].queryset]
    assert getattr(row, "uid", f"{row}") not in page.content.decode()


@every_page
def test_no_button_acts_on_a_row_of_another_organization(model, rival, staff):
    row = make(model, rival.environment)
    for name in site._registry[model].actions_detail:
        meta = model._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[row.pk])
        assert staff.get(url).status_code == 403
        assert staff.post(url, {"_form_submitted": "on"}).status_code == 403


@pytest.mark.parametrize(
    ("model", "field", "target"),
    [
        (Customer, "customer_group", CustomerGroup),
        (Address, "customer", Customer),
        (Market, "customer_group", CustomerGroup),
    ],
)
def test_autocomplete_offers_own_rows_only(model, field, target, shop, request):
    staff, rival = map(request.getfixturevalue, ("staff", "rival"))
    own, foreign = make(target, shop.environment), make(target, rival.environment)
    meta = model._meta
    asked = {"app_label": meta.app_label, "model_name": meta.model_name, "field_name": field}

    reply = staff.get(reverse("admin:autocomplete"), {**asked, "term": ""})

    offered = [choice["id"] for choice in reply.json()["results"]]
    assert str(own.pk) in offered
    assert str(foreign.pk) not in offered


def test_choices_and_filters_offer_own_rows_only(shop, rival, staff):
    factories.make_group(shop.environment, name="Own group")
    factories.make_group(rival.environment, name="Foreign group")
    assert shop.alice

    listed = staff.get(address(Customer, "changelist")).content.decode()
    form = staff.get(address(Customer, "add")).content.decode()

    assert "Own group" in listed
    assert "Foreign group" not in listed
    assert "acme (live)" in form
    assert "rival" not in listed + form


def customer_form(customer, **changes):
    data = {
        "email": customer.email,
        "shopper_reference": customer.shopper_reference,
        "profile_id": customer.profile_id,
        "language": customer.language,
        "enabled": "on",
        "metadata": json.dumps(customer.metadata),
    }
    return data | changes


def test_a_row_cannot_be_linked_to_another_organization(shop, rival, staff):
    group = factories.make_group(rival.environment)
    reply = staff.post(page_of(shop.alice), customer_form(shop.alice, customer_group=group.pk))
    assert reply.status_code == 200
    assert "customer_group" in reply.context["adminform"].form.errors


def test_a_row_cannot_be_linked_to_another_environment(shop, staff):
    group = factories.make_group(shop.organization.environments.get(mode="live"))
    reply = staff.post(page_of(shop.alice), customer_form(shop.alice, customer_group=group.pk))
    assert reply.status_code == 200
    errors = reply.context["adminform"].form.errors["customer_group"]
    assert errors == ["Belongs to another environment."]


def test_live_rows_are_told_from_test_rows(shop, staff):
    live = factories.make_customer(factories.environment_of(shop.organization, "live"))
    assert shop.alice
    page = staff.get(address(Customer, "changelist"), {"mode": "live"})
    assert [row.pk for row in page.context["cl"].queryset] == [live.pk]


def test_bulk_actions_ignore_foreign_rows(shop, rival, staff):
    data = {"action": "request_for_selected", "_selected_action": rival.alice.pk, "confirmed": "1"}
    staff.post(address(Customer, "changelist"), data)
    rival.alice.refresh_from_db()
    assert rival.alice.anonymization_status is None


@pytest.mark.parametrize(
    "query", ["password__startswith=argon2", "customer_group__environment__mode=test"]
)
def test_nothing_can_be_guessed_by_filtering(query, shop, staff):
    assert staff.get(f"{address(Customer, 'changelist')}?{query}").status_code == 400


def test_a_member_of_two_organizations_sees_both_and_can_tell_them_apart(shop, rival, boss):
    role = rival.organization.roles.get(name="Admin")
    Membership.objects.create(user=boss, organization=rival.organization, role=role)
    assert shop.alice
    assert rival.alice

    page = signed_in(boss).get(address(Customer, "changelist"), {"organization": "rival"})

    assert [row.pk for row in page.context["cl"].queryset] == [rival.alice.pk]


def test_a_colleague_who_also_works_elsewhere_cannot_be_changed(shop, rival, staff):
    role = rival.organization.roles.get(name="Admin")
    Membership.objects.create(user=shop.user, organization=rival.organization, role=role)
    assert staff.get(page_of(shop.user)).context["has_change_permission"] is False
    assert staff.get(address(User, "change", shop.user.pk) + "../password/").status_code in (
        302,
        403,
        404,
    )
    url = reverse("admin:auth_user_password_change", args=[shop.user.pk])
    assert staff.get(url).status_code == 403


def test_members_cannot_make_themselves_superusers(boss, staff):
    page = staff.get(page_of(boss))
    assert "is_superuser" not in page.context["adminform"].form.fields


def test_a_market_of_another_organization_is_no_choice_of_a_store(shop, rival, staff):
    market = goods.make_market(rival.environment)
    data = {"environment": shop.environment.pk, "name": "X", "market": market.pk, "metadata": "{}"}
    reply = staff.post(reverse("admin:catalog_store_add"), data)
    assert "market" in reply.context["adminform"].form.errors
