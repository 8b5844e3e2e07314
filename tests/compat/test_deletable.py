"""The doors can be taken away: the rest neither needs nor notices them."""

import os
import subprocess
import sys

from tests.docs.pages import ROOT

WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "compat" or name.startswith("compat."):
            raise ModuleNotFoundError(name)

import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "compat" else found(name, *rest)
sys.meta_path.insert(0, Missing())

import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("check")
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
client = Client(raise_request_exception=False)
print(client.get("/customers").status_code, client.get("/api/customers").status_code)
"""


def answers(script):
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_without_the_package_only_its_doors_are_closed():
    assert answers(WITHOUT) == "404 401"


def test_with_it_they_are_open(client):
    assert client.get("/customers").status_code == 401
