"""Who is calling, and what they were granted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonapi.requests import Request

Permissions = Mapping[str, frozenset[str]]  # resource type -> actions


@dataclass(frozen=True, slots=True)
class Caller:
    """Who an access token says is calling: an application, for an owner or for nobody.

    Ids are public ids except `environment_id`, the primary key of the tenant's environment.
    `market_ids` is None when no scope narrows the caller to certain markets.
    """

    environment_id: int
    organization_id: str
    organization_slug: str
    mode: str
    kind: str
    application_id: str
    permissions: Permissions
    owner_type: str | None = None
    owner_id: str | None = None
    market_ids: tuple[str, ...] | None = None
    store_ids: tuple[str, ...] | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_trusted(self) -> bool:
        """False for public clients, which anybody can impersonate, and for shoppers."""
        return self.kind != "sales_channel" and self.owner_type in (None, "User")

    def owner(self, owner_type: str) -> str | None:
        """Return the owner's public id if the token belongs to an `owner_type`."""
        return self.owner_id if self.owner_type == owner_type else None

    @property
    def meta(self) -> dict[str, str]:
        """The `meta` of every resource object that the caller gets to see."""
        return {"mode": self.mode, "organization_id": self.organization_id}

    def may(self, action: str, resource_type: str) -> bool:
        """Actions: list, retrieve, create, update, destroy."""
        return action in self.permissions.get(resource_type, frozenset())


# From the value of an `Authorization` header to who is calling. Raises InvalidToken.
Identify = Callable[[str], Caller]

_known_by: list[Identify] = []


def use(identify: Identify) -> None:
    """Have callers told by `identify` from now on."""
    _known_by[:] = [identify]


def identify(authorization: str) -> Caller:
    """Return who is calling: nothing here is open to strangers. Raises InvalidToken."""
    return _known_by[0](authorization)


def caller_of(request: Request) -> Caller:
    """Return who the request's token says is calling; its endpoint has seen to that."""
    caller = request.auth
    assert isinstance(caller, Caller)  # noqa: S101
    return caller
