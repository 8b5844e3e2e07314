"""A receiver of callbacks, and a server that may call it."""

import pytest

from tests.activity.receiver import receiving


@pytest.fixture
def private(settings):
    """Allow callbacks to this machine."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


@pytest.fixture
def receiver(private):
    with receiving() as one:
        yield one
