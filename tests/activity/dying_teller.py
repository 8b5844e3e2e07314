"""A worker that tells webhooks, and dies with what was answered unwritten."""

import sys

import django

django.setup()

from activity import deliveries  # noqa: E402


def hang(outcomes):
    if outcomes:
        print("sent", flush=True)  # noqa: T201
        sys.stdin.read()


deliveries.record = hang
deliveries.deliver_due()
