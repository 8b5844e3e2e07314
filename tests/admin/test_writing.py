"""What is written in the admin follows the rules of the API, and leaves a trail."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from activity.models import EventStore
from annotations.models import Tag
from catalog.models import Bundle, Market, Sku, SkuList
from customers.models import Address, Customer
from oauth.models import Application
from organizations.models import Organization, User
from tests import factories
from tests.admin.conftest import messages_of
from tests.admin.rows import address, make_order, make_placed_order, page_of
from tests.admin.test_tenancy import customer_form
from tests.api import token_for
from tests.orders import goods


def press(client, row, name):
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[row.pk])
    return client.post(url, {"_form_submitted": "on"})


def inline(prefix, *rows):
    """Return the form data of new rows on another row's page."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def errors_of(reply):
    assert reply.status_code == 200
    return reply.context["adminform"].form.errors


def test_a_change_is_saved_and_recorded_without_personal_data_in_the_log(shop, boss, staff):
    reply = staff.post(page_of(shop.alice), customer_form(shop.alice, email="Ada@Example.com"))

    assert reply.status_code == 302
    shop.alice.refresh_from_db()
    assert shop.alice.email == "ada@example.com"
    entry = EventStore.objects.get(resource_uid=shop.alice.uid, event="update")
    assert entry.payload["email"] == ["alice@example.com", "ada@example.com"]
    assert entry.who["owner"] == {"id": boss.uid, "type": "User"}
    logged = str(list(LogEntry.objects.values()))
    assert shop.alice.uid in logged
    assert "example.com" not in logged


def test_a_change_of_what_the_api_does_not_show_is_recorded_too(shop, staff):
    staff.post(page_of(shop.alice), customer_form(shop.alice, first_name="Ada", enabled=""))

    entry = EventStore.objects.get(resource_uid=shop.alice.uid, event="update")
    assert entry.payload["first_name"] == [None, "Ada"]
    assert entry.payload["enabled"] == [True, False]
    assert "last_name" not in entry.payload


def test_tags_of_a_form_are_recorded_and_published(shop, staff):
    vip = Tag.objects.create(environment=shop.environment, name="vip")

    staff.post(page_of(shop.alice), customer_form(shop.alice, tags=[vip.pk]))

    assert list(shop.alice.tags.all()) == [vip]
    entry = EventStore.objects.get(resource_uid=shop.alice.uid, event="update")
    assert entry.payload == {"tags": [[], [{"type": "tags", "id": vip.uid}]]}
    assert shop.alice.events.get().name == "customers.tagged"

    staff.post(page_of(shop.alice), customer_form(shop.alice, tags=[vip.pk]))

    assert shop.alice.events.count() == 1


def test_a_taken_email_is_an_error_of_the_form(shop, staff):
    assert shop.bob
    reply = staff.post(page_of(shop.alice), customer_form(shop.alice, email="BOB@example.com"))
    assert reply.status_code == 200
    assert "email" in str(reply.context["errors"]) or reply.context["errors"]


@pytest.mark.parametrize("metadata", ["[]", '"x"', "7", '{"a": "\\u0000"}', "{"])
def test_metadata_is_an_object(metadata, shop, staff):
    reply = staff.post(page_of(shop.alice), customer_form(shop.alice, metadata=metadata))
    assert "metadata" in errors_of(reply)


def test_empty_metadata_is_an_empty_object(shop, staff):
    reply = staff.post(page_of(shop.alice), customer_form(shop.alice, metadata=""))
    assert reply.status_code == 302
    shop.alice.refresh_from_db()
    assert shop.alice.metadata == {}


def test_a_customer_is_added(shop, staff):
    data = {
        "environment": shop.environment.pk,
        "email": "New@example.com",
        "shopper_reference": "REF",
        "profile_id": "P1",
        "language": "en",
        "enabled": "on",
        "metadata": "{}",
    }
    assert staff.post(address(Customer, "add"), data).status_code == 302
    customer = Customer.objects.get(email="new@example.com")
    assert EventStore.objects.filter(resource_uid=customer.uid, event="create").exists()


def test_an_address_follows_the_rules_of_its_country(shop, staff):
    data = {"environment": shop.environment.pk, "metadata": "{}", "line_1": "1", "city": "Rome"}
    reply = staff.post(address(Address, "add"), {**data, "country_code": "XX"})
    assert "country_code" in errors_of(reply)
    reply = staff.post(address(Address, "add"), {**data, "country_code": "IT"})
    assert {"first_name", "last_name", "zip_code", "phone"} <= set(errors_of(reply))


