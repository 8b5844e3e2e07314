"""python -m benchmarks: see --help, and benchmarks/README.md for what the figures mean."""

from __future__ import annotations

import asyncio
import os
import sys

from django.core.exceptions import ImproperlyConfigured

from benchmarks.compare import NotEqual
from benchmarks.databases import Databases, base_environment
from benchmarks.runner import Run
from benchmarks.scenarios import KEYS
from benchmarks.settings import HOME, HOST, Settings, read
from config.supervisor import orphans
from config.supervisor.console import say
from config.supervisor.credentials import secret_key
from config.supervisor.errors import AlreadyRunning, StartFailed
from config.supervisor.folders import make_data_dir
from config.supervisor.lock import sole_user_of
from config.supervisor.options import WORKERS_PER_PROCESSOR, Options, processors
from config.supervisor.servers import Servers
from config.supervisor.supervisor import until_told_to_stop

FAILED, INTERRUPTED = 1, 130


def main() -> int:
    settings = read(KEYS)
    # Servers of our own, whatever the environment names: figures have to be comparable.
    options = Options(
        host=HOST,
        port=8000,
        web_workers=WORKERS_PER_PROCESSOR * processors(),
        data_dir=HOME,
        database_url="",
        redis_url="",
    )
    os.umask(0o077)
    try:
        make_data_dir(HOME)
        with sole_user_of(HOME) as lock:
            orphans.stop_orphans(HOME)
            finished = asyncio.run(run(settings, options))
            lock.stopping()
    except (ImproperlyConfigured, StartFailed, AlreadyRunning, NotEqual) as error:
        say(f"\n{error}")
        return FAILED
    return 0 if finished else INTERRUPTED


async def run(settings: Settings, options: Options) -> bool:
    """Start PostgreSQL and Redis, measure, stop everything; False if told to stop before."""
    servers = Servers.of(options)
    assert servers.postgres  # noqa: S101
    environment = base_environment(
        DATA_DIR=str(HOME),
        SECRET_KEY=secret_key(HOME),
        REDIS_URL=servers.urls["REDIS_URL"],
        **{orphans.MARK: str(HOME)},
    )
    try:
        await servers.start()
        postmaster = servers.children[0].process
        assert postmaster  # noqa: S101
        databases = Databases(servers.postgres, postmaster.pid, environment)
        job = Run(settings, options, databases)
        await until_told_to_stop(job.go)
        return job.finished
    finally:
        await servers.stop()


if __name__ == "__main__":
    sys.exit(main())
