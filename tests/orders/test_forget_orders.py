"""What is left of a person's orders once the person is forgotten."""

import pytest

from anonymization.erasers import erase_all
from catalog.models import SkuList
from customers.models import Address
from jsonapi.errors import Conflict
from orders import services
from orders.models import LineItem, Order
from tests.factories import make_address
from tests.orders.goods import make_market, make_placed, make_sku

SECRET = "Rosebud"


@pytest.fixture
def placed(shop):
    order = make_placed(
        make_market(shop.environment),
        shop.alice,
        shipping_address=make_address(shop.environment, line_1=SECRET, notes=SECRET),
        reference=SECRET,
        metadata={"note": SECRET},
        payment_source_details={"holder": SECRET},
        cart_url=f"https://x.example/{SECRET}",
        coupon_code=SECRET,
    )
    LineItem.objects.update(metadata={"engraving": SECRET}, reference=SECRET)
    return order


def row(model, **lookup):
    return model.objects.filter(**lookup).values().get()


def test_the_person_goes_and_the_sale_stays(shop, placed):
    assert SECRET in str(row(Order)) + str(row(LineItem)) + str(row(Address))
    token = placed.token

    erase_all(shop.environment.pk, shop.alice.uid)

    left = row(Order)
    assert SECRET not in str(left) + str(row(LineItem)) + str(row(Address))
    assert "alice" not in str(left)
    assert left["token"] != token
    assert len(left["token"]) == 32
    assert left["number"] == placed.number
    assert left["status"] == "placed"
    assert left["total_amount_with_taxes_cents"] == 1000
    assert left["placed_at"] == placed.placed_at
    assert left["shipping_address_id"] == placed.shipping_address_id
    assert row(Address)["country_code"] == "US"


def test_other_customers_orders_are_left_alone(shop, placed):
    bobs = make_placed(placed.market, shop.bob, reference=SECRET)

    erase_all(shop.environment.pk, shop.alice.uid)

    assert row(Order, pk=bobs.pk)["reference"] == SECRET


@pytest.mark.parametrize("guest", [True, False])
def test_an_address_of_an_unplaced_order_is_reached_too(shop, guest):
    order = services.create_order(
        trusted=True,
        values={
            "environment_id": shop.environment.pk,
            "market": make_market(shop.environment),
            "shipping_address": make_address(shop.environment, line_1=SECRET),
            "guest": guest,
        },
    )
    assert order.shipping_address.customer is None
    services.update_order(order=order, trusted=True, values={"customer_email": shop.alice.email})
    order.refresh_from_db()
    assert order.shipping_address.customer == (None if guest else shop.alice)

    erase_all(shop.environment.pk, shop.alice.uid)

    assert SECRET not in str(row(Address))


def test_a_wish_list_goes(shop):
    wishes = SkuList.objects.create(
        environment=shop.environment, name="Wishes", customer=shop.alice
    )
    sku = make_sku(shop.environment)
    wishes.sku_list_items.create(environment=shop.environment, sku=sku)
    merchants = SkuList.objects.create(environment=shop.environment, name="Summer")

    erase_all(shop.environment.pk, shop.alice.uid)

    assert list(SkuList.objects.all()) == [merchants]


def test_nothing_is_added_to_somebody_who_is_being_forgotten(shop, placed):
    shop.alice.anonymization_status = "started"
    shop.alice.save()

    with pytest.raises(Conflict):
        services.create_order(
            trusted=True,
            values={
                "environment_id": shop.environment.pk,
                "market": placed.market,
                "customer_email": shop.alice.email,
            },
        )
    assert Order.objects.count() == 1


def test_a_forgotten_persons_order_can_still_be_closed(shop, placed):
    erase_all(shop.environment.pk, shop.alice.uid)
    shop.alice.refresh_from_db()
    type(shop.alice).objects.update(anonymization_status="completed")

    services.approve(order=placed)
    services.cancel(order=placed)

    shop.alice.refresh_from_db()
    assert shop.alice.total_orders_count == 0
