"""The requests of every resource: one viewset, six actions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpResponse

from jsonapi import conditions, documents, idempotency, mixed, registry, replies, sql
from jsonapi.access import Caller, caller_of
from jsonapi.endpoints import Endpoint
from jsonapi.errors import Denied, Forbidden, NotFound
from jsonapi.idempotency import Made
from jsonapi.locking import lock
from jsonapi.models import UID, ResourceQuerySet
from jsonapi.pipeline import transaction
from jsonapi.query import Query
from jsonapi.relationship_views import RelationshipWrites
from jsonapi.relationships import Mixed, Polymorphic, column
from jsonapi.requests import Request
from jsonapi.schema import Schema
from jsonapi.serializers import ResourceSerializer
from jsonapi.sql import Fragment, Row
from jsonapi.visibility import may_follow, visible
from jsonapi.writes import Write, destroy

EVERY_ACTION = ("list", "retrieve", "create", "update", "destroy")
READ_ONLY = ("list", "retrieve")
# What else a path may do, and the action that has to be granted for it.
PERMISSIONS = {
    "related": "retrieve",
    "relationship": "retrieve",
    "replace_members": "update",
    "add_members": "update",
    "remove_members": "update",
}


class ResourceViewSet(RelationshipWrites, Endpoint):
    """Serves one resource: collection, single, related resources and relationships.

    Subclasses name a serializer, and the actions where not all five are supported.
    """

    serializer_class: ClassVar[type[ResourceSerializer]]
    actions_allowed: ClassVar[Sequence[str]] = EVERY_ACTION
    resource_type: ClassVar[str]
    singleton: ClassVar[str | None] = None
    model: ClassVar[type[Model]]

    @classmethod
    @cache
    def declaration(cls) -> Schema:
        """Return the compiled declaration."""
        return Schema(cls.resource_type, cls.serializer_class)

    @classmethod
    def rows_for(cls, caller: Caller) -> ResourceQuerySet:
        """Return every row of this type that `caller` may know about."""
        rows: ResourceQuerySet = cls.model._default_manager.visible_to(caller)  # type: ignore[attr-defined]
        return rows

    @classmethod
    def scope_for(cls, caller: Caller) -> dict[str, Any] | None:
        """Return the columns that decide visibility, None where `rows_for` takes a query."""
        rows = cls._scoped()
        return None if rows is None else rows.scope(caller)

    @classmethod
    @cache
    def _scoped(cls) -> ResourceQuerySet | None:
        """Return the queryset that knows `scope`, None where it does not decide."""
        rows: ResourceQuerySet = cls.model._default_manager.all()  # type: ignore[assignment]
        view: type = cls
        own = _definer(view, "rows_for") is ResourceViewSet
        decides = _definer(type(rows), "scope") is _definer(type(rows), "visible_to")
        return rows if own and decides else None

    @classmethod
    def changes_what_it_sees(cls, caller: Caller) -> bool:
        """Tell whether `caller` may change every visible row, so that nothing more is asked."""
        rows = type(cls.model._default_manager.all())
        return _definer(rows, "changeable_by") is ResourceQuerySet

    def required_permission(self) -> tuple[str, str]:
        """Return the action and type that the permission table has to grant."""
        action = str(self.action)
        return PERMISSIONS.get(action, action), self.resource_type

    def check_permissions(self, request: Request) -> None:
        """Refuse what nobody may do with 403, what this caller may not do with 401."""
        action, _ = self.required_permission()
        if action not in self.actions_allowed:
            raise Forbidden
        super().check_permissions(request)

    # Reading

    def list(self, request: Request) -> HttpResponse:
        """GET /api/<type>"""
        return replies.collection(type(self), request)

    def retrieve(self, request: Request, uid: str | None = None) -> HttpResponse:
        """GET /api/<type>/<id>"""
        wanted = replies.parse(type(self), request, many=False)
        limits = [visible(type(self), caller_of(request))]
        if uid is not None:
            limits.append(self._is(uid))
        return replies.single(type(self), request, wanted, sql.where(limits))

    def related(self, request: Request, uid: str, related: str) -> HttpResponse:
        """GET /api/<type>/<id>/<relationship>"""
        if mix := self._mixed(related):
            return mixed.related(request, mix, self._parent(request, uid))
        view, condition, many = self._related(request, uid, related)
        caller = caller_of(request)
        if not caller.may("list" if many else "retrieve", view.resource_type):
            raise Denied
        if many:
            return replies.collection(view, request, condition)
        wanted = replies.parse(view, request, many=False)
        where = sql.where([visible(view, caller), condition])
        return replies.single(view, request, wanted, where, or_none=True)

    def relationship(self, request: Request, uid: str, related: str) -> HttpResponse:
        """GET /api/<type>/<id>/relationships/<relationship>"""
        own = f"{replies.base_url(request)}/{self.resource_type}/{uid}"
        links = {"self": f"{own}/relationships/{related}", "related": f"{own}/{related}"}
        schema, caller = self.declaration(), caller_of(request)
        if mix := self._mixed(related):
            return mixed.linkage(request, schema, mix, self._parent(request, uid), links)
        view, condition, many = self._related(request, uid, related)
        if not may_follow(caller, schema, view.resource_type, many=many):
            raise Denied
        return replies.linkage(view, request, links, many, condition)

    # Writing

    def create(self, request: Request) -> HttpResponse:
        """POST /api/<type>"""
        wanted = replies.parse(type(self), request, many=False)
        document = documents.read(request.data, self.resource_type)

        def do() -> tuple[HttpResponse, Made]:
            write = Write(self, request, document)
            if row := write.create_at_once():
                return self._made(request, row[1], self._reply(request, None, row, wanted))
            with transaction():
                instance, row = write.create()
                response = self._reply(request, instance, row, wanted)
            return self._made(request, instance.uid, response)

        def again(made: Made) -> HttpResponse:
            (one,) = made
            assert one is not None  # noqa: S101 - a create makes a resource
            return self._made(request, one[1], replies.made_before(request, wanted, one))[0]

        return idempotency.once(request, do, again)

    def update(self, request: Request, uid: str) -> HttpResponse:
        """PATCH /api/<type>/<id>"""
        wanted = replies.parse(type(self), request, many=False)
        document = documents.read(request.data, self.resource_type, uid=uid)
        write = Write(self, request, document)
        locks_more = type(self).before_lock is not ResourceViewSet.before_lock
        is_simple = not (locks_more or conditions.any_of(request))
        if is_simple and (row := write.update_at_once(self._valid(uid))):
            return self._reply(request, None, row, wanted)
        with transaction():
            instance, row = write.update(*self._lock(request, uid))
            return self._reply(request, instance, row, wanted)

    def destroy(self, request: Request, uid: str) -> HttpResponse:
        """DELETE /api/<type>/<id>"""
        replies.parse(type(self), request, many=False)
        with transaction():
            instance, _ = self._lock(request, uid)
            destroy(self, instance, request)
        return replies.nothing()

    def perform_destroy(self, instance: Any) -> None:
        """Delete the row; for resources whose deletion takes more than that."""
        instance.delete()

    def before_lock(self, caller: Caller, uid: str) -> None:
        """Lock what has to be locked before the row itself, in the order of all locks."""

    # Steps

    def _made(
        self, request: Request, uid: str, response: HttpResponse
    ) -> tuple[HttpResponse, Made]:
        """Return the reply to a create, and what it made."""
        response.status_code = 201
        response["Location"] = f"{replies.base_url(request)}/{self.resource_type}/{uid}"
        return response, [(self.resource_type, uid)]

    def _lock(self, request: Request, uid: str) -> tuple[Any, Row]:
        caller = caller_of(request)
        self.before_lock(caller, self._valid(uid))
        instance, row = lock(type(self), caller, uid)
        conditions.check(request, row[2])
        return instance, row

    def _is(self, uid: str) -> Fragment:
        """Return the condition that a row has this public id. Raises NotFound for no such id."""
        return Fragment(f"{column(self.model, 'uid')} = %s", (self._valid(uid),))

    @staticmethod
    def _valid(uid: str) -> str:
        if not UID.match(uid):
            raise NotFound
        return uid

    def _related(
        self, request: Request, uid: str, related: str
    ) -> tuple[type[ResourceViewSet], Fragment, bool]:
        """Return what a relationship of a visible row leads to. Raises NotFound."""
        relation = self.declaration().relationships.get(related)
        parent = self._parent(request, uid)
        if relation is None:
            return self._claimed(request, related)
        model = relation.model_of(parent) if isinstance(relation, Polymorphic) else relation.model
        view = registry.view_of(registry.type_of(model) or "")
        if view is None:
            raise NotFound
        return view, sql.condition(view.model, relation.of(parent)), relation.many

    def _mixed(self, name: str) -> Mixed | None:
        relation = self.declaration().relationships.get(name)
        return relation if isinstance(relation, Mixed) else None

    def _parent(self, request: Request, uid: str) -> Any:
        """Return a visible row. Raises NotFound."""
        parent = self.rows_for(caller_of(request)).filter(uid=self._valid(uid)).first()
        if parent is None:
            raise NotFound
        return parent

    def _claimed(self, request: Request, name: str) -> tuple[type[ResourceViewSet], Fragment, bool]:
        """Return what the caller's token names. Raises NotFound."""
        claimed = self.declaration().claims.get(name)
        view = registry.view_of(claimed.resource_type) if claimed else None
        if claimed is None or view is None:
            raise NotFound
        named = claimed.named_by(caller_of(request))
        return view, sql.condition(view.model, named), claimed.many

    def _reply(self, request: Request, instance: Any, row: Row, wanted: Query) -> HttpResponse:
        """Show a row that was just written, also to callers who may not read it again.

        `instance` is None where the row was written at once.
        """
        if not wanted.is_compound and self.resource_type not in wanted.fieldsets:
            return replies.written(type(self), request, row)
        key = Fragment(f" WHERE {column(self.model, 'id')} = %s", (row[0],))
        return replies.single(type(self), request, wanted, key)


@cache
def _definer(cls: type, name: str) -> type | None:
    """Return the class that `cls` has an attribute from."""
    return next((one for one in cls.__mro__ if name in one.__dict__), None)
