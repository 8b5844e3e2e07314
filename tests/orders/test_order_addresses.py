"""An order's addresses: copied in, kept, and saved."""

from customers.models import Address, CustomerAddress
from tests.api import error
from tests.factories import make_address
from tests.orders.goods import (
    attributes,
    make_order,
    make_pending,
    shopping_in,
    trigger,
)


def test_placing_copies_addresses_out_of_the_address_book(shop, market):
    address = make_address(shop.environment, customer=shop.alice)
    CustomerAddress.objects.create(
        environment=shop.environment, customer=shop.alice, address=address
    )
    order = make_pending(market, shop.alice, shipping_address=address, billing_address=address)

    trigger(shop.integration, order, "_place")

    order.refresh_from_db()
    assert order.shipping_address != address
    assert order.shipping_address == order.billing_address
    assert order.shipping_address.city == address.city
    assert order.shipping_address.customer == shop.alice


def test_placing_keeps_an_address_that_is_the_orders_own(shop, market):
    address = make_address(shop.environment)
    order = make_pending(market, shop.alice, shipping_address=address)

    trigger(shop.integration, order, "_place")

    order.refresh_from_db()
    assert order.shipping_address == address
    assert order.shipping_address.customer == shop.alice


def test_an_address_is_cloned_by_its_id(shop, market):
    address = make_address(shop.environment, customer=shop.alice, city="Rome", country_code="IT")
    order = make_pending(market, shop.alice)

    reply = trigger(shop.integration, order, "_billing_address_clone_id", address.uid)

    assert attributes(reply)["country_code"] == "IT"
    order.refresh_from_db()
    assert order.billing_address != address
    assert order.billing_address.city == "Rome"


def test_an_address_of_somebody_else_cannot_be_cloned(shop, market):
    bobs = make_address(shop.environment, customer=shop.bob)
    order = make_pending(market, shop.alice)
    alice = shopping_in(shop, market, shop.alice)

    refused = trigger(alice, order, "_shipping_address_clone_id", bobs.uid)

    assert error(refused)["detail"] == "_shipping_address_clone_id - must exist"
    assert Address.objects.count() == 1


def test_an_address_is_saved_to_the_address_book_once(shop, market):
    order = make_pending(market, shop.alice, shipping_address=make_address(shop.environment))
    name = "_save_shipping_address_to_customer_address_book"

    for _ in range(2):
        assert trigger(shop.integration, order, name).status_code == 200

    entry = CustomerAddress.objects.get()
    assert entry.customer == shop.alice
    assert entry.address.line_1 == order.shipping_address.line_1
    assert entry.address != order.shipping_address


def test_nothing_is_saved_to_nobodys_address_book(shop, market):
    order = make_order(market, shipping_address=make_address(shop.environment))

    refused = trigger(shop.integration, order, "_save_shipping_address_to_customer_address_book")

    assert error(refused)["detail"] == "customer - can't be blank"
