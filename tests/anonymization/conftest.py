"""One shop that forgets at once, and its people."""

from datetime import timedelta

import pytest

from tests import factories


@pytest.fixture
def organization(db):
    return factories.make_organization(anonymization_grace=timedelta(0))


@pytest.fixture
def environment(organization):
    return factories.environment_of(organization)


@pytest.fixture
def travis(organization):
    return factories.make_user(organization, email="travis@staff.example")


@pytest.fixture
def alice(environment):
    return factories.make_customer(
        environment, email="alice@example.com", password="correct horse", reference="alice-1"
    )
