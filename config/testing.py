"""python -m config.testing [pytest arguments]: the tests, on servers that live as long as they."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.supervisor.console import say
from config.supervisor.errors import StartFailed
from config.supervisor.folders import make_passable
from config.supervisor.options import read_options
from config.supervisor.servers import Servers

DEFAULTS = ["-n", "logical", "--dist", "loadfile", "-rs"]
"""On every core, a file at a time; tell why a test was skipped."""


def main() -> int:
    try:
        with temporary_folder() as folder:
            options = replace(read_options(), data_dir=folder)
            return asyncio.run(run(Servers.of(options, durable=False), sys.argv[1:]))
    except (ImproperlyConfigured, StartFailed) as error:
        say(str(error))
        return 2


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that goes, and what root keeps elsewhere for it."""
    folder = Path(tempfile.gettempdir()) / f"clientele-test-{secrets.token_hex(4)}"
    try:
        make_passable(folder)
        yield folder
    finally:
        shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


async def run(servers: Servers, arguments: list[str]) -> int:
    """Start what is needed, run pytest, stop it again; return pytest's exit code."""
    try:
        await servers.start()
        pytest = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", *DEFAULTS, *arguments),
            env={**os.environ, **servers.urls, "DATA_DIR": str(servers.options.data_dir)},
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupt, pytest)
        return await pytest.wait()
    finally:
        await servers.stop()


def interrupt(pytest: asyncio.subprocess.Process) -> None:
    """Pytest then reports what it has so far."""
    pytest.send_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
