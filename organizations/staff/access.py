"""What somebody may do in the admin: their role in each organization decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from organizations.models import Membership, Role, User

READING = ("list", "retrieve")


@dataclass(frozen=True, slots=True)
class Access:
    """The roles of one user, by the organization's primary key."""

    everywhere: bool
    roles: Mapping[int, Role]

    def may(self, action: str, resource_type: str, organization_id: int | None = None) -> bool:
        """Tell whether a role allows it; without an organization: in any of them."""
        if self.everywhere:
            return True
        return any(allows(role, action, resource_type) for role in self._asked(organization_id))

    def may_read(self, resource_type: str, organization_id: int | None = None) -> bool:
        """Tell whether rows of this type may be looked at."""
        return any(self.may(action, resource_type, organization_id) for action in READING)

    def may_manage(self, organization_id: int | None = None) -> bool:
        """Tell whether the user runs the organization: people, roles, applications."""
        asked = self._asked(organization_id)
        return self.everywhere or any(role.kind == Role.Kind.ADMIN for role in asked)

    def readable(self, resource_type: str) -> list[int]:
        """Return the organizations whose rows of this type may be looked at."""
        return [key for key in self.roles if self.may_read(resource_type, key)]

    @property
    def is_wide(self) -> bool:
        """True if there is more than one organization to tell apart."""
        return self.everywhere or len(self.roles) > 1

    def _asked(self, organization_id: int | None) -> list[Role]:
        if organization_id is None:
            return list(self.roles.values())
        role = self.roles.get(organization_id)
        return [] if role is None else [role]


NOBODY = Access(everywhere=False, roles={})


def allows(role: Role, action: str, resource_type: str) -> bool:
    """Tell whether a role allows `action`: list, retrieve, create, update or destroy."""
    if role.kind == Role.Kind.ADMIN:
        return True
    if role.kind == Role.Kind.READ_ONLY:
        return action in READING
    return action in role.permissions.get(resource_type, ())


def access_of(request: HttpRequest) -> Access:
    """Return what the signed-in user may do; one query per request."""
    access: Access | None = getattr(request, "staff_access", None)
    if access is None:
        access = _access(request)
        request.staff_access = access  # type: ignore[attr-defined]
    return access


def _access(request: HttpRequest) -> Access:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return NOBODY
    if user.is_superuser:
        return Access(everywhere=True, roles={})
    memberships = Membership.objects.filter(user=user).select_related("role")
    return Access(False, {one.organization_id: one.role for one in memberships})
