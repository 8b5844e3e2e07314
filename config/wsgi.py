"""The WSGI application: `granian --interface wsgi config.wsgi:application`."""

import gc
import os
import sys
from typing import Any

from django import db
from django.core import cache, signals
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# What libraries import wherever it is installed, and only test clients and other formats than
# JSON need: 6 MB a worker.
for unused in ("requests", "yaml", "pygments"):
    sys.modules.setdefault(unused, None)  # type: ignore[arg-type]
# simplejwt looks for this signal among the test clients: 2 MB more.
sys.modules.setdefault("django.test.signals", signals)

application = get_wsgi_application()
assert get_resolver().url_patterns  # noqa: S101 - loaded now, not by the first request


def tidy(**_signal: Any) -> None:
    """Let go of a connection that has broken or was left in a transaction."""
    db.connection.close_if_unusable_or_obsolete()


# Django looks after each database and cache that might be configured, before and after a request.
# There is one database, and nothing that closes in the cache.
for before in (db.reset_queries, db.close_old_connections):
    signals.request_started.disconnect(before)
for after in (db.close_old_connections, cache.close_caches):
    signals.request_finished.disconnect(after)
signals.request_finished.connect(tidy)

# What is loaded now stays: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
