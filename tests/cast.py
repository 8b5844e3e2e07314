"""The cast of the tests: one shop and a rival, each with its applications and its people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest

from tests import factories
from tests.api import Api, token_for, token_of_owner


@dataclass
class Shop:
    """A tenant with everything that can call its API. Clients are made when first used."""

    slug: str
    mode: str = "test"

    @cached_property
    def organization(self):
        return factories.make_organization(self.slug)

    @cached_property
    def environment(self):
        return factories.environment_of(self.organization, self.mode)

    @cached_property
    def channel(self):
        return factories.make_application(self.environment)

    @cached_property
    def application(self):
        return factories.make_application(self.environment, "integration")

    @cached_property
    def user(self):
        return factories.make_user(self.organization)

    @cached_property
    def alice(self):
        return factories.make_customer(
            self.environment, email="alice@example.com", password=factories.PASSWORD
        )

    @cached_property
    def bob(self):
        return factories.make_customer(
            self.environment, email="bob@example.com", password=factories.PASSWORD
        )

    @cached_property
    def integration(self) -> Api:
        """A back end without a user."""
        return Api(token_for(self.application))

    @cached_property
    def guest(self) -> Api:
        """A storefront nobody signed in to."""
        return Api(token_for(self.channel))

    @cached_property
    def staff(self) -> Api:
        """A back end that acts for one of the shop's users."""
        return Api(token_of_owner(self.application, "User", self.user.uid))

    @cached_property
    def as_alice(self) -> Api:
        return self.signed_in(self.alice)

    @cached_property
    def as_bob(self) -> Api:
        return self.signed_in(self.bob)

    def signed_in(self, customer) -> Api:
        return Api(
            token_for(
                self.channel,
                grant_type="password",
                username=customer.email,
                password=factories.PASSWORD,
            )
        )


@pytest.fixture
def shop(db) -> Shop:
    return Shop("acme")


@pytest.fixture
def rival(db) -> Shop:
    """Another organization, with customers of the same e-mails."""
    return Shop("rival")