def test_an_order_is_seen_through(shop, staff):
    order = make_order(shop.environment, shop.alice)
    for name, status in (("place", "placed"), ("approve", "approved"), ("cancel", "cancelled")):
        press(staff, order, name)
        order.refresh_from_db()
        assert order.status == status
    entries = EventStore.objects.filter(resource_uid=order.uid, event="update")
    assert [entry.payload["status"] for entry in entries.order_by("pk")][-1] == [
        "approved",
        "cancelled",
    ]
    refused = press(staff, order, "approve")
    assert messages_of(refused)[-1].startswith("Approve: ")


def test_an_order_that_lacks_something_is_not_placed(shop, staff):
    order = goods.make_order(goods.make_market(shop.environment), shop.alice)
    reply = press(staff, order, "place")
    assert messages_of(reply)
    order.refresh_from_db()
    assert order.status == "draft"


def test_moving_an_order_recounts_both_customers(shop, staff):
    order = make_placed_order(shop.environment, shop.alice)
    data = {"customer": shop.bob.pk, "language_code": "en", "metadata": "{}"}
    for name in ("line_items", "authorizations", "captures", "voids", "refunds"):
        data |= inline(name)
    reply = staff.post(page_of(order), data)
    assert reply.status_code == 302
    counts = Customer.objects.order_by("email").values_list("total_orders_count", flat=True)
    assert list(counts) == [0, 1]


def test_what_is_in_use_is_not_deleted(shop, staff):
    group = factories.make_group(shop.environment)
    shop.alice.customer_group = group
    shop.alice.save()
    reply = staff.post(page_of(group, "delete"), {"post": "yes"})
    assert messages_of(reply) == [f"Failed to destroy CustomerGroup with id={group.uid}"]
    group.refresh_from_db()


def test_rows_of_a_list_get_the_environment_of_the_list(shop, staff):
    sku = goods.make_sku(shop.environment)
    data = {"environment": shop.environment.pk, "name": "Wishes", "manual": "on", "metadata": "{}"}
    items = inline("sku_list_items", {"sku": sku.pk, "quantity": 3})
    reply = staff.post(address(SkuList, "add"), {**data, **items})
    assert reply.status_code == 302, reply.context["errors"]
    item = SkuList.objects.get().sku_list_items.get()
    assert (item.environment, item.quantity) == (shop.environment, 3)


def test_a_price_is_in_the_currency_of_its_market(shop, staff):
    market = goods.make_market(shop.environment)
    data = {"environment": shop.environment.pk, "code": "X", "name": "X", "metadata": "{}"}
    price = {"market": market.pk, "currency_code": "USD", "amount_cents": 5}
    reply = staff.post(address(Sku, "add"), {**data, **inline("prices", price)})
    assert b"is not the currency of the market" in reply.content
    assert not Sku.objects.exists()


def test_a_price_list_says_the_currency_of_a_market(shop, staff):
    dollars = goods.make_price_list(shop.environment, currency_code="USD")
    data = {"environment": shop.environment.pk, "name": "X", "metadata": "{}"}
    data |= {"price_list": dollars.pk, "currency_code": "EUR"}
    reply = staff.post(address(Market, "add"), data)
    assert "currency_code" in errors_of(reply)
    reply = staff.post(address(Market, "add"), {**data, "currency_code": "USD"})
    assert reply.status_code == 302
    assert Market.objects.get().price_list == dollars


def test_a_bundle_is_added_in_the_currency_of_its_market_and_priced(shop, staff):
    market = goods.make_market(shop.environment)
    sku_list = goods.make_bundle(shop.environment, goods.make_sku(shop.environment)).sku_list
    wishes = SkuList.objects.create(
        environment=shop.environment, name="Wishes", customer=shop.alice
    )
    data = {"environment": shop.environment.pk, "code": "GIFT", "name": "X", "metadata": "{}"}
    data |= {"market": market.pk, "sku_list": wishes.pk}
    assert "sku_list" in errors_of(staff.post(address(Bundle, "add"), data))

    reply = staff.post(address(Bundle, "add"), {**data, "sku_list": sku_list.pk})

    assert reply.status_code == 302
    bundle = Bundle.objects.get(code="GIFT")
    assert (bundle.currency_code, bundle.price_amount_cents) == ("EUR", None)
    press(staff, bundle, "compute_price_amount")
    bundle.refresh_from_db()
    assert bundle.price_amount_cents == 2500


