"""Node and the official clients: whether they can be used here, and how."""

import hashlib
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST = 20
"""The first major version of Node that the official clients support."""

INSTALL_WITHIN = 120
RUN_WITHIN = 120
"""Seconds."""


@cache
def missing():
    """Why the scripts cannot run here; empty when they can."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"the official clients need Node {OLDEST} or newer with npm: no {program} here"
    version = subprocess.check_output(["node", "--version"], text=True).strip()
    major = re.match(r"v(\d+)\.", version)
    if major is None or int(major[1]) < OLDEST:
        return f"the official clients need Node {OLDEST} or newer: this is {version}"
    return ""


def install():
    """Install what package-lock.json lists, unless it is there already."""
    stamp = HERE / "node_modules" / "package-lock.sha256"
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    npm("ci", "--ignore-scripts", "--prefer-offline")
    stamp.write_text(digest)


def npm(*arguments):
    done = run(["npm", *arguments], INSTALL_WITHIN)
    assert done.returncode == 0, f"npm could not install the official clients:\n{done.stdout}"


def run_script(script, credentials):
    """Run one script of tests; return its exit code and what it printed."""
    command = ["node", "--test", "--test-reporter=spec", str(script)]
    return run(command, RUN_WITHIN, CLIENTELE_CREDENTIALS=str(credentials))


def run(command, seconds, **environment):
    return subprocess.run(
        command,
        cwd=HERE,
        env={**os.environ, "NO_COLOR": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
