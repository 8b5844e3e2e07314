"""What pages for people need of a request, and the API does not: its requests pass by."""

from __future__ import annotations

from collections.abc import Awaitable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin


class PassedBy(MiddlewareMixin):
    """Mixed into a middleware, keeps it away from requests below /api, which have no cookies."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if request.path_info.startswith("/api/"):
            return self.get_response(request)
        return super().__call__(request)


class Sessions(PassedBy, SessionMiddleware):
    """Who is signed in to the admin."""


class Csrf(PassedBy, CsrfViewMiddleware):
    """Forms are sent from our own pages."""


class Users(PassedBy, AuthenticationMiddleware):
    """`request.user` of the session."""


class Messages(PassedBy, MessageMiddleware):
    """What the admin tells its user next."""


class Frames(PassedBy, XFrameOptionsMiddleware):
    """Pages are shown in no frame."""
