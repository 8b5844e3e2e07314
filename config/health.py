"""For load balancers and the supervisor: does this process live, and can it work?"""

import time
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Greatest, Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from activity.backlog import lag as delivery_lag
from anonymization.models import AnonymizationRequest

TIMEOUT = 1.0
"""Seconds that Redis may take to answer."""

PATIENCE, POLL = timedelta(seconds=60), 0.05
"""How long to wait for migrations, and seconds between two looks."""


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is looked at: a restart would not mend it."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when requests can be answered, 503 when not; without Redis they still can."""
    try:
        report = readiness()
    except Error:
        connection.close()
        report = {"status": "unavailable", "database": "unreachable"}
    return JsonResponse(report, status=503 if report["status"] == "unavailable" else 200)


def readiness() -> dict[str, Any]:
    """The state of everything that is needed. Raises django.db.Error."""
    if missing := missing_migrations():
        return {"status": "unavailable", "database": "ok", "missing_migrations": missing}
    redis_answers = ping()
    return {
        "status": "ready" if redis_answers else "degraded",
        "database": "ok",
        "missing_migrations": 0,
        "redis": "ok" if redis_answers else "unreachable",
        "sweeper_lag_seconds": sweeper_lag(),
        "delivery_lag_seconds": delivery_lag(),
    }


def missing_migrations() -> int:
    """How many migrations the database lacks. Raises django.db.Error."""
    return len(known_migrations() - set(MigrationRecorder(connection).applied_migrations()))


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """App and name of every migration in the code."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


def wait_for_migrations() -> None:
    """Let the server load while the database is migrated, but serve from the result only.

    Gives up after PATIENCE, and at once without a database: then /readyz says what is wrong.
    """
    deadline = time.monotonic() + PATIENCE.total_seconds()
    with suppress(Error):
        while missing_migrations() and time.monotonic() < deadline:
            time.sleep(POLL)
    connection.close()


def ping() -> bool:
    try:
        return bool(redis_client().ping())
    except redis.RedisError:
        return False


@cache
def redis_client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )


def sweeper_lag() -> float:
    """Seconds that the oldest due anonymization has been waiting for a worker."""
    late = Now() - Greatest("not_before", "lease_until")
    waiting = AnonymizationRequest.objects.due().values_list(late, flat=True)
    oldest: timedelta | None = waiting.first()
    return oldest.total_seconds() if oldest else 0.0
