"""Issuing tokens and taking them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.models import Customer
from jsonapi.models import new_uid
from oauth import subjects, tokens
from oauth.models import (
    LONGEST_LIFETIME,
    REFRESH_LIFETIME,
    Application,
    AuthorizationCode,
    IdempotencyKey,
    RefreshToken,
    Revocation,
    SignInCount,
)
from oauth.owners import lock_owner
from oauth.revocations import revoke
from oauth.tokens import Grant
from organizations.models import User


@transaction.atomic
def issue(grant: Grant, *, refreshable: bool, refresh_scope: str | None = None) -> dict[str, Any]:
    """Return the token endpoint's reply, `expires_in` and `created_at` in seconds.

    A refresh token remembers `refresh_scope` where the grant's own scope is narrower. Raises
    InvalidGrantError if the owner has changed since it was authenticated.
    """
    if grant.owner is not None:
        lock_owner(grant.application, grant.owner)
    if refreshable and grant.family is None:
        grant = replace(grant, family=new_uid())
    token, claims = tokens.sign_access(grant)
    reply = {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": claims["exp"] - claims["iat"],
        "scope": grant.scope.text,
        "created_at": claims["iat"],
    }
    if refreshable:
        reply["refresh_token"] = _remember(grant, refresh_scope or grant.scope.text)
    if grant.owner is not None:
        reply["owner_id"] = grant.owner.uid
        reply["owner_type"] = type(grant.owner).__name__.lower()
    return reply


def _remember(grant: Grant, scope: str) -> str:
    token, claims = tokens.sign_refresh(grant)
    RefreshToken.objects.create(
        jti=claims["jti"],
        family=claims["family"],
        environment_id=grant.application.environment_id,
        application=grant.application,
        customer=grant.owner if isinstance(grant.owner, Customer) else None,
        user=grant.owner if isinstance(grant.owner, User) else None,
        scope=scope,
        custom_claim=grant.custom_claim,
        expires_at=timezone.now() + REFRESH_LIFETIME,
    )
    return token


@transaction.atomic
def revoke_owner(environment_id: int, owner_type: str, owner_id: str) -> None:
    """Refuse every token of a Customer or User: after a new password, or for good.

    Call it in the transaction that changes the owner, once the owner's row is locked.
    """
    rows = RefreshToken.objects.filter(environment_id=environment_id)
    owned = {"customer__uid": owner_id} if owner_type == "Customer" else {"user__uid": owner_id}
    rows.filter(**owned).delete()
    # Only now is the time taken: a refresh that was under way has let go of its row.
    revoke(subjects.owner(environment_id, owner_type, owner_id))


@transaction.atomic
def revoke_application(application: Application) -> None:
    """Refuse every token of an application, e.g. because its secret leaked."""
    RefreshToken.objects.filter(application=application).delete()
    revoke(subjects.application(application.environment_id, application.uid))


@transaction.atomic
def revoke_families(families: Iterable[str]) -> None:
    """Refuse every token of some sign-ins, refreshed ones included."""
    for family in sorted(set(families)):
        RefreshToken.objects.filter(family=family).delete()
        revoke(subjects.family(family))


@transaction.atomic
def revoke_claims(claims: Mapping[str, Any]) -> None:
    """Refuse one token; with it goes the sign-in that it came from."""
    if "family" in claims:
        revoke_families([claims["family"]])
    else:
        left = timedelta(seconds=claims["exp"]) - timedelta(seconds=timezone.now().timestamp())
        revoke(subjects.token(claims["jti"]), good_for=left)


def purge() -> int:
    """Delete what has expired, and return how many rows that were. Safe to repeat.

    Rows of refresh tokens stay as long as an access token that came with them may live.
    """
    outlived = timezone.now() - LONGEST_LIFETIME
    doomed = [
        AuthorizationCode.objects.filter(expires_at__lte=outlived),
        RefreshToken.objects.expired().filter(created_at__lte=outlived),
        Revocation.objects.expired(),
        SignInCount.objects.filter(ends_at__lte=timezone.now()),
        IdempotencyKey.objects.expired(),
    ]
    return sum(rows.delete()[0] for rows in doomed)
