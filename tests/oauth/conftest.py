"""Fixtures of the authorization server's tests."""

import pytest

from catalog.models import Market
from oauth.keys import ring
from oauth.revocations import revocations
from oauth.standing import standings
from tests.factories import make_group


@pytest.fixture(autouse=True)
def _as_after_a_start(settings):
    """Forget what the process remembers of rows that the last test rolled back."""
    settings.OAUTH_TOKEN_RATE = 0
    ring.clear()
    revocations.clear()
    standings.clear()


@pytest.fixture
def market(shop):
    return Market.objects.create(
        environment=shop.environment, name="Europe", code="europe", currency_code="EUR"
    )


@pytest.fixture
def private_market(shop):
    group = make_group(shop.environment)
    return Market.objects.create(
        environment=shop.environment,
        name="Wholesale",
        code="wholesale",
        currency_code="EUR",
        customer_group=group,
    )
