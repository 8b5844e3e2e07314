"""Node and the official clients: whether they can be used here, and how."""

import hashlib
import json
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


def install(folder=HERE):
    """Install what a folder's package-lock.json lists, unless it is there already."""
    stamp = folder / "node_modules" / "package-lock.sha256"
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    done = run(["npm", "ci", "--ignore-scripts", "--prefer-offline"], INSTALL_WITHIN, folder)
    assert done.returncode == 0, f"npm could not install the clients:\n{done.stdout}"
    stamp.write_text(digest)


def run_script(script, credentials, calls=""):
    """Run one script of tests; return its exit code and what it printed.

    `calls` is a file that gets a line for each answer: type, method, "ok" or the status.
    """
    # The condition picks the builds of WarpDrive that need no bundler.
    command = ["node", "--conditions=unpkg", "--test", "--test-reporter=spec", str(script)]
    return run(
        command,
        RUN_WITHIN,
        script.parent,
        CLIENTELE_CREDENTIALS=str(credentials),
        CLIENTELE_CALLS=str(calls),
    )


def methods():
    """Return the methods of the SDK that send a request, by type of resource."""
    return json.loads(run(["node", "methods.mjs"], RUN_WITHIN).stdout)


def run(command, seconds, folder=HERE, **environment):
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
