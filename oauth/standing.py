"""What an application and its owner may do at the moment: roles change while tokens live."""

from __future__ import annotations

import time
from typing import NamedTuple

from jsonapi.access import Permissions
from oauth.models import Application, Kind
from oauth.permissions import BASICS, PERMISSIONS, both, granted_by
from organizations.models import Membership, Role

REREAD_AFTER = 1.0  # seconds
MOST_REMEMBERED = 10_000


class Asker(NamedTuple):
    """The application and the owner that a token names; public ids."""

    environment_id: int
    application_id: str
    owner_type: str | None
    owner_id: str | None


class Standings:
    """Permissions as this process knows them, at most a second old."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._known: dict[Asker, tuple[float, Permissions | None]] = {}

    def permissions(self, asker: Asker) -> Permissions | None:
        """Return what `asker` may do; None if it is gone: application, user or membership."""
        if asker.owner_type == "Customer":  # all customers of an application are alike
            asker = Asker(asker.environment_id, asker.application_id, "Customer", None)
        now = time.monotonic()
        known = self._known.get(asker)
        if known is None or now - known[0] > REREAD_AFTER:
            if len(self._known) > MOST_REMEMBERED:
                self.clear()
            known = self._known[asker] = (now, _read(asker))
        return known[1]


standings = Standings()


def _read(asker: Asker) -> Permissions | None:
    rows = Application.objects.filter(environment_id=asker.environment_id)
    application = rows.select_related("role").filter(uid=asker.application_id).first()
    if application is None:
        return None
    user_role = _role_of_user(asker)
    if asker.owner_type == "User" and user_role is None:
        return None
    return _permissions(application, asker.owner_type, user_role)


def _permissions(
    application: Application, owner_type: str | None, user_role: Role | None
) -> Permissions:
    shopper = PERMISSIONS["customer" if owner_type == "Customer" else "guest"]
    if application.kind == Kind.SALES_CHANNEL:
        return shopper
    if application.kind == Kind.WEBAPP and owner_type == "User":
        role = user_role
    else:
        role = application.role
    if owner_type == "Customer":
        return shopper if role is None else both(shopper, granted_by(role))
    if role is not None:
        return granted_by(role)
    return PERMISSIONS["integration"] if application.kind == Kind.INTEGRATION else BASICS


def _role_of_user(asker: Asker) -> Role | None:
    if asker.owner_type != "User":
        return None
    rows = Membership.objects.filter(
        user__uid=asker.owner_id,
        user__is_active=True,
        organization__environments=asker.environment_id,
    )
    membership = rows.select_related("role").first()
    return membership.role if membership else None
