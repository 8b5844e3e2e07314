from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from oauth import keys


class Command(BaseCommand):
    help = (
        "Make a new key for signing access tokens. It is published in /.well-known/jwks.json"
        " at once and signs after 30 seconds; the key before it goes on verifying, and keys that"
        " were replaced more than 15 days ago (the longest life of a token) are retired."
        " Nobody is signed out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="Retire every other key now: all tokens become invalid within 10 seconds,"
            " everybody has to sign in again.",
        )

    def handle(self, *args: Any, compromised: bool, **options: Any) -> None:
        key = keys.rotate(at_once=compromised)
        self.stdout.write(f"new key {key.kid}")
