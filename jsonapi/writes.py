"""Writing: what a document may change, and the one order in which a change happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from jsonapi import at_once, claims, messages, signals, sql, triggers
from jsonapi.access import caller_of
from jsonapi.documents import Document
from jsonapi.errors import Denied, NotAllowed
from jsonapi.identifiers import RelationshipField, identifier
from jsonapi.linked import linked, named
from jsonapi.locking import changeable
from jsonapi.plans import Plan, plan_for
from jsonapi.relationships import Mixed, column
from jsonapi.requests import Request
from jsonapi.schema import Schema
from jsonapi.serializers import ResourceSerializer
from jsonapi.sql import Fragment, Row
from jsonapi.statements import versioned

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet

Written = tuple[Any, Row]  # the instance, and its row as the API shows it


class Write:
    """One create or update by `request`, inside the transaction of its view."""

    def __init__(self, view: ResourceViewSet, request: Request, document: Document) -> None:
        self.view = view
        self.request = request
        self.caller = caller_of(request)
        self.document = document
        self.schema: Schema = view.declaration()
        self.triggers = triggers.of(self.schema.type)

    def create_at_once(self) -> Row | None:
        """Insert a row by one statement; None where that takes more. Raises IntegrityError."""
        document = self.document
        if document.uid is not None or document.relationships:
            return None
        return at_once.create(self.schema, document.attributes, self.caller)

    def update_at_once(self, uid: str) -> Row | None:
        """Change a row by one statement; None where that takes more. Raises IntegrityError."""
        if self.document.relationships:
            return None
        rows = changeable(type(self.view), self.caller)
        return at_once.update(self.schema, uid, self.document.attributes, self.caller, rows)

    def create(self) -> Written:
        """Insert a row and tell the apps above. Raises ApiError."""
        self._refuse_triggers()
        ran = self._triggered()
        serializer = self.checked()
        instance = serializer.save(**self.extra())
        row = self._run(ran, instance) or serializer.row or read(self.schema, instance)
        self.tell_of_new(instance, row)
        return instance, row

    def checked(self) -> ResourceSerializer:
        """Return a new row, triggers aside, as its serializer takes it. Raises ApiError."""
        return self._serializer(self._writable(None, {}))

    def extra(self) -> dict[str, Any]:
        """Return what a new row has besides: its place, and its public id if one was chosen."""
        extra: dict[str, Any] = self.schema.model.tenancy(self.caller)  # type: ignore[attr-defined]
        return extra if self.document.uid is None else {**extra, "uid": self.document.uid}

    def tell_of_new(self, instance: Any, row: Row) -> None:
        """Tell the apps above of a row that was stored."""
        after = named(self.schema, self.document.relationships)
        filled = {name: one for name, one in after.items() if one}
        shown = attributes(self.schema, row) | filled
        made = {name: [None, value] for name, value in shown.items() if value is not None}
        drawn = self.document.uid is None
        self._send(signals.resource_created, instance, changes=made, drawn=drawn)

    def update(self, instance: Any, row: Row) -> Written:
        """Change a locked row, run its triggers and tell the apps above. Raises ApiError."""
        before = attributes(self.schema, row)
        data = self._writable(instance, before)
        ran = self._triggered()
        touched = [self.triggers[name].relationship for name in ran]
        before |= linked(self.schema, instance, {*self._named(data), *touched})
        if data:
            serializer = self._serializer(data, instance)
            instance = serializer.save()
            row = serializer.row or read(self.schema, instance)
        row = self._run(ran, instance) or row
        after = self._named(data) | linked(self.schema, instance, touched)
        changed = changes(before, attributes(self.schema, row) | after)
        facts = {"changes": changed, "triggers": list(ran), "locked": True}
        self._send(signals.resource_updated, instance, **facts)
        return instance, row

    def _named(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what relationships that are written lead to afterwards."""
        sent = {name: one for name, one in self.document.relationships.items() if name in data}
        return named(self.schema, sent)

    def _send(self, signal: Any, instance: Any, **facts: Any) -> None:
        signal.send(
            sender=type(instance),
            instance=instance,
            caller=self.caller,
            request=self.request,
            **facts,
        )

    def _serializer(self, data: dict[str, Any], instance: Any = None) -> ResourceSerializer:
        serializer = self.schema.serializer(
            instance, data=data, partial=instance is not None, context={"caller": self.caller}
        )
        if not serializer.is_valid():
            raise messages.refusal(serializer)
        return serializer

    def _refuse_triggers(self) -> None:
        for name in self.document.attributes:
            if name in self.triggers and not self.triggers[name].on_create:
                raise NotAllowed(name, pointer=f"/data/attributes/{name}")

    def _run(self, ran: Mapping[str, Any], instance: Any) -> Row | None:
        """Act; return what that made of the row, None without triggers."""
        for name, value in ran.items():
            self.triggers[name].run(instance, value, self.caller)
        return read(self.schema, instance) if ran else None

    def _triggered(self) -> dict[str, Any]:
        """Return the values of the triggers to run, in their order of registration."""
        sent = self.document.attributes
        read = {name: one.read(sent[name]) for name, one in self.triggers.items() if name in sent}
        return {name: value for name, value in read.items() if value is not None}

    def _writable(self, instance: Any, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the serializer gets: the document without what changes nothing."""
        fields = self.schema.fields
        data = {}
        for name, value in self.document.attributes.items():
            field = fields.get(name)
            if name in self.triggers:
                continue
            if name in self.schema.relationships and self._is_still_empty(name, value, instance):
                continue
            if instance is not None and self._is_claimed(name, value):
                continue
            if field is None or isinstance(field, RelationshipField):
                raise NotAllowed(name, pointer=f"/data/attributes/{name}")
            if instance is not None and _same(before.get(name, ...), value):
                continue
            if self._is_writable(name, field, instance):
                data[name] = value
            else:
                raise NotAllowed(name, pointer=f"/data/attributes/{name}")
        return data | self._writable_relationships(fields, instance)

    def _writable_relationships(self, fields: Any, instance: Any) -> dict[str, Any]:
        data = {}
        for name, value in self.document.relationships.items():
            field = fields.get(name)
            pointer = f"/data/relationships/{name}"
            if not isinstance(field, RelationshipField):
                raise NotAllowed(name, pointer=pointer)
            if self._is_writable(name, field, instance, "relationships"):
                data[name] = value
            elif instance is None or not self._is_linked(name, value, instance):
                raise NotAllowed(name, pointer=pointer)
        return data

    def _is_writable(
        self, name: str, field: Any, instance: Any, member: str = "attributes"
    ) -> bool:
        meta = self.schema.serializer.Meta
        if field.read_only:
            return False
        if instance is not None and name in getattr(meta, "create_only_fields", ()):
            return False
        if name in getattr(meta, "trusted_fields", ()) and not self.caller.is_trusted:
            raise Denied(pointer=f"/data/{member}/{name}")
        return True

    def _is_still_empty(self, name: str, value: Any, instance: Any) -> bool:
        """Tell whether an empty relationship was sent back where the official SDK puts it."""
        return instance is not None and value in (None, []) and self._is_linked(name, [], instance)

    def _is_claimed(self, name: str, value: Any) -> bool:
        """Tell whether what the caller's token said of a row was sent back."""
        if name in self.schema.claims:
            return value in (None, [])
        said = self.caller.claims.get("custom_claim")
        return bool(self.schema.claims) and name == claims.ATTRIBUTE and _same(said, value)

    def _is_linked(self, name: str, value: Any, instance: Any) -> bool:
        """Tell whether a read-only relationship was sent back as it is."""
        relation = self.schema.relationships.get(name)  # None for one that is only written
        kinds = relation.kinds if isinstance(relation, Mixed) else (relation,)
        stored: set[tuple[str, str]] = set()
        for kind in kinds:
            target = self.schema.target(kind.name) if kind else None
            if kind is None or target is None:
                return False
            rows = target.model._default_manager.filter(kind.of(instance))
            stored |= {(target.type, uid) for uid in rows.values_list("uid", flat=True)}
        sent = value if isinstance(value, list) else [] if value is None else [value]
        return {identifier(one, name) for one in sent} == stored


def destroy(view: ResourceViewSet, instance: Any, request: Request) -> None:
    """Delete a locked row, and tell the apps above before. Raises ApiError."""
    instance.validate_delete()
    signals.resource_deleted.send(
        sender=view.model, instance=instance, caller=caller_of(request), request=request
    )
    view.perform_destroy(instance)


def read(schema: Schema, instance: Any) -> Row:
    """Return a row as the API shows it, read from the database."""
    key = Fragment(f" WHERE {column(schema.model, 'id')} = %s", (instance.pk,))
    (row,) = sql.run(Fragment(versioned(_plan(schema).select, schema.model)) + key)
    return row


def attributes(schema: Schema, row: Row) -> dict[str, Any]:
    """Return the attributes of a row that was read."""
    values: dict[str, Any] = orjson.loads(_plan(schema).attributes(row))
    return values


def values(schema: Schema, instance: Any) -> dict[str, Any]:
    """Return the attributes of a row as the API shows them."""
    return attributes(schema, read(schema, instance))


def _plan(schema: Schema) -> Plan:
    """The plan of all attributes; links play no part in a write."""
    return plan_for(schema.type, None, "")


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return `{attribute: [from, to]}` of what differs; what is new comes from null."""
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if not _same(before.get(name), value)
    }


def _same(stored: Any, sent: Any) -> bool:
    """Compare as JSON does, to any depth: 1 is 1.0, but not true."""
    pairs = [(stored, sent)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            pairs += [(one[key], other[key]) for key in one]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pairs += zip(one, other, strict=True)
        elif isinstance(one, bool) != isinstance(other, bool) or one != other:
            return False
    return True
