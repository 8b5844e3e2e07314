"""What the health checks say when something is missing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from activity.models import Delivery, Webhook
from activity.services import publish
from anonymization.models import AnonymizationRequest
from config import health
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def redis_is_gone(settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nothing"
    health.redis_client.cache_clear()
    yield
    health.redis_client.cache_clear()


def test_it_is_ready(client):
    reply = client.get("/readyz")

    assert (reply.status_code, reply.json()["status"]) == (200, "ready")


def test_it_lives_without_looking_at_anything(client, redis_is_gone, django_assert_num_queries):
    with django_assert_num_queries(0):
        reply = client.get("/healthz")

    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


def test_it_is_degraded_but_in_service_without_redis(client, redis_is_gone):
    reply = client.get("/readyz")

    assert reply.status_code == 200
    assert (reply.json()["status"], reply.json()["redis"]) == ("degraded", "unreachable")


def test_it_is_out_of_service_until_it_is_migrated(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'organizations'")
        missing = cursor.rowcount

    reply = client.get("/readyz")

    assert missing
    assert reply.status_code == 503
    assert reply.json() == {
        "status": "unavailable",
        "database": "ok",
        "missing_migrations": missing,
    }


def test_it_tells_how_long_the_oldest_request_has_been_due(client, shop):
    now = timezone.now()
    for uid, age in (("due", 300), ("older", 600), ("waiting", -60)):
        AnonymizationRequest.objects.create(
            environment=shop.environment,
            subject_uid=uid,
            not_before=now - timedelta(seconds=age),
        )

    lag = client.get("/readyz").json()["sweeper_lag_seconds"]

    assert 600 <= lag < 660


def test_it_tells_how_long_the_oldest_delivery_has_been_due(client, shop):
    assert client.get("/readyz").json()["delivery_lag_seconds"] == 0
    environment = shop.environment
    Webhook.objects.create(
        environment=environment, topic="customers.create", callback_url="https://example.com"
    )
    for _ in range(3):
        publish(instance=make_customer(environment), topic="customers.create")
    for delivery, age in zip(Delivery.objects.order_by("pk"), (600, 300, -60), strict=True):
        delivery.not_before = timezone.now() - timedelta(seconds=age)
        delivery.save()

    assert 600 <= client.get("/readyz").json()["delivery_lag_seconds"] < 660

    Webhook.objects.update(disabled_at=timezone.now())

    assert client.get("/readyz").json()["delivery_lag_seconds"] == 0
