"""A whole product to talk to, like one that `make run` starts."""

import pytest

from tests.config.instance import Instance

# Seconds until another worker may take over from one that was killed.
LEASE = "3"


@pytest.fixture(scope="package")
def product(tmp_path_factory):
    """Everything, supervised, on servers and a port of its own; other tests have theirs."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ANONYMIZATION_LEASE_SECONDS", LEASE)
        environment.setenv("WEBHOOK_LEASE_SECONDS", LEASE)
        environment.setenv("WEBHOOKS_TO_PRIVATE_ADDRESSES", "True")
        environment.delenv("DJANGO_SETTINGS_MODULE", raising=False)
        instance = Instance(tmp_path_factory.mktemp("product") / "data")
        try:
            yield instance.start().wait_until_it_serves()
        finally:
            instance.remove()
