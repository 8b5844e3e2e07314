"""What reaches the log, through the handler that programs have."""

import io
import logging

import pytest
from celery.app.trace import build_tracer
from django.db import IntegrityError, transaction
from django.test import Client

from config.celery import app
from tests import factories

CANARY = "c4n4ry@example.com"


@pytest.fixture
def written():
    """What the program's own handler writes."""
    own = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    stream, before = io.StringIO(), [one.stream for one in own]
    assert own
    for handler in own:
        handler.setStream(stream)
    yield stream
    for handler, old in zip(own, before, strict=True):
        handler.setStream(old)


def test_a_path_is_written_as_its_route(written, shop):
    shop.integration.get(f"customers/{CANARY}")
    Client().get(f"/nowhere/{CANARY}")

    assert "Not Found: /api/" in written.getvalue()
    assert "Not Found: (none)" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_an_unhandled_exception_is_written_without_its_text(written, shop):
    factories.make_customer(shop.environment, email=CANARY)
    try:
        with transaction.atomic():
            factories.make_customer(shop.environment, email=CANARY)
    except IntegrityError:
        logging.getLogger("any").exception("failed")

    assert "failed" in written.getvalue()
    assert "factories.py" in written.getvalue()
    assert "IntegrityError" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_a_failed_task_is_written_without_its_exceptions_text(written):
    @app.task(name="tests.fail")
    def fail():
        raise ValueError(CANARY)

    build_tracer(fail.name, fail, app=app)("an-id", (), {}, {"id": "an-id"})

    assert "tests.fail" in written.getvalue()
    assert "ValueError" in written.getvalue()
    assert CANARY not in written.getvalue()
