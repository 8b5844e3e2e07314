"""What the supervisor is told by the environment, checked before anything starts."""

import errno
import os
import runpy
import socket
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parent.parent.parent

WORKERS_PER_PROCESSOR = 2
"""Web processes: while one waits for PostgreSQL, another has something to do."""

MOST_WORKERS = 16
"""Web processes that are started unasked: each keeps a connection to PostgreSQL."""

EXAMPLES = {"DATABASE_URL": "postgresql://localhost/clientele", "REDIS_URL": "redis://localhost"}


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where to listen, where to keep data, and which servers are somebody else's."""

    host: str
    port: int
    web_workers: int
    data_dir: Path
    database_url: str
    """Empty: run the embedded PostgreSQL."""
    redis_url: str
    """Empty: run the embedded Redis."""

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def local_url(self) -> str:
        """The same, as this machine reaches it."""
        return self.url.replace("//0.0.0.0", "//127.0.0.1").replace("[::]", "[::1]")


def read_options() -> Options:
    """Return the checked environment. Raises ImproperlyConfigured with one line to fix it."""
    options = Options(
        host=env.text("HOST", "127.0.0.1"),
        port=env.integer("PORT", 8000, low=1, high=65535),
        web_workers=env.integer("WEB_WORKERS", default_workers(), low=1, high=256),
        data_dir=env.folder("DATA_DIR", ROOT / ".local"),
        database_url=env.text("DATABASE_URL", ""),
        redis_url=env.text("REDIS_URL", ""),
    )
    if options.database_url:
        env.database("DATABASE_URL")
    if options.redis_url:
        env.redis("REDIS_URL")
    return options


def default_workers() -> int:
    """Return how many web processes are started unasked."""
    return min(WORKERS_PER_PROCESSOR * processors(), MOST_WORKERS)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def check_settings() -> None:
    """Evaluate the settings as the children will. Raises ImproperlyConfigured.

    Servers that are yet to be started have no address; an example stands in for it.
    """
    for name, example in EXAMPLES.items():
        os.environ[name] = os.environ.get(name) or example
    runpy.run_path(str(ROOT / "config" / "settings.py"))


def check_port(options: Options) -> None:
    """Raise ImproperlyConfigured unless the web server can listen where it is told to."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except PermissionError:
            raise ImproperlyConfigured(
                f"PORT={options.port}: needs root; choose one above 1023"
            ) from None
        except socket.gaierror:
            raise ImproperlyConfigured(
                f"HOST={options.host}: is no address; write one of this machine's, or 0.0.0.0"
            ) from None
        except OSError as error:
            raise ImproperlyConfigured(unusable(options, error)) from None


def unusable(options: Options, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT={options.port}: another program listens there; choose another PORT"
    return f"HOST={options.host}: {error.strerror}; write an address of this machine"
