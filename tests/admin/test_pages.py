"""Every page works, for a superuser and for a member of the organization."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from organizations.models import Environment, Organization, User
from tests.admin.rows import MAKERS, PAGES, address, make, page_of
from tests.queries import cost

every_page = pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)
# One per test would be the tenant itself.
FIXED = (Environment, Organization)


def test_every_page_is_tested():
    own = {model for model in site._registry if not model.__module__.startswith("django.")}
    assert own == set(MAKERS)


@every_page
@pytest.mark.parametrize("who", ["root", "staff"])
def test_list_add_and_change_page_answer(model, who, shop, request):
    client = request.getfixturevalue(who)
    row = make(model, shop.environment)
    page = site._registry[model]

    listed = client.get(address(model, "changelist"))
    changed = client.get(page_of(row))
    added = client.get(address(model, "add"))

    assert (listed.status_code, changed.status_code) == (200, 200)
    assert page.label(row).encode() in changed.content.replace(b"&#x27;", b"'")
    may_add = "create" in page.writable and not (who == "staff" and model is Organization)
    assert added.status_code == (200 if may_add else 403)


@every_page
def test_saving_an_unchanged_row_works(model, shop, root):
    row = make(model, shop.environment)
    page = root.get(page_of(row))
    if not page.context["has_change_permission"]:
        pytest.skip("nobody changes these")

    reply = root.post(page_of(row), form_data(page))

    assert reply.status_code == 302, reply.context and reply.context["errors"]


def form_data(page):
    """Return what a browser would send back."""
    data = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if isinstance(value, list | tuple) and not hasattr(field.field.widget, "widgets"):
                data[field.html_name] = list(value)
            elif hasattr(field.field.widget, "widgets"):
                parts = field.field.widget.decompress(value)
                data |= {f"{field.html_name}_{n}": part or "" for n, part in enumerate(parts)}
            elif value is not None and value is not False:
                data[field.html_name] = value
    return data


@every_page
def test_a_list_costs_the_same_for_one_row_as_for_ten(model, shop, root):
    if model in FIXED:
        pytest.skip("a tenant has as many as it has")

    def listed():
        assert root.get(address(model, "changelist")).status_code == 200

    make(model, shop.environment)
    listed()  # content types are looked up once
    one = cost(listed)
    for _ in range(9):
        make(model, shop.environment)

    assert cost(listed) == one


@every_page
def test_searching_works(model, shop, root):
    make(model, shop.environment)
    assert root.get(address(model, "changelist"), {"q": "nobody"}).status_code == 200


@pytest.mark.parametrize("query", ["q=%00", "customer_group__id__exact=x", "p=99", "mode=both"])
def test_nonsense_in_an_address_is_no_error_of_the_server(query, shop, staff):
    assert shop.alice
    url = f"{address(type(shop.alice), 'changelist')}?{query}"
    assert staff.get(url, follow=True).status_code == 200
    for key in ("%00", "x", "9" * 30):
        assert staff.get(f"/admin/customers/customer/{key}/change/").status_code == 302


def test_search_finds_a_customer_by_email_and_by_id(shop, staff):
    alice, bob = shop.alice, shop.bob
    for term in ("Alice@", alice.uid):
        page = staff.get(address(type(alice), "changelist"), {"q": term})
        assert b"alice@example.com" in page.content
        assert bob.email.encode() not in page.content


def test_the_first_page_counts_the_own_rows_only(shop, rival, staff):
    assert shop.alice
    assert rival.alice
    assert rival.bob
    page = staff.get(reverse("admin:index"))
    assert [card["number"] for card in page.context["cards"]] == ["1", "0", "0"]


def test_nobody_gets_in_without_being_staff(shop):
    client = Client()
    assert User.objects.filter(pk=shop.user.pk, is_staff=False).exists()
    client.force_login(shop.user)
    reply = client.get(reverse("admin:index"))
    assert reply.status_code == 302
    assert "/admin/login/" in reply["Location"]
