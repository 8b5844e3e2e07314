"""Tokens of customers who sign in at a storefront's door, where no client shows itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customers.models import Customer
from oauth import services
from oauth.models import LONGEST_LIFETIME, Application, Kind
from oauth.scopes import resolve
from oauth.tokens import Grant

# The public id of each environment's own application for them.
UID = "storefront"


def application_of(environment_id: int) -> Application:
    """Return the application that the storefront's tokens are issued to; made when needed."""
    application, _ = Application.objects.select_related("environment__organization").get_or_create(
        environment_id=environment_id,
        uid=UID,
        defaults={
            "name": "Storefront (plain JSON)",
            "kind": Kind.SALES_CHANNEL,
            "access_token_lifetime": LONGEST_LIFETIME,
        },
    )
    found: Application = application
    return found


def issue_token(customer: Customer, *, after: Mapping[str, Any] | None = None) -> str:
    """Return an access token of a customer, as good for `/api` as any other.

    `after` are the claims of the token that it follows: signing out ends both. Raises
    InvalidGrantError if the customer has changed since they were read.
    """
    application = application_of(customer.environment_id)
    grant = Grant(
        application=application,
        scope=resolve(None, application=application, owner=customer),
        confidential=False,
        owner=customer,
        family=(after or {}).get("family"),
    )
    # With a refresh token that nobody gets: its row is how erasing finds the sign-in.
    reply = services.issue(grant, refreshable=True)
    return str(reply["access_token"])
