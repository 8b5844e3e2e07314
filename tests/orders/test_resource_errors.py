"""What kept an order from being placed by a worker."""

from django.db import transaction

from anonymization.erasers import erase_all
from customers.models import Customer
from orders import services
from orders.models import ResourceError
from orders.tasks import place
from tests.orders.goods import make_pending, trigger


def test_what_kept_an_order_from_being_placed_can_be_read_until_it_is(shop, market):
    order = make_pending(market, shop.alice, place_async=True)
    services.place(order=order)
    Customer.objects.filter(pk=shop.alice.pk).update(enabled=False)
    place(order.pk)

    (told,) = shop.integration.get(f"orders/{order.uid}/resource_errors").json()["data"]
    assert told["attributes"]["name"] == "customer"
    assert told["attributes"]["code"] == "DISABLED"
    assert told["attributes"]["message"]
    included = shop.integration.get(f"orders/{order.uid}", {"include": "resource_errors"})
    assert [one["id"] for one in included.json()["included"]] == [told["id"]]
    owner = shop.integration.get(f"resource_errors/{told['id']}/resource").json()["data"]
    assert owner["id"] == order.uid
    assert shop.integration.delete(f"resource_errors/{told['id']}").status_code == 403
    assert shop.as_alice.get(f"resource_errors/{told['id']}").status_code == 401

    Customer.objects.filter(pk=shop.alice.pk).update(enabled=True)
    trigger(shop.integration, order, "_place")
    place(order.pk)

    order.refresh_from_db()
    assert (order.status, order.errors_count) == ("placed", 0)
    assert not ResourceError.objects.exists()


def test_errors_go_with_whoever_is_forgotten(shop, market):
    order = make_pending(market, shop.alice, place_async=True)
    services.place(order=order)
    Customer.objects.filter(pk=shop.alice.pk).update(enabled=False)
    place(order.pk)
    assert ResourceError.objects.exists()

    with transaction.atomic():
        erase_all(shop.environment.pk, shop.alice.uid)

    assert not ResourceError.objects.exists()
