"""A worker that erases everybody who is due, says so, and never gets to commit."""

import sys

import django

django.setup()

from anonymization import services  # noqa: E402
from anonymization.signals import anonymization_changed  # noqa: E402


def hang(*, event, **facts):
    if event == "anonymization_completed":
        print("erased", flush=True)  # noqa: T201
        sys.stdin.read()


anonymization_changed.connect(hang)
services.process_due()
