import logging
from importlib import import_module

from django.apps import AppConfig

from jsonapi import access, idempotency


class OAuthConfig(AppConfig):
    """Who is calling: applications, grants, tokens and what they allow."""

    name = "oauth"
    verbose_name = "OAuth"

    def ready(self) -> None:
        import_module("oauth.receivers")
        access.use(import_module("oauth.authentication").identify)
        idempotency.use(import_module("oauth.idempotency").Keys())
        # Authlib's debug lines hold tokens and user names.
        logging.getLogger("authlib").setLevel(logging.INFO)
