from time import monotonic

import pytest
from celery import current_app

from anonymization import services
from anonymization.doorbell import Doorbell, doorbell
from anonymization.models import Status
from anonymization.tasks import sweep
from tests.anonymization.steps import latest, request


@pytest.fixture
def no_broker(monkeypatch):
    """A broker address where nobody listens."""
    monkeypatch.setattr(current_app.conf, "broker_url", "redis+socket:///nowhere/redis.sock")
    monkeypatch.setattr(current_app.conf, "broker_write_url", None)
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    current_app.pool.force_close_all()
    current_app.set_current()
    yield
    monkeypatch.undo()
    current_app.pool.force_close_all()


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_asking_works_and_the_sweeper_does_the_rest(alice, no_broker):
    missed = doorbell.missed

    request(alice)

    assert doorbell.missed == missed + 1
    sweep()
    assert latest(alice).status == Status.COMPLETED


def test_a_dead_broker_is_not_asked_again_at_once(no_broker):
    bell = Doorbell()
    bell.ring(services.PROCESS, 1)
    started = monotonic()

    for number in range(1000):
        bell.ring(services.PROCESS, number)

    assert bell.missed == 1001
    assert monotonic() - started < 1
