"""What is written on another row's page leaves a trail of its own."""

from __future__ import annotations

import pytest

from activity.models import EventStore
from catalog.models import Price, Sku, SkuList, SkuListItem
from tests import factories
from tests.admin.conftest import messages_of
from tests.admin.rows import address, page_of
from tests.admin.test_tenancy import customer_form
from tests.admin.test_writing import inline
from tests.orders import goods


def price_form(*rows, initial=0):
    return {**inline("prices", *rows), "prices-INITIAL_FORMS": initial}


def sku_form(sku, *rows, initial=0):
    data = {"code": sku.code, "name": sku.name, "metadata": "{}"}
    return {**data, **price_form(*rows, initial=initial)}


def stored(price, **changes):
    """Return the form data of a price that is on the page already."""
    data = {
        "id": price.pk,
        "sku": price.sku_id,
        "market": price.market_id or "",
        "currency_code": price.currency_code,
        "amount_cents": price.amount_cents,
        "compare_at_amount_cents": "",
    }
    return data | changes


def entries_of(row, resource_type="prices"):
    return EventStore.objects.about(resource_type, row.uid).order_by("pk")


@pytest.fixture
def sku(shop):
    return goods.make_sku(shop.environment)


def test_a_changed_price_is_recorded_with_who_and_what(shop, boss, staff, sku):
    price = sku.prices.get()

    reply = staff.post(page_of(sku), sku_form(sku, stored(price, amount_cents=1900), initial=1))

    assert reply.status_code == 302
    entry = entries_of(price).get()
    assert entry.event == "update"
    assert entry.payload["amount_cents"] == [2500, 1900]
    assert entry.who["owner"] == {"id": boss.uid, "type": "User"}
    assert [one.payload for one in entries_of(sku, "skus")] == []


def test_a_foreign_key_of_a_row_is_recorded_too(shop, staff, sku):
    price, market = sku.prices.get(), goods.make_market(shop.environment)

    staff.post(page_of(sku), sku_form(sku, stored(price, market=market.pk), initial=1))

    payload = entries_of(price).get().payload
    assert payload["market"] == [None, {"type": "markets", "id": market.uid}]


def test_a_foreign_key_of_the_row_of_the_page_is_recorded(shop, staff):
    group = factories.make_group(shop.environment)

    staff.post(page_of(shop.alice), customer_form(shop.alice, customer_group=group.pk))

    payload = entries_of(shop.alice, "customers").get().payload
    assert payload["customer_group"] == [None, {"type": "customer_groups", "id": group.uid}]


def test_an_untouched_row_leaves_no_entry(shop, staff, sku):
    price = sku.prices.get()

    reply = staff.post(page_of(sku), sku_form(sku, stored(price), initial=1))

    assert reply.status_code == 302
    assert not entries_of(price)


def test_an_added_price_is_recorded(shop, staff, sku):
    new = {"currency_code": "USD", "amount_cents": 3000}

    reply = staff.post(page_of(sku), sku_form(sku, stored(sku.prices.get()), new, initial=1))

    assert reply.status_code == 302
    entry = entries_of(sku.prices.get(currency_code="USD")).get()
    assert entry.event == "create"
    assert entry.payload["amount_cents"] == [None, 3000]


def test_prices_of_a_new_sku_are_recorded(shop, staff):
    data = {"environment": shop.environment.pk, "code": "X", "name": "X", "metadata": "{}"}
    price = {"currency_code": "EUR", "amount_cents": 5}

    assert staff.post(address(Sku, "add"), {**data, **price_form(price)}).status_code == 302

    assert entries_of(Sku.objects.get(), "skus").first().event == "create"
    assert entries_of(Price.objects.get()).get().event == "create"


def test_a_deleted_price_is_recorded(shop, staff, sku):
    price = sku.prices.get()

    reply = staff.post(page_of(sku), sku_form(sku, stored(price, DELETE="on"), initial=1))

    assert reply.status_code == 302
    assert not sku.prices.exists()
    assert [entry.event for entry in entries_of(price)] == ["destroy"]


def test_what_the_api_does_not_delete_is_not_deleted_there_either(shop, staff, sku):
    automatic = SkuList.objects.create(
        environment=shop.environment, name="All", manual=False, sku_code_regex="."
    )
    item = SkuListItem.objects.create(environment=shop.environment, sku_list=automatic, sku=sku)
    row = {"id": item.pk, "sku_list": automatic.pk, "sku": sku.pk, "quantity": 1, "DELETE": "on"}
    data = {"name": "All", "sku_code_regex": ".", "metadata": "{}", **inline("sku_list_items", row)}

    reply = staff.post(page_of(automatic), {**data, "sku_list_items-INITIAL_FORMS": 1})

    assert messages_of(reply) == [f"Failed to destroy SkuListItem with id={item.uid}"]
    assert SkuListItem.objects.filter(pk=item.pk).exists()
    assert not entries_of(item, "sku_list_items")
