"""The OpenAPI 3.1 document: every door of the project (https://spec.openapis.org/oas/v3.1.1)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import orjson
from django.apps import apps
from django.conf import settings

from openapi import atomic, parameters, paths, responses, schemas
from openapi.values import Json

ABOUT = """\
Customers and commerce over [JSON:API 1.1](https://jsonapi.org/format/1.1/).

Get a token at `/oauth/token`, and send it as `Authorization: Bearer <token>`.
"""


@cache
def document() -> bytes:
    """Return the document as JSON, made once: declarations do not change while a process runs."""
    return orjson.dumps(assembled())


def assembled() -> Json:
    """Return the document. Each app's `described.py` adds PATHS and COMPONENTS of its own."""
    found: Json = {
        "openapi": "3.1.1",
        "info": {"title": "Clientele", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": {**paths.resources(), **atomic.PATHS},
        "components": {
            "schemas": schemas.components(),
            "parameters": parameters.components(),
            "responses": responses.components(),
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }
    for own in _described():
        found["paths"] |= getattr(own, "PATHS", {})
        for kind, members in getattr(own, "COMPONENTS", {}).items():
            found["components"].setdefault(kind, {}).update(members)
    found["paths"] = dict(sorted(found["paths"].items()))
    return found


def _described() -> Iterator[ModuleType]:
    """Yield the descriptions of all apps, and of packages that are doors but no apps."""
    for package in (*(app.name for app in apps.get_app_configs()), *settings.OPENAPI_PACKAGES):
        if find_spec(package) and find_spec(f"{package}.described"):
            yield import_module(f"{package}.described")