def test_a_market_is_disabled_and_enabled(shop, staff):
    market = goods.make_market(shop.environment)
    press(staff, market, "disable")
    market.refresh_from_db()
    assert market.disabled_at
    press(staff, market, "enable")
    assert Market.objects.get().disabled_at is None


def test_a_secret_is_shown_once(shop, staff):
    data = {
        "environment": shop.environment.pk,
        "name": "ERP",
        "kind": "integration",
        "scopes": "market:all",
        "metadata": "{}",
    }
    page = staff.post(address(Application, "add"), data, follow=True)
    application = Application.objects.get(name="ERP")
    secret = page.content.decode().split("Client secret: <code>")[1].split("<")[0]
    application.secret = secret
    assert token_for(application)
    assert secret not in staff.get(page_of(application)).content.decode()

    press(staff, application, "new_secret")
    shown = staff.get(page_of(application)).content.decode()
    again = staff.get(page_of(application)).content.decode()

    application.refresh_from_db()
    new = shown.split("Client secret: <code>")[1].split("<")[0]
    assert application.check_client_secret(new)
    assert not application.check_client_secret(secret)
    assert new not in again
    assert application.secret_hash not in shown + again
    assert secret not in str(list(LogEntry.objects.values()))


@pytest.mark.parametrize("scopes", ["everything", "market:id:", ""])
def test_malformed_scopes_are_refused(scopes, shop, staff):
    data = {"environment": shop.environment.pk, "name": "X", "kind": "webapp", "metadata": "{}"}
    reply = staff.post(address(Application, "add"), {**data, "scopes": scopes})
    assert "scopes" in errors_of(reply)


def test_no_page_shows_a_password_or_its_hash(shop, root, staff):
    shop.user.set_password("a very good password")
    shop.user.save()
    for client in (root, staff):
        for row in (shop.alice, shop.user):
            for url in (page_of(row), page_of(row, "history"), address(type(row), "changelist")):
                text = client.get(url).content.decode()
                assert row.password not in text
                assert "argon2" not in text


def test_a_colleague_is_added_with_a_membership(shop, staff):
    role = shop.organization.roles.get(name="Admin")
    data = {
        "email": "new@acme.example",
        "is_staff": "on",
        "usable_password": "true",
        "password1": factories.PASSWORD,
        "password2": factories.PASSWORD,
    }
    lonely = staff.post(address(User, "add"), {**data, **inline("memberships")})
    assert lonely.status_code == 200
    membership = {"organization": shop.organization.pk, "role": role.pk}
    reply = staff.post(address(User, "add"), {**data, **inline("memberships", membership)})
    assert reply.status_code == 302
    user = User.objects.get(email="new@acme.example")
    assert user.check_password(factories.PASSWORD)
    assert user.memberships.get().role == role


def test_a_role_of_another_organization_is_refused(shop, rival, root):
    role = rival.organization.roles.get(name="Admin")
    membership = {"organization": shop.organization.pk, "role": role.pk}
    data = {"email": "new@acme.example", "usable_password": "false"}
    reply = root.post(address(User, "add"), {**data, **inline("memberships", membership)})
    assert reply.status_code == 200
    assert b"belongs to another organization" in reply.content


@pytest.mark.parametrize("grace", ["-1", "40 00:00:00", "soon"])
def test_a_grace_period_can_be_waited_for(grace, shop, staff):
    data = {
        "name": "Acme",
        "tags_max_name_length": 25,
        "tags_max_allowed_number": 10,
        "config": "{}",
    }
    url = page_of(shop.organization)
    reply = staff.post(url, {**data, "anonymization_grace": grace})
    assert "anonymization_grace" in errors_of(reply)
    assert staff.post(url, {**data, "anonymization_grace": "2 00:00:00"}).status_code == 302


def test_a_new_organization_has_environments_and_roles(root):
    data = {
        "name": "Initech",
        "slug": "initech",
        "tags_max_name_length": 25,
        "tags_max_allowed_number": 10,
        "config": "{}",
    }
    assert root.post(address(Organization, "add"), data).status_code == 302
    organization = Organization.objects.get(slug="initech")
    assert set(organization.environments.values_list("mode", flat=True)) == {"test", "live"}
    assert set(organization.roles.values_list("kind", flat=True)) == {"admin", "read_only"}
