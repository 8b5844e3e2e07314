"""Who signs in to the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from organizations.models import Membership, Role, User
from tests import factories


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def boss(shop) -> User:
    """A member of the shop's staff who may do everything there."""
    return factories.make_user(shop.organization, email="boss@acme.example", is_staff=True)


@pytest.fixture
def staff(boss) -> Client:
    return signed_in(boss)


@pytest.fixture
def root(db) -> Client:
    """A superuser who works for nobody."""
    return signed_in(User.objects.create_superuser("root@clientele.example"))


@pytest.fixture
def member_with(shop):
    """Return a function that signs in a member of the shop with a role of its own."""

    def sign_in(kind: str, **permissions: list[str]) -> Client:
        role = Role.objects.create(
            organization=shop.organization, name=f"a {kind}", kind=kind, permissions=permissions
        )
        user = User.objects.create_user(f"{kind}@acme.example", is_staff=True)
        Membership.objects.create(user=user, organization=shop.organization, role=role)
        return signed_in(user)

    return sign_in


def messages_of(reply: Any) -> list[str]:
    """Return what the user is told on the next page."""
    return [str(message) for message in reply.wsgi_request._messages]
