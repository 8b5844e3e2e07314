"""A worker that makes the order of every due subscription, says so, and never gets to commit."""

import sys

import django

django.setup()

from django.db.models.signals import post_save  # noqa: E402

from orders import services  # noqa: E402
from orders.models import RecurringOrderCopy  # noqa: E402


def hang(**facts):
    print("made", flush=True)  # noqa: T201
    sys.stdin.read()


post_save.connect(hang, sender=RecurringOrderCopy)
services.renew_due()
