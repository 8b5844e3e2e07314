"""How the API learns who is calling: `Authorization: Bearer <access token>` (RFC 6750, 2.1)."""

from jsonapi import errors
from jsonapi.access import Caller
from oauth.callers import caller_of
from oauth.verification import InvalidToken, bearer


def identify(authorization: str) -> Caller:
    """Return whom the header's access token stands for. Raises the API's InvalidToken."""
    token = bearer(authorization)
    if token is None:
        raise errors.InvalidToken
    try:
        return caller_of(token)
    except InvalidToken as error:
        raise errors.InvalidToken from error
