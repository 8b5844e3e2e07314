"""A customer signs in (RFC 6749 section 4.3)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError

from customers.models import Customer
from oauth.grants.base import Issuing

LONGEST_PASSWORD = 1024  # characters


class PasswordGrant(Issuing, grants.ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]
    """Answers an unknown address and a wrong password alike, also in time."""

    def authenticate_user(self, username: str, password: str) -> Customer:
        customer: Customer | None = Customer.objects.by_email(
            self.client.environment_id, username
        ).first()
        # Nobody's password is as slow to check as somebody's.
        is_right = (customer or Customer()).check_password(password[:LONGEST_PASSWORD])
        if customer is None or not is_right or len(password) > LONGEST_PASSWORD:
            raise InvalidGrantError  # Authlib's own choice would be invalid_request
        return customer

    def create_token_response(self) -> tuple[int, dict[str, Any], list[Any]]:
        customer = self.request.user
        return self.issue(self.scope_for(customer), refreshable=True, owner=customer)
