"""A back end that shows its secret with each request instead of getting a token for it."""

from __future__ import annotations

from jsonapi.access import Caller
from oauth.callers import caller_of
from oauth.models import Application, Kind, digest
from oauth.standing import Asker, standings
from oauth.verification import InvalidToken

LONGEST_SECRET = 256  # characters; a longer one is a token


def caller_of_key(key: str) -> Caller:
    """Return whose secret, or access token, `key` is: a trusted application.

    A secret is looked up each time, so a new one works, and the old one fails, at once. Raises
    InvalidToken, for tokens of storefronts and shoppers too.
    """
    caller = _caller_of_secret(key) if len(key) <= LONGEST_SECRET else caller_of(key)
    if not caller.is_trusted:
        raise InvalidToken
    return caller


def _caller_of_secret(secret: str) -> Caller:
    rows = Application.objects.select_related("environment__organization")
    found = rows.filter(secret_hash=digest(secret), kind=Kind.INTEGRATION).first()
    if found is None:
        raise InvalidToken
    environment = found.environment
    permissions = standings.permissions(Asker(environment.pk, found.uid, None, None))
    if permissions is None:
        raise InvalidToken
    return Caller(
        environment_id=environment.pk,
        organization_id=environment.organization.uid,
        organization_slug=environment.organization.slug,
        mode=environment.mode,
        kind=found.kind,
        application_id=found.uid,
        permissions=permissions,
    )
