"""PATCH, POST and DELETE /api/<type>/<id>/relationships/<relationship>.

Each is the PATCH of the resource that comes to the same: with its permission, its lock, its
validation, and what it tells the apps above.
"""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpResponse

from jsonapi import documents, replies
from jsonapi.access import caller_of
from jsonapi.documents import Document
from jsonapi.errors import ApiError, Denied, Forbidden, NotAllowed, NotFound
from jsonapi.identifiers import RelationshipField, ToManyField, identifiers
from jsonapi.pipeline import transaction
from jsonapi.requests import Request
from jsonapi.schema import Schema
from jsonapi.sql import Row
from jsonapi.writes import Write


class RelationshipWrites:
    """The three actions, for the viewset of a resource."""

    @classmethod
    def declaration(cls) -> Schema:
        """Return the compiled declaration of the resource."""
        raise NotImplementedError

    def _lock(self, request: Request, uid: str) -> tuple[Any, Row]:
        raise NotImplementedError

    def replace_members(self, request: Request, uid: str, related: str) -> HttpResponse:
        """Set or clear a to-one relationship, or all of a to-many one."""
        return self._write(request, uid, related, RelationshipField, _all)

    def add_members(self, request: Request, uid: str, related: str) -> HttpResponse:
        """Add what is not there yet to a to-many relationship."""
        return self._write(request, uid, related, ToManyField, _union)

    def remove_members(self, request: Request, uid: str, related: str) -> HttpResponse:
        """Remove what is there from a to-many relationship."""
        return self._write(request, uid, related, ToManyField, _difference)

    def _write(
        self, request: Request, uid: str, name: str, kind: type[RelationshipField], amend: Any
    ) -> HttpResponse:
        for parameter in request.query_params:
            raise NotAllowed(parameter, parameter=parameter)
        sent = documents.primary(request.data)
        if name in self.declaration().claims:
            raise Forbidden
        if name not in self.declaration().relationships:
            raise NotFound
        try:
            with transaction():
                instance, row = self._lock(request, uid)
                self._check_writable(request, name, kind)
                self._change(request, instance, row, name, amend(self, instance, name, sent))
        except ApiError as error:
            raise error.moved(f"/data/relationships/{name}", "/data") from error
        return replies.nothing()

    def _check_writable(self, request: Request, name: str, kind: type[RelationshipField]) -> None:
        """Raise Forbidden for what nobody may do to a relationship, Denied for this caller."""
        schema = self.declaration()
        field, meta = schema.fields[name], schema.serializer.Meta
        if not isinstance(field, kind) or field.read_only:
            raise Forbidden
        if name in getattr(meta, "create_only_fields", ()):
            raise Forbidden
        if name in getattr(meta, "trusted_fields", ()) and not caller_of(request).is_trusted:
            raise Denied

    def _change(self, request: Request, instance: Any, row: Row, name: str, data: Any) -> None:
        if data is not ...:
            document = Document(instance.uid, {}, {name: data})
            Write(cast(Any, self), request, document).update(instance, row)


# What is written: `data` of the PATCH of the resource, or ... when that changes nothing.


def _all(view: RelationshipWrites, instance: Any, name: str, sent: Any) -> Any:
    return sent


def _union(view: RelationshipWrites, instance: Any, name: str, sent: Any) -> Any:
    members = _members(view, instance, name)
    added = [one for one in identifiers(sent, name) if one not in members]
    return _data([*members, *added]) if added else ...


def _difference(view: RelationshipWrites, instance: Any, name: str, sent: Any) -> Any:
    members = _members(view, instance, name)
    removed = identifiers(sent, name)
    left = [one for one in members if one not in removed]
    return _data(left) if left != members else ...


def _members(view: RelationshipWrites, instance: Any, name: str) -> list[tuple[str, str]]:
    """Return the types and ids at the other end; the resource is locked, so they stay."""
    schema = view.declaration()
    target = schema.target(name)
    if target is None:
        raise Forbidden
    rows = target.model._default_manager.filter(schema.relationships[name].of(instance))
    return [(target.type, uid) for uid in rows.order_by("pk").values_list("uid", flat=True)]


def _data(members: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"type": resource_type, "id": uid} for resource_type, uid in members]
