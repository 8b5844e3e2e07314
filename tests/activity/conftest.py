"""A receiver of callbacks, and a server that may call it."""

import pytest

from activity.models import Webhook
from tests.activity.receiver import receiving


@pytest.fixture
def private(settings):
    """Allow callbacks to this machine."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True


@pytest.fixture
def receiver(private):
    with receiving() as one:
        yield one


@pytest.fixture
def hook(shop, receiver):
    """Make a webhook of the shop that calls the receiver."""

    def make(topic="customers.create", **fields):
        fields.setdefault("callback_url", receiver.url)
        return Webhook.objects.create(environment=shop.environment, topic=topic, **fields)

    return make
