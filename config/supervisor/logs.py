"""The children's log files: appended to, and kept from growing for ever."""

import shutil
from pathlib import Path

LIMIT = 10_000_000
"""Bytes after which a log becomes `<name>.log.1` and starts again."""


def rotate(log: Path) -> None:
    """Put a long log aside. Its writer appends, and goes on writing at the new beginning."""
    if log.exists() and log.stat().st_size > LIMIT:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        with log.open("r+b") as file:
            file.truncate()


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, indented, to be shown when its writer fails."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        text = file.read().decode(errors="replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
