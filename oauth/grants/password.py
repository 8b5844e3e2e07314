"""A customer signs in (RFC 6749 section 4.3)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError

from customers.models import Customer
from oauth.errors import TooManyAttemptsError
from oauth.grants.base import Issuing
from oauth.signing_in import LockedOut, WrongCredentials, sign_in


class PasswordGrant(Issuing, grants.ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]
    """Answers an unknown address and a wrong password alike, also in time."""

    def authenticate_user(self, username: str, password: str) -> Customer:
        try:
            return sign_in(
                environment_id=self.client.environment_id,
                email=username,
                password=password,
                address=self.request.address,
            )
        except WrongCredentials:
            raise InvalidGrantError from None  # Authlib's own choice would be invalid_request
        except LockedOut as refusal:
            raise TooManyAttemptsError(refusal.wait) from None

    def create_token_response(self) -> tuple[int, dict[str, Any], list[Any]]:
        customer = self.request.user
        return self.issue(self.scope_for(customer), refreshable=True, owner=customer)
