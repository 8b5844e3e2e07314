"""Processes of an earlier supervisor that was killed before it could stop them."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "CLIENTELE_SUPERVISED"
"""The variable that names the data folder to every child and grandchild."""

SERVERS = {"postgres", "redis-server"}
"""These overwrite their environment; they are known by the folder they work in."""

GRACE = 3.0
"""Seconds that an orphan gets to put its things in order."""


def stop_orphans(data_dir: Path) -> int:
    """Stop whatever still works on `data_dir`, and return how many processes that were."""
    orphans = list(of(data_dir))
    for process in orphans:
        ask_to_stop(process)
    _, stubborn = psutil.wait_procs(orphans, timeout=GRACE)
    for process in stubborn:
        tell(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=GRACE)
    return len(orphans)


def of(data_dir: Path) -> Iterator[psutil.Process]:
    homes = {(data_dir / name).resolve() for name in ("postgres", "redis")}
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(data_dir) or (
                process.name() in SERVERS
                and homes & {*Path(process.cwd()).parents, Path(process.cwd())}
            ):
                yield process
        except (psutil.Error, OSError):
            continue  # somebody else's, or gone


def ask_to_stop(process: psutil.Process) -> None:
    """Let a process end in its own way; one that has just gone is no longer asked."""
    with suppress(psutil.NoSuchProcess):
        tell(process, signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)


def tell(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
