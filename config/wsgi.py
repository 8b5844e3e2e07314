"""The WSGI application: `granian --interface wsgi config.wsgi:application`."""

import ctypes
import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import Any

import django
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.urls import get_resolver

M_ARENA_MAX = -8  # in <malloc.h>

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# What libraries import wherever it is installed, and only test clients and other formats than
# JSON need: 6 MB a worker.
for unused in ("requests", "yaml", "pygments"):
    sys.modules.setdefault(unused, None)  # type: ignore[arg-type]
# simplejwt looks for this signal among the test clients: 2 MB more.
sys.modules.setdefault("django.test.signals", signals)


def put_off(name: str) -> None:
    """Have a module of a package loaded by whoever uses it first."""
    spec = find_spec(name)
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    parent, _, own = name.rpartition(".")
    setattr(import_module(parent), own, module)


# Few workers ever see a picture: 2 MB.
for later in {"PIL.Image", "PIL.ImageOps"} - sys.modules.keys():
    put_off(later)

# glibc gives each thread memory of its own to allot, and one thread here does all the work: 2 MB.
if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
    mallopt(M_ARENA_MAX, 1)

django.setup(set_prefix=False)
from config.shortway import HEADERS, START, ShortWay  # noqa: E402 - has models
from jsonapi.pipeline import database  # noqa: E402

assert get_resolver().url_patterns  # noqa: S101 - loaded now, not by the first request


class Application(WSGIHandler):
    """Django's handler; what it does around a middleware is left out for the API."""

    def __init__(self) -> None:
        super().__init__()
        self.short = ShortWay(self.get_response)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not environ.get("PATH_INFO", "").startswith(START):
            return super().__call__(environ, start_response)
        request = self.request_class(environ)
        response = self.short.go(request)
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, [*response.items(), *HEADERS.items()])
        if response.streaming:  # the server closes it when it has been sent
            return response
        request.close()
        tidy()
        return (response.content,)


def tidy() -> None:
    """Let go of a connection that has broken; one in a transaction is its owner's."""
    connection = database()
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


application = Application()

# What is loaded now stays: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
