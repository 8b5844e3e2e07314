"""The OpenAPI 3.1 document: every door of the project (https://spec.openapis.org/oas/v3.1.1)."""

from __future__ import annotations

from functools import cache
from importlib import import_module

import orjson
from django.apps import apps
from django.utils.module_loading import module_has_submodule

from openapi import parameters, paths, responses, schemas
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
        "paths": paths.resources(),
        "components": {
            "schemas": schemas.components(),
            "parameters": parameters.components(),
            "responses": responses.components(),
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "described"):
            own = import_module(f"{app.name}.described")
            found["paths"] |= getattr(own, "PATHS", {})
            for kind, members in getattr(own, "COMPONENTS", {}).items():
                found["components"].setdefault(kind, {}).update(members)
    found["paths"] = dict(sorted(found["paths"].items()))
    return found
