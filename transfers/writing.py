"""What a worker does to one resource: exactly what a POST, PATCH or DELETE would do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from jsonapi import registry, writes
from jsonapi.access import Caller
from jsonapi.creating import Checked
from jsonapi.documents import Document
from jsonapi.errors import Denied, Forbidden, NotFound
from jsonapi.locking import lock
from jsonapi.models import UID
from jsonapi.requests import Request
from jsonapi.views import ResourceViewSet
from jsonapi.writes import Write


@dataclass(frozen=True, slots=True)
class Order:
    """Stands for the request that there is none of."""

    auth: Caller


def view_for(resource_type: str, action: str, caller: Caller) -> ResourceViewSet:
    """Return the viewset of a type. Raises Forbidden or Denied as a request would be."""
    view = registry.view_of(resource_type)
    if view is None or action not in view.actions_allowed:
        raise Forbidden
    if not caller.may(action, resource_type):
        raise Denied
    return view()


def create(resource_type: str, document: Document, caller: Caller) -> Any:
    """Create a resource; inside a transaction. Raises ApiError, or what the database raises."""
    view = view_for(resource_type, "create", caller)
    return Write(view, _order(caller), document).create()[0]


def update(resource_type: str, document: Document, caller: Caller) -> Any:
    """Change a resource and pull its triggers; inside a transaction. Raises ApiError."""
    view = view_for(resource_type, "update", caller)
    uid = _valid(document.uid)
    view.before_lock(caller, uid)
    return Write(view, _order(caller), document).update(*lock(type(view), caller, uid))[0]


def destroy(resource_type: str, uid: str, caller: Caller) -> None:
    """Delete a resource; inside a transaction. Raises ApiError."""
    view = view_for(resource_type, "destroy", caller)
    view.before_lock(caller, _valid(uid))
    instance, _ = lock(type(view), caller, uid)
    writes.destroy(view, instance, _order(caller))


def checked(resource_type: str, document: Document, caller: Caller) -> Checked:
    """Return a plain resource, checked but not stored yet. Raises ApiError."""
    write = Write(view_for(resource_type, "create", caller), _order(caller), document)
    return write, write.checked()


def known(resource_type: str, uids: Collection[str], caller: Caller) -> set[str]:
    """Return which of these public ids are those of resources for `caller`."""
    view = registry.view_of(resource_type)
    if view is None or not uids:
        return set()
    return set(view.rows_for(caller).filter(uid__in=uids).values_list("uid", flat=True))


def _order(caller: Caller) -> Request:
    return cast(Request, Order(caller))


def _valid(uid: str | None) -> str:
    if uid is None or not UID.match(uid):
        raise NotFound
    return uid
