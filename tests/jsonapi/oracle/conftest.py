"""The rows, made once for all tests of the oracle: these only read."""

import pytest
from django.db import transaction

from tests.jsonapi.oracle.world import World


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)
