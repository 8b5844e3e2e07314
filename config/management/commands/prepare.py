"""Bring the database up to date: the step between starting it and serving from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from config import env
from organizations.models import Organization

LOCK = 0x0C11E27E1E
"""Any number that nobody else uses: starts of several machines at once take turns."""


class Command(BaseCommand):
    help = "Migrate, then seed the demo when there is no organization yet and DEMO is not False."

    def handle(self, **_options: Any) -> None:
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=1)
            if env.boolean("DEMO", default=True) and not Organization.objects.exists():
                call_command("seed")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
