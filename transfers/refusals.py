"""What a job's log says of one failure: names of attributes and fixed texts, never a value."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

from jsonapi import registry
from jsonapi.errors import ApiError
from jsonapi.handlers import refusal_for
from jsonapi.views import ResourceViewSet

BASE = "base"
Problems = dict[str, list[str]]


def is_passing(error: Exception) -> bool:
    """Tell whether another attempt may do better: a lock, a restart of the database."""
    return isinstance(error, OperationalError | InterfaceError)


def problems(error: Exception, view: ResourceViewSet) -> Problems:
    """Return what is wrong, by attribute. Raises `error` if another attempt may do better."""
    if is_passing(error):
        raise error
    return told(refusal_for(error, view), view.resource_type)


def told(refusal: ApiError, resource_type: str) -> Problems:
    """Return the titles of a refusal by attribute.

    Details may quote the input, and so may names that the type does not have.
    """
    known = registry.schema_of(resource_type).fields
    found: Problems = {}
    for error in refusal.errors:
        name = error.get("source", {}).get("pointer", "").rpartition("/")[2]
        texts = found.setdefault(name if name in known else BASE, [])
        if error["title"] not in texts:
            texts.append(error["title"])
    return found
