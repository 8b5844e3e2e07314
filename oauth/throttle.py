"""How often one address, or one key, may ask. Without Redis, as often as it likes."""

from __future__ import annotations

import logging
import time
from functools import cache

import redis
from django.conf import settings
from django.http import HttpRequest

WINDOW = 60  # seconds
PATIENCE = 0.2  # seconds to wait for Redis

logger = logging.getLogger(__name__)


def seconds_to_wait(request: HttpRequest) -> int:
    """Count a request; return 0, or how long its address has to wait.

    The setting OAUTH_TOKEN_RATE is the number of requests per minute and address, 0 for any.
    Counting is atomic: parallel requests cannot slip through together.
    """
    rate: int = getattr(settings, "OAUTH_TOKEN_RATE", 0)
    return wait_for(f"oauth:token:{address_of(request)}", rate)


def wait_for(who: str, rate: int) -> int:
    """Count a request of `who`, at most `rate` a minute; return how many seconds to wait."""
    if rate == 0:
        return 0
    minute, passed = divmod(int(time.time()), WINDOW)
    try:
        count = _count(f"{who}:{minute}")
    except redis.RedisError as error:
        logger.warning("requests are not counted: %s", type(error).__name__)
        return 0
    return WINDOW - passed if count > rate else 0


def address_of(request: HttpRequest) -> str:
    """Return who asks; behind a proxy, whom the proxy says it saw."""
    seen = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _count(key: str) -> int:
    with _client().pipeline(transaction=True) as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, WINDOW)
        count: int = pipeline.execute()[0]
    return count


@cache
def _client() -> redis.Redis:
    url = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)  # as Celery spells it
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
