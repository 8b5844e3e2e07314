"""Typed reads of environment variables: a bad value is one line that names the fix."""

import os
from datetime import timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str) -> str:
    return os.environ.get(name) or default


def boolean(name: str, *, default: bool) -> bool:
    raw = os.environ.get(name)
    if not raw:
        return default
    if raw not in ("True", "False"):
        raise ImproperlyConfigured(f"{name}={raw!r}: write True or False")
    return raw == "True"


def integer(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    raw = os.environ.get(name) or str(default)
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise ImproperlyConfigured(f"{name}={raw!r}: write a whole number from {low} to {high}")
    return int(raw)


def seconds(name: str, default: timedelta) -> timedelta:
    return timedelta(seconds=integer(name, int(default.total_seconds())))


def names(name: str, default: str) -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(name: str) -> dict[str, object]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?host=/socket`."""
    raw = os.environ.get(name, "")
    url = urlsplit(raw)
    if url.scheme not in ("postgres", "postgresql") or not url.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name}: write postgresql://user:password@host:5432/name, or leave it unset"
            " and start with `make run`"
        )
    query = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.pop("host", url.hostname or ""),
        "PORT": str(url.port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def redis(name: str) -> str:
    raw = os.environ.get(name, "")
    if urlsplit(raw).scheme not in ("redis", "rediss", "unix", "redis+socket"):
        raise ImproperlyConfigured(
            f"{name}: write redis://host:6379/0 or redis+socket:///path/to/socket,"
            " or leave it unset and start with `make run`"
        )
    return raw
