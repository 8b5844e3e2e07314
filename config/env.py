"""Typed reads of environment variables: a bad value is one line that names the fix."""

import json
import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

CONNECT_TIMEOUT = "5"
"""Seconds until an unreachable database is an error rather than a wait."""


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


def prefixed(prefix: str) -> dict[str, str]:
    """All variables that start with `prefix`, without it."""
    found = os.environ.items()
    return {name.removeprefix(prefix): value for name, value in found if name.startswith(prefix)}


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()


def secret(name: str, file: Path) -> str:
    """The variable, else what `file` holds, else a value that dies with this process."""
    with suppress(OSError):
        return os.environ.get(name) or file.read_text().strip() or secrets.token_urlsafe(50)
    return secrets.token_urlsafe(50)


def addresses(file: Path) -> None:
    """Let commands run by hand find the servers that `make run` keeps: unset variables only."""
    with suppress(OSError):
        for name, value in json.loads(file.read_text()).items():
            os.environ.setdefault(name, value)


def database(name: str) -> dict[str, object]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?host=/socket`."""
    url = urlsplit(os.environ.get(name, ""))
    port = port_of(url)
    if url.scheme not in ("postgres", "postgresql") or not url.path.strip("/") or port is None:
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
        "PORT": port,
        "OPTIONS": {"connect_timeout": CONNECT_TIMEOUT, **query},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def redis(name: str) -> str:
    """The address as redis-py writes it: a socket is `unix:///path/to/socket`."""
    raw = os.environ.get(name, "")
    url = urlsplit(raw)
    where = {"redis": url.hostname, "rediss": url.hostname, "unix": url.path}
    where["redis+socket"] = url.path
    if not where.get(url.scheme) or port_of(url) is None:
        raise ImproperlyConfigured(
            f"{name}: write redis://host:6379/0 or redis+socket:///path/to/socket,"
            " or leave it unset and start with `make run`"
        )
    return raw.replace("redis+socket://", "unix://", 1).replace("?virtual_host=", "?db=", 1)


def broker(redis_url: str) -> str:
    """The same address as kombu writes it."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def port_of(url: SplitResult) -> str | None:
    """The port, "" when there is none, None when it is no port at all."""
    try:
        return str(url.port or "")
    except ValueError:
        return None
