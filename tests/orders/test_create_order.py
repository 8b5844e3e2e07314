"""What an order is when it is new."""

import pytest

from activity.models import EventStore
from customers.models import Customer
from orders.models import Order
from tests.api import error
from tests.factories import make_address, make_customer
from tests.orders.goods import (
    add_line,
    attributes,
    linked,
    make_market,
    make_order,
    make_pending,
    make_private_market,
    make_sku,
    shopping_in,
    trigger,
)


@pytest.fixture
def market(shop):
    return make_market(shop.environment, checkout_url="https://pay.example/:order_id?t=:token")


def create(api, **members):
    return api.post("orders", **members)


def test_it_has_every_attribute_of_the_contract(shop, market):
    reply = create(shop.integration, relationships={"market": linked("markets", market)})

    shown = attributes(reply)
    order = Order.objects.get()
    assert shown["number"] == "1"
    assert shown["status"] == "draft"
    assert shown["payment_status"] == "unpaid"
    assert shown["fulfillment_status"] == "unfulfilled"
    assert shown["editable"] is True
    assert shown["guest"] is True
    assert shown["customer_email"] is None
    assert shown["customer_type"] is None
    assert shown["currency_code"] == "EUR"
    assert shown["tax_included"] is True
    assert shown["language_code"] == "en"
    assert shown["autorefresh"] is True
    assert shown["place_async"] is False
    assert shown["total_amount_with_taxes_cents"] == 0
    assert shown["total_amount_with_taxes_float"] == 0.0
    assert shown["formatted_total_amount_with_taxes"] == "€0,00"
    assert len(shown["token"]) == 32
    assert shown["checkout_url"] == f"https://pay.example/{order.uid}?t={order.token}"
    assert shown["placed_at"] is None
    assert "customer_password" not in shown
    assert "_place" not in shown
    assert "number_rank" not in shown
    for amount in (
        "subtotal_amount",
        "shipping_amount",
        "payment_method_amount",
        "discount_amount",
        "adjustment_amount",
        "gift_card_amount",
        "total_tax_amount",
        "subtotal_tax_amount",
        "total_amount",
        "total_taxable_amount",
        "fees_amount",
        "duty_amount",
        "place_total_amount",
    ):
        assert shown[f"{amount}_cents"] == 0
        assert shown[f"{amount}_float"] == 0.0
        assert shown[f"formatted_{amount}"] == "€0,00"
    assert {"market", "customer", "line_items", "shipping_address", "events", "tags"} <= set(
        reply.json()["data"]["relationships"]
    )


def test_it_needs_a_market_unless_the_scope_is_exactly_one(shop, market):
    make_market(shop.environment)

    refused = create(shop.guest)

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": "/data/relationships/market"}
    assert error(refused)["meta"]["error"] == "blank"
    assert create(shopping_in(shop, market)).status_code == 201
    assert Order.objects.get().market == market


def test_a_storefront_cannot_order_in_a_market_beyond_its_scope(shop, market):
    other = make_market(shop.environment)

    refused = create(shopping_in(shop, market), relationships={"market": linked("markets", other)})

    assert refused.status_code == 404
    assert error(refused)["source"] == {"pointer": "/data/relationships/market"}


def test_a_market_of_another_tenant_does_not_exist(shop, rival):
    refused = create(
        shop.integration,
        relationships={"market": linked("markets", make_market(rival.environment))},
    )

    assert refused.status_code == 404
    assert error(refused)["source"] == {"pointer": "/data/relationships/market"}


def test_an_email_makes_a_new_customer(shop, market):
    reply = create(shopping_in(shop, market), attributes={"customer_email": "Someone@Example.com"})

    shown = attributes(reply)
    assert shown["customer_email"] == "someone@example.com"
    assert shown["guest"] is True
    assert shown["customer_type"] == "new"
    customer = Customer.objects.get()
    assert customer.email == "someone@example.com"
    assert customer.has_password is False
    assert list(customer.orders.all()) == [Order.objects.get()]


def test_an_email_finds_a_known_customer_whatever_its_case(shop, market):
    reply = create(
        shop.integration,
        attributes={"customer_email": shop.alice.email.upper()},
        relationships={"market": linked("markets", market)},
    )

    assert reply.status_code == 201
    assert Order.objects.get().customer == shop.alice
    assert Customer.objects.count() == 1


