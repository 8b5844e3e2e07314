"""How the API learns who is calling: `Authorization: Bearer <access token>`."""

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from jsonapi.access import Caller
from oauth.callers import caller_of
from oauth.verification import InvalidToken

NOBODY = AnonymousUser()  # a token stands for an application; `request.auth` says for whom


class BearerAuthentication(BaseAuthentication):
    """Sets `request.auth` to the Caller, or refuses: nothing here is open to strangers."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Caller]:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticated
        try:
            return NOBODY, caller_of(token.strip())
        except InvalidToken as error:
            raise AuthenticationFailed from error

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
