"""Who may ask that somebody is forgotten."""

from jsonapi.access import Caller
from jsonapi.errors import Denied
from organizations.models import User


def requester(caller: Caller) -> User:
    """Return the user behind a trusted token, a member of the token's organization.

    Raises Denied for sales channels, for shoppers and for applications without a user.
    """
    uid = caller.owner("User") if caller.is_trusted else None
    user = User.objects.filter(
        uid=uid, is_active=True, memberships__organization__uid=caller.organization_id
    ).first()
    if user is None:
        raise Denied
    return user
