"""Fixtures of the attacks."""

import logging

import pytest

from oauth.keys import ring
from oauth.revocations import revocations
from oauth.standing import standings
from tests.security.world import rows, spare


@pytest.fixture(autouse=True)
def _as_after_a_start():
    """Forget what the process remembers of rows that the last test rolled back."""
    ring.clear()
    revocations.clear()
    standings.clear()


@pytest.fixture(autouse=True)
def _quiet():
    """Django notes every refusal, of which there are thousands."""
    logger = logging.getLogger("django.request")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.fixture
def mine(shop):
    """A row of every type of the shop that is attacked, Alice's where somebody owns it."""
    return rows(shop.environment, shop.alice)


@pytest.fixture
def world(shop, mine):
    """The rows that documents name."""
    return {**mine, **spare(shop.environment, mine)}
