"""From an access token to the Caller that the engine asks for permission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonapi.access import Caller, Permissions
from oauth.standing import standings
from oauth.verification import InvalidToken, Verified, verify_access


def caller_of(token: str) -> Caller:
    """Return who is calling. Raises InvalidToken.

    For a token seen before that takes some microseconds and no query, apart from rereading
    revocations twice and permissions once a second.
    """
    return describe(verify_access(token))


def describe(verified: Verified) -> Caller:
    """Return whom a verified access token stands for. Raises InvalidToken if they are gone."""
    permissions = standings.permissions(verified.asker)
    if permissions is None:
        raise InvalidToken
    caller = verified.caller
    if caller is None or caller.permissions is not permissions:
        caller = verified.caller = _caller(verified, permissions)
    return caller


def _caller(verified: Verified, permissions: Permissions) -> Caller:
    claims, (owner_type, owner_id) = verified.claims, verified.owner
    organization, application = claims["organization"], claims["application"]
    return Caller(
        environment_id=verified.environment_id,
        organization_id=organization["id"],
        organization_slug=organization["slug"],
        mode="test" if claims["test"] else "live",
        kind=application["kind"],
        application_id=application["id"],
        permissions=permissions,
        owner_type=owner_type,
        owner_id=owner_id,
        market_ids=_ids(claims, "market"),
        store_ids=_ids(claims, "store"),
        claims=claims,
    )


def _ids(claims: Mapping[str, Any], member: str) -> tuple[str, ...] | None:
    """Return the public ids that the scope narrows to; None if it does not."""
    return tuple(claims[member]["id"]) or None if member in claims else None
