"""What the supervisor says. Its children write to files, so that this stays readable."""

import sys
import time
from contextlib import suppress

STARTED = time.monotonic()


def say(line: str = "") -> None:
    """Print a line; a terminal that has gone away must not stop the servers."""
    with suppress(OSError, ValueError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def progress(line: str) -> None:
    """Print a line with the seconds since the start."""
    say(f"{time.monotonic() - STARTED:5.1f} s  {line}")
