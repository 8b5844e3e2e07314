"""Workers of tests: processes of their own, on the database of the tests."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.db import connection


@pytest.fixture
def start_worker():
    """Start a script as a worker; it is killed when the test is over."""
    workers = []

    def start(script, **environment):
        worker = subprocess.Popen(
            [sys.executable, script],
            env={
                **os.environ,
                "DATABASE_URL": _address(connection.settings_dict),
                "PYTHONPATH": os.pathsep.join([str(project.BASE_DIR), *sys.path]),
                **environment,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def _address(given):
    host = given["HOST"]
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    place = f"?host={host}" if host.startswith("/") else ""
    address = "" if place else f"{host}:{given['PORT']}"
    return f"postgresql://{given['USER']}{password}@{address}/{given['NAME']}{place}"
