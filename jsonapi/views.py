"""The requests of every resource: one viewset, six actions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from jsonapi import documents, plans, query, registry, signals
from jsonapi.access import Caller, caller_of
from jsonapi.errors import Denied, Forbidden, NotFound
from jsonapi.models import ResourceQuerySet
from jsonapi.pagination import Page
from jsonapi.query import Query
from jsonapi.relationships import Polymorphic
from jsonapi.schema import Schema
from jsonapi.serializers import ResourceSerializer
from jsonapi.writes import Write

EVERY_ACTION = ("list", "retrieve", "create", "update", "destroy")
READ_ONLY = ("list", "retrieve")


class ResourceViewSet(ViewSetMixin, APIView):
    """Serves one resource: collection, single, related resources and relationships.

    Subclasses name a serializer, and the actions where not all five are supported.
    """

    serializer_class: ClassVar[type[ResourceSerializer]]
    actions_allowed: ClassVar[Sequence[str]] = EVERY_ACTION
    resource_type: ClassVar[str]
    singleton: ClassVar[str | None] = None
    model: ClassVar[type[Model]]
    action: str | None  # type: ignore[assignment]

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

    def required_permission(self) -> tuple[str, str]:
        """Return the action and type that the permission table has to grant."""
        reading = self.action in ("related", "relationship")
        return ("retrieve" if reading else str(self.action)), self.resource_type

    def check_permissions(self, request: Request) -> None:
        """Refuse what nobody may do with 403, what this caller may not do with 401."""
        if self.action is None:
            raise MethodNotAllowed(str(request.method))
        action, _ = self.required_permission()
        if action not in self.actions_allowed:
            raise Forbidden
        super().check_permissions(request)

    # Reading

    def list(self, request: Request) -> Response:
        """GET /api/<type>"""
        return self._collection(request, self.rows_for(caller_of(request)))

    def retrieve(self, request: Request, uid: str | None = None) -> Response:
        """GET /api/<type>/<id>"""
        wanted = self._query(request, many=False)
        rows = self.rows_for(caller_of(request))
        return self._single(request, self._narrow(rows, uid), wanted)

    def related(self, request: Request, uid: str, related: str) -> Response:
        """GET /api/<type>/<id>/<relationship>"""
        view, rows, many = self._related(request, uid, related)
        caller = caller_of(request)
        if not caller.may("list" if many else "retrieve", view.resource_type):
            raise Denied
        if many:
            return view()._collection(request, rows)
        wanted = view()._query(request, many=False)
        return view()._single(request, rows, wanted, or_none=True)

    def relationship(self, request: Request, uid: str, related: str) -> Response:
        """GET /api/<type>/<id>/relationships/<relationship>"""
        view, rows, many = self._related(request, uid, related)
        own = f"{base_url(request)}/{self.resource_type}/{uid}"
        links = {"self": f"{own}/relationships/{related}", "related": f"{own}/{related}"}
        if not many:
            keys = list(rows.values_list("uid", flat=True)[:1])
            data = {"type": view.resource_type, "id": keys[0]} if keys else None
            return Response({"links": links, "data": data})
        page = Page(request, rows.order_by("pk"), view()._query(request, many=True))
        identifiers = [
            {"type": view.resource_type, "id": key}
            for key in page.rows.values_list("uid", flat=True)
        ]
        return Response({"links": links | page.links, "data": identifiers, "meta": page.meta})

    # Writing

    def create(self, request: Request) -> Response:
        """POST /api/<type>"""
        wanted = self._query(request, many=False)
        document = documents.read(request.data, self.resource_type)
        with transaction.atomic():
            instance = Write(self, request, document).create()
            response = self._reply(request, instance, wanted)
        response.status_code = 201
        response["Location"] = f"{base_url(request)}/{self.resource_type}/{instance.uid}"
        return response

    def update(self, request: Request, uid: str) -> Response:
        """PATCH /api/<type>/<id>"""
        wanted = self._query(request, many=False)
        document = documents.read(request.data, self.resource_type, uid=uid)
        with transaction.atomic():
            instance = Write(self, request, document).update(self._locked(request, uid))
            return self._reply(request, instance, wanted)

    def destroy(self, request: Request, uid: str) -> Response:
        """DELETE /api/<type>/<id>"""
        self._query(request, many=False)
        with transaction.atomic():
            instance = self._locked(request, uid)
            instance.validate_delete()
            signals.resource_deleted.send(
                sender=self.model, instance=instance, caller=caller_of(request), request=request
            )
            self.perform_destroy(instance)
        return Response(status=204)

    def perform_destroy(self, instance: Any) -> None:
        """Delete the row; for resources whose deletion takes more than that."""
        instance.delete()

    # Steps

    def _query(self, request: Request, *, many: bool) -> Query:
        return query.parse(request.query_params, self.declaration(), caller_of(request), many=many)

    def _narrow(self, rows: ResourceQuerySet, uid: str | None) -> ResourceQuerySet:
        if uid is None:
            return rows
        return rows.none() if "\0" in uid else rows.filter(uid=uid)

    def _locked(self, request: Request, uid: str) -> Any:
        """Return the row, locked until the transaction ends. Raises NotFound or Denied."""
        rows = self._narrow(self.rows_for(caller_of(request)), uid)
        changeable = rows.changeable_by(caller_of(request)).select_for_update(of=("self",))
        instance = changeable.first()
        if instance is None:
            raise Denied if rows.exists() else NotFound
        return instance

    def _related(
        self, request: Request, uid: str, related: str
    ) -> tuple[type[ResourceViewSet], ResourceQuerySet, bool]:
        relation = self.declaration().relationships.get(related)
        parent = self._narrow(self.rows_for(caller_of(request)), uid).first()
        if relation is None or parent is None:
            raise NotFound
        if isinstance(relation, Polymorphic):
            view = registry.view_of(registry.type_of(relation.model_of(parent)) or "")
        else:
            view = registry.view_of(registry.type_of(relation.model) or "")
        if view is None:
            raise NotFound
        return view, view.rows_for(caller_of(request)).filter(relation.of(parent)), relation.many

    def _collection(self, request: Request, rows: ResourceQuerySet) -> Response:
        wanted = self._query(request, many=True)
        page = Page(
            request, rows.filter(wanted.condition).order_by(*wanted.order or ["pk"]), wanted
        )
        nodes, included = self._fetch(request, page.rows, wanted)
        meta = caller_meta(caller_of(request))
        document = {
            "data": [node.plan.resource_object(node, meta) for node in nodes],
            "meta": page.meta,
            "links": page.links,
        }
        return Response(_with_included(document, wanted, included, meta))

    def _single(
        self, request: Request, rows: ResourceQuerySet, wanted: Query, *, or_none: bool = False
    ) -> Response:
        nodes, included = self._fetch(request, rows[:1], wanted)
        if not nodes and not or_none:
            raise NotFound
        meta = caller_meta(caller_of(request))
        data = nodes[0].plan.resource_object(nodes[0], meta) if nodes else None
        return Response(_with_included({"data": data}, wanted, included, meta))

    def _reply(self, request: Request, instance: Any, wanted: Query) -> Response:
        """Show a row that was just written, also to callers who may not read it again."""
        rows: Any = self.model._default_manager.filter(pk=instance.pk)
        return self._single(request, rows, wanted)

    def _fetch(self, request: Request, rows: ResourceQuerySet, wanted: Query) -> plans.Fetched:
        reader = plans.Reader(caller_of(request), base_url(request), wanted.fieldsets)
        return plans.fetch(self.resource_type, rows, wanted.include, reader)


def base_url(request: Request) -> str:
    """Return what the links of a reply start with, e.g. http://127.0.0.1:8000/api."""
    return f"{request.scheme}://{request.get_host()}/api"


def caller_meta(caller: Caller) -> dict[str, str]:
    """Return the `meta` of every resource object in a reply."""
    return {"mode": caller.mode, "organization_id": caller.organization_id}


def _with_included(
    document: dict[str, Any], wanted: Query, included: Sequence[plans.Node], meta: Any
) -> dict[str, Any]:
    if wanted.include:
        document["included"] = [node.plan.resource_object(node, meta) for node in included]
    return document
