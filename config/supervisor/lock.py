"""One supervisor per data folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from config.supervisor.errors import AlreadyRunning

PATIENCE = 15.0
"""Seconds to wait for a supervisor that is on its way out."""

STOPPING = "stopping"


class Lock:
    """The hold on a data folder; the kernel lets go of it when its holder dies."""

    def __init__(self, file: TextIOWrapper) -> None:
        self.file = file

    def write(self, state: str = "") -> None:
        self.file.truncate(0)
        self.file.write(f"{os.getpid()} {state}".strip())
        self.file.flush()

    def stopping(self) -> None:
        """Tell a start that comes now that waiting is worth it."""
        self.write(STOPPING)


@contextmanager
def sole_user_of(data_dir: Path) -> Iterator[Lock]:
    """Hold the data folder. Raises AlreadyRunning."""
    with (data_dir / "supervisor.pid").open("a+") as file:
        deadline = time.monotonic() + PATIENCE
        while not taken(file):
            file.seek(0)
            holder, _, state = file.read().partition(" ")
            if state != STOPPING or time.monotonic() > deadline:
                raise AlreadyRunning(
                    f"DATA_DIR={data_dir} is in use by process {holder}:"
                    " stop that one first, or choose another DATA_DIR"
                )
            time.sleep(0.1)
        lock = Lock(file)
        lock.write()
        try:
            yield lock
        finally:
            file.truncate(0)


def taken(file: TextIOWrapper) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