def test_a_password_signs_a_new_customer_up(shop, market):
    reply = create(
        shopping_in(shop, market),
        attributes={"customer_email": "new@example.com", "customer_password": "long enough"},
    )

    assert attributes(reply)["guest"] is False
    customer = Customer.objects.get()
    assert customer.check_password("long enough")
    assert "long enough" not in reply.content.decode()


def test_a_password_never_replaces_one(shop, market):
    refused = create(
        shopping_in(shop, market),
        attributes={"customer_email": shop.alice.email, "customer_password": "stolen key"},
    )

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": "/data/attributes/customer_password"}
    shop.alice.refresh_from_db()
    assert not shop.alice.check_password("stolen key")
    assert Order.objects.count() == 0


def test_a_stranger_cannot_sign_up_as_somebody_with_orders(shop, market):
    carol = make_customer(shop.environment, email="carol@example.com")
    make_order(market, carol)

    refused = create(
        shopping_in(shop, market),
        attributes={"customer_email": carol.email, "customer_password": "stolen key"},
    )

    assert refused.status_code == 422
    carol.refresh_from_db()
    assert carol.has_password is False


def test_a_customers_token_orders_for_that_customer(shop, market):
    reply = create(shopping_in(shop, market, shop.alice))

    shown = attributes(reply)
    assert shown["customer_email"] == shop.alice.email
    assert shown["guest"] is False


@pytest.mark.parametrize("who", ["email", "relationship"])
def test_a_customers_token_cannot_order_for_somebody_else(shop, market, who):
    api = shopping_in(shop, market, shop.alice)
    members = {"attributes": {"customer_email": shop.bob.email}}
    if who == "relationship":
        members = {"relationships": {"customer": linked("customers", shop.bob)}}

    refused = create(api, **members)

    assert refused.status_code == (404 if who == "relationship" else 422)
    assert Order.objects.count() == 0


def test_a_disabled_customer_cannot_order(shop, market):
    disabled = make_customer(shop.environment, enabled=False)

    refused = create(
        shop.integration,
        relationships={
            "market": linked("markets", market),
            "customer": linked("customers", disabled),
        },
    )

    assert refused.status_code == 422
    assert error(refused) == {
        "title": "is disabled",
        "detail": "customer - is disabled",
        "code": "VALIDATION_ERROR",
        "source": {"pointer": "/data/relationships/customer"},
        "status": "422",
        "meta": {"error": "disabled"},
    }


def test_a_disabled_market_takes_no_orders(shop, market):
    trigger(shop.integration, market, "_disable", resource_type="markets")

    refused = create(shop.integration, relationships={"market": linked("markets", market)})

    assert error(refused)["detail"] == "market - is disabled"


def test_a_private_market_takes_only_the_groups_customers(shop):
    private = make_private_market(shop.environment)
    member = make_customer(shop.environment, customer_group=private.customer_group)

    def order_for(customer):
        return create(
            shop.integration,
            relationships={
                "market": linked("markets", private),
                "customer": linked("customers", customer),
            },
        )

    refused = order_for(shop.alice)
    assert error(refused)["source"] == {"pointer": "/data/relationships/customer"}
    assert error(refused)["meta"]["error"] == "not_a_member"
    assert order_for(member).status_code == 201


def test_numbers_sort_by_value(shop, market):
    for number in ("10", "9", "ORD-1", "100"):
        make_order(market, number=number)

    def numbers(sort):
        reply = shop.integration.get("orders", {"sort": sort})
        return [row["attributes"]["number"] for row in reply.json()["data"]]

    assert numbers("number") == ["9", "10", "100", "ORD-1"]
    assert numbers("-number") == ["ORD-1", "100", "10", "9"]


def test_a_number_is_unique_in_its_environment(shop, rival, market):
    make_order(market, number="7")
    make_order(make_market(rival.environment), number="7")

    refused = create(
        shop.integration,
        attributes={"number": "7"},
        relationships={"market": linked("markets", market)},
    )

    assert refused.status_code == 422
    assert error(refused)["source"] == {"pointer": "/data/attributes/number"}
    assert error(refused)["meta"]["error"] == "taken"


