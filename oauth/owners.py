"""Whom a token may belong to: customers of the environment, members of the organization."""

from __future__ import annotations

from authlib.oauth2.rfc6749.errors import InvalidGrantError

from customers.models import Customer
from oauth.models import Application, Owner
from organizations.models import User

OWNER_TYPES = ("Customer", "User")


def find_owner(application: Application, owner_type: str, owner_id: str) -> Owner | None:
    """Return who a public id names, if the application may act for them."""
    if owner_type == "Customer":
        customers = Customer.objects.filter(environment_id=application.environment_id)
        return _known(application, customers.filter(uid=owner_id).first())
    return _known(application, User.objects.filter(uid=owner_id).first())


def lock_owner(application: Application, owner: Owner) -> None:
    """Keep the owner as it is until the transaction ends.

    Raises InvalidGrantError if a password was changed or the owner forgotten or dismissed
    since `owner` was read: whoever does that revokes the tokens there are, so none may be
    issued behind their back.
    """
    rows = type(owner)._default_manager.filter(pk=owner.pk)
    current = _known(application, rows.select_for_update(no_key=True, of=("self",)).first())
    if current is None or current.password != owner.password:
        raise InvalidGrantError


def is_member(user: User, application: Application) -> bool:
    """Tell whether an active user works for the application's organization."""
    organization_id = application.environment.organization_id
    return user.is_active and user.memberships.filter(organization_id=organization_id).exists()


def _known(application: Application, owner: Owner | None) -> Owner | None:
    if isinstance(owner, User):
        return owner if is_member(owner, application) else None
    return None if owner is None or owner.is_forgotten else owner
