from datetime import timedelta

from activity.models import EventStore
from catalog.models import Sku
from customers.models import Address, Customer, CustomerAddress
from oauth.models import Application
from oauth.standing import standings
from organizations.models import Role
from tests import factories
from tests.admin.rows import make_placed_order
from tests.api import Api, error, token_for
from tests.orders import goods
from tests.transfers.steps import ask, finish, finished, shown
from transfers import services


def test_it_deletes_what_meets_the_filters(shop, rival):
    for code in ("MUG-1", "MUG-2", "PEN-1"):
        goods.make_sku(shop.environment, code=code)
    goods.make_sku(rival.environment, code="MUG-3")

    job = finished(
        shop.integration, "cleanups", resource_type="skus", filters={"code_start": "MUG"}
    )

    assert set(Sku.objects.values_list("code", flat=True)) == {"PEN-1", "MUG-3"}
    attributes = shown(shop.integration, job)
    assert attributes["status"] == "completed"
    assert attributes["records_count"] == attributes["processed_count"] == 2
    assert attributes["errors_count"] == 0


def test_what_is_locked_stays_and_is_told(shop):
    make_placed_order(shop.environment, shop.alice)
    assert shop.bob

    job = finished(shop.integration, "cleanups", resource_type="customers")

    assert list(Customer.objects.values_list("pk", flat=True)) == [shop.alice.pk]
    assert (job.processed_count, job.errors_count) == (1, 1)
    assert job.errors_log == {shop.alice.uid: {"base": ["Locked resource"]}}


def test_customers_are_erased_as_by_a_single_delete(shop):
    address = factories.make_address(shop.environment, customer=shop.alice, first_name="Canary")
    CustomerAddress.objects.create(
        environment=shop.environment, customer=shop.alice, address=address
    )

    finished(shop.integration, "cleanups", resource_type="customers")

    assert not Customer.objects.exists()
    assert not Address.objects.filter(first_name="Canary").exists()
    last = EventStore.objects.filter(resource_uid=shop.alice.uid).latest("pk")
    assert last.event == "destroy"
    assert last.who["application"]["id"] == shop.application.uid


def test_what_goes_with_another_row_is_no_error(shop):
    sku = goods.make_sku(shop.environment)
    assert sku.prices.exists()

    job = finished(shop.integration, "cleanups", resource_type="prices")

    assert (job.processed_count, job.errors_count) == (1, 0)
    assert not sku.prices.exists()


def test_it_can_be_interrupted(shop, settings):
    settings.TRANSFER_SLICE = timedelta(0)
    for _ in range(60):
        goods.make_sku(shop.environment, price=None)
    job = ask(shop.integration, "cleanups", resource_type="skus")
    services.run(kind="cleanups", job_id=job.pk)

    shop.integration.patch("cleanups", job.uid, attributes={"_interrupt": True})

    job.refresh_from_db()
    assert (job.status, job.processed_count, Sku.objects.count()) == ("interrupted", 50, 10)


def test_who_may_not_delete_may_not_clean_up(shop):
    role = Role.objects.create(
        organization=shop.organization,
        name="Clerk",
        kind="custom",
        permissions={"cleanups": ["create"], "skus": ["list"]},
    )
    clerk = Api(token_for(factories.make_application(shop.environment, "integration", role=role)))

    reply = clerk.post("cleanups", attributes={"resource_type": "skus"})

    assert reply.status_code == 401
    assert error(reply)["source"] == {"pointer": "/data/attributes/resource_type"}


def test_an_application_that_is_gone_cleans_up_nothing(shop):
    goods.make_sku(shop.environment)
    application = factories.make_application(shop.environment, "integration")
    job = ask(Api(token_for(application)), "cleanups", resource_type="skus")
    Application.objects.filter(pk=application.pk).delete()
    standings.clear()

    finish(job)

    assert job.status == "interrupted"
    assert Sku.objects.exists()