def test_given_numbers_are_skipped_by_the_counter(shop, market):
    make_order(market, number="1")

    assert [make_order(market).number, make_order(market).number] == ["2", "3"]


def test_a_storefront_cannot_choose_a_number(shop, market):
    refused = create(shopping_in(shop, market), attributes={"number": "7"})

    assert refused.status_code == 401
    assert error(refused)["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("name", ["status", "total_amount_cents", "token", "editable"])
def test_what_the_server_keeps_cannot_be_written(shop, market, name):
    refused = create(
        shop.integration,
        attributes={name: "x"},
        relationships={"market": linked("markets", market)},
    )

    assert refused.status_code == 400
    assert error(refused)["code"] == "PARAM_NOT_ALLOWED"


def test_it_becomes_pending_with_a_customer_and_a_line(shop, market):
    sku = make_sku(shop.environment)
    guest = shopping_in(shop, market)
    order = create(guest).json()["data"]
    line = guest.post(
        "line_items",
        attributes={"sku_code": sku.code, "quantity": 1},
        relationships={"order": {"type": "orders", "id": order["id"]}},
    )
    assert line.status_code == 201, line.content
    assert attributes(guest.get(f"orders/{order['id']}"))["status"] == "draft"

    reply = guest.patch("orders", order["id"], attributes={"customer_email": "x@example.com"})

    assert attributes(reply)["status"] == "pending"


def test_a_market_cannot_change_under_line_items(shop, market):
    order = make_pending(market, shop.alice)
    other = make_market(shop.environment, currency_code="USD")

    refused = shop.integration.patch(
        "orders", order.uid, relationships={"market": linked("markets", other)}
    )

    assert error(refused)["meta"]["error"] == "has_line_items"


def test_an_empty_order_takes_over_the_currency_of_a_new_market(shop, market):
    order = make_order(market)
    other = make_market(shop.environment, currency_code="USD", tax_included=False)

    reply = shop.integration.patch(
        "orders", order.uid, relationships={"market": linked("markets", other)}
    )

    assert attributes(reply)["currency_code"] == "USD"
    assert attributes(reply)["tax_included"] is False


def test_it_includes_what_it_is_made_of(shop, market):
    order = make_order(
        market, shop.alice, shipping_address=make_address(shop.environment, city="Rome")
    )
    add_line(order)

    reply = shop.integration.get(
        f"orders/{order.uid}",
        {"include": "market,customer.orders,line_items,shipping_address,billing_address"},
    )

    document = reply.json()
    types = sorted(row["type"] for row in document["included"])
    assert types == ["addresses", "customers", "line_items", "markets"]
    assert document["data"]["relationships"]["billing_address"]["data"] is None
    assert document["data"]["attributes"]["country_code"] == "US"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"status_eq": "pending"}, 1),
        ({"status_not_in": "draft,pending"}, 0),
        ({"number_eq": "1"}, 1),
        ({"customer_email_eq": "alice@example.com"}, 1),
        ({"customer_email_start": "alice"}, 1),
        ({"customer_status_eq": "prospect"}, 1),
        ({"market_name_cont": "Market"}, 1),
        ({"line_items_name_eq": "A mug"}, 1),
        ({"total_amount_cents_gteq": "1000"}, 1),
        ({"total_amount_cents_gt": "1000"}, 0),
        ({"placed_at_null": "true"}, 1),
        ({"guest_true": "true"}, 0),
    ],
)
def test_it_is_found_by_its_facts(shop, market, question, found):
    make_pending(market, shop.alice)

    reply = shop.integration.get(
        "orders", {f"filter[q][{key}]": value for key, value in question.items()}
    )

    assert reply.status_code == 200, reply.content
    assert reply.json()["meta"]["record_count"] == found


def test_no_trail_shows_the_token(shop, market):
    made = create(shop.integration, relationships={"market": linked("markets", market)})
    order = Order.objects.get(uid=made.json()["data"]["id"])
    assert made.content.count(order.token.encode()) == 2  # in the link to the checkout, too

    entry = EventStore.objects.about("orders", order.uid).get()

    assert entry.payload["currency_code"] == [None, "EUR"]
    assert order.token not in str(entry.payload)
