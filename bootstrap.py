"""Install a lock file into .venv, then run Python from there; needs only Python 3.11.

python3 bootstrap.py requirements.txt -m config.supervisor
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PLACE = VENV / "place"
"""Where .venv was made: its scripts break when the checkout moves."""

TAIL = 15
"""Lines of pip's output to show when it fails."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lock", help="requirements.txt or requirements-dev.txt")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="arguments for .venv/bin/python")
    options = parser.parse_args()
    try:
        with one_at_a_time():
            install(ROOT / options.lock)
    except OSError as error:
        sys.exit(
            f".venv: {error.strerror} ({error.filename}): is this folder writable, is there room?"
        )
    if options.command:
        os.execv(PYTHON, [str(PYTHON), *options.command])


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep two commands from writing to .venv at once."""
    with Path(__file__).open("rb") as itself:
        fcntl.flock(itself, fcntl.LOCK_EX)
        yield


def install(lock: Path) -> None:
    """Make .venv hold what `lock` lists, unless it does already."""
    stamp = VENV / f"{lock.name}.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if usable() and stamp.exists() and stamp.read_text() == digest:
        return
    started = time.monotonic()
    if not usable():
        tell("Making .venv")
        make_venv()
    pip_install(lock)
    stamp.write_text(digest)
    tell(f"Installed {lock.name} into .venv in {time.monotonic() - started:.0f} s")


def usable() -> bool:
    """Whether .venv has a working Python and is where it was made."""
    return os.access(PYTHON, os.X_OK) and (not PLACE.exists() or PLACE.read_text() == str(VENV))


def make_venv() -> None:
    try:
        venv.create(VENV, clear=True, symlinks=True, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit(
            f"{sys.executable} cannot make a virtual environment: install its venv package"
            " (Debian, Ubuntu: apt install python3-venv) or name another Python: make PYTHON=…"
        )
    PLACE.write_text(str(VENV))


def pip_install(lock: Path) -> None:
    """Install `lock`; the hashes in it decide what may be installed, wherever it comes from."""
    total = lock.read_text().count("==")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    pip = subprocess.Popen(
        [*command, *quiet, "-r", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
    )
    output = follow(pip.stdout or [], total)
    if pip.wait():
        sys.exit("\n".join([*output[-TAIL:], f"pip could not install {lock.name}: see above"]))


def follow(lines: Iterable[str], total: int) -> list[str]:
    """Turn pip's output into a few lines of progress, and return all of it."""
    output, found = [], 0
    for line in lines:
        output.append(line.rstrip())
        if line.startswith(("Collecting", "Processing", "Requirement already")):
            found += 1
            if found % 10 == 0 or found == total:
                tell(f"Fetched {found} of {total} packages")
        elif line.startswith("Installing collected"):
            tell("Unpacking them")
    return output


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
