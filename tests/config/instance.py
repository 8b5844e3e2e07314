"""A whole installation, run as `make run` runs it, in a folder and at a port of its own."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg

from config.supervisor.orphans import MARK
from tests.config.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY", "PORT", "HOST", "MAKELEVEL")


def clean_environment(**more):
    """The environment of somebody who has set nothing."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**inherited, **more}


def supervise(**environment):
    """Run the supervisor to its end and return exit code and output."""
    done = subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Instance:
    """Start it, ask it, kill it."""

    def __init__(self, data_dir):
        self.data_dir = data_dir
        self.port = free_port()
        self.output = data_dir.with_name("output")
        self.process = None

    def start(self):
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=ROOT,
                env=clean_environment(DATA_DIR=str(self.data_dir), PORT=str(self.port)),
                stdout=output,
                stderr=output,
            )
        return self

    def wait_until_it_serves(self):
        """Wait for the web server and for the children that start after it."""
        wait_until(self.is_ready, seconds=120, message=self.output.read_text())
        wait_until(lambda: all(self.child(name) for name in ("celery worker", "beat")))
        return self

    def is_ready(self):
        assert self.process.poll() is None, self.output.read_text()
        try:
            status, report = self.get("/readyz")
        except OSError:
            return None
        return report if status == 200 else None

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())

    def child(self, word):
        """The supervisor's own child whose command contains `word`."""
        for process in psutil.Process(self.process.pid).children():
            try:
                command = " ".join(process.cmdline()).replace("--quiet ", "")
            except psutil.Error:
                continue
            if word in command.replace("-A config.celery ", "") and "leash.py" not in command:
                return process
        return None

    def everything(self):
        """Every process that works on the data folder, whoever its parent is."""
        found = set()
        home = (self.data_dir / "postgres").resolve()
        for process in psutil.process_iter():
            try:
                where = Path(process.cwd())
                marked = process.environ().get(MARK) == str(self.data_dir)
            except (psutil.Error, OSError):
                continue
            if (
                marked
                or self.data_dir in (where, *where.parents)
                or home in (where, *where.parents)
            ):
                found.add(process)
        return found

    def database(self):
        addresses = json.loads((self.data_dir / "addresses.json").read_text())
        return psycopg.connect(addresses["DATABASE_URL"], autocommit=True)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Stop in order; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def remove(self):
        if self.process and self.process.poll() is None:
            self.stop()
        shutil.rmtree((self.data_dir / "postgres").resolve(), ignore_errors=True)
