"""Fixtures of every test."""

import os

from django.conf import settings

from config import env
from config.celery import app

pytest_plugins = ["tests.cast", "tests.processes"]


def pytest_configure():
    """Give each process of a parallel run a Redis database, as it has a PostgreSQL one."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    server = settings.REDIS_URL.partition("?")[0]
    if server.startswith("unix:"):
        settings.REDIS_URL = f"{server}?db={number}"
    else:
        settings.REDIS_URL = f"{'/'.join(server.split('/')[:3])}/{number}"
    settings.CELERY_BROKER_URL = app.conf.broker_url = env.broker(settings.REDIS_URL)
    os.environ["REDIS_URL"] = settings.REDIS_URL
    # All tests ask from one address.
    settings.OAUTH_TOKEN_RATE = 0
    # It would look at every static file again for each client of a test.
    settings.WHITENOISE_USE_FINDERS = False


def pytest_terminal_summary(terminalreporter):
    """Print what tests have counted."""
    for report in terminalreporter.getreports("passed"):
        for name, count in report.user_properties:
            terminalreporter.write_line(f"{name}: {count}")
