"""One stock DJA viewset for all types, and its routes."""

from __future__ import annotations

from functools import cached_property

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.response import Response
from rest_framework_json_api.views import ReadOnlyModelViewSet

from jsonapi import access, registry
from tests.jsonapi.oracle.filtering import OracleFilter, OracleOrdering
from tests.jsonapi.oracle.rendering import OraclePages, OracleRenderer
from tests.jsonapi.oracle.serializers import (
    below,
    heads,
    is_to_many,
    match_of,
    path_of,
    reached,
    serializer_for,
    target_of,
    way_of,
)


class Tokens(BaseAuthentication):
    """The callers that the API knows, in DRF's way."""

    def authenticate(self, request):
        return None, access.identify(request.headers["Authorization"])


class OracleViewSet(ReadOnlyModelViewSet):
    """Serves the resources of `origin`, or those that a relationship of one leads to."""

    origin = ""
    lookup_field = "uid"
    renderer_classes = (OracleRenderer,)
    content_negotiation_class = DefaultContentNegotiation
    pagination_class = OraclePages
    filter_backends = (OracleFilter, OracleOrdering)
    ordering_fields = "__all__"
    authentication_classes = (Tokens,)
    permission_classes = ()

    def __init__(self, **options):
        super().__init__(**options)
        self.built = {}  # the resource objects of this reply

    @cached_property
    def parent(self):
        """The row whose relationship is asked for, if one is."""
        rows = registry.view_of(self.origin).rows_for(self.request.auth)
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    @property
    def relationship(self):
        return self.kwargs.get("related_field")

    @cached_property
    def resource_name(self):
        if self.relationship is None:
            return self.origin
        related = self.at_the_end()
        target = target_of(self.origin, self.relationship)
        return target or registry.type_of(type(related))

    def at_the_end(self):
        """Return what the relationship of the parent leads to."""
        row = self.parent
        for name in path_of(self.origin, self.relationship).split("__"):
            row = row and getattr(row, name, None)
        return row

    @property
    def paths(self):
        include = self.request.query_params.get("include", "")
        return tuple(sorted({path for path in include.split(",") if path}))

    def get_serializer_class(self):
        return serializer_for(self.resource_name, self.paths)

    get_related_serializer_class = get_serializer_class

    def get_queryset(self):
        """Return the visible rows, annotated, with all that will be included."""
        rows = self.rows(self.resource_name, self.paths)
        if self.relationship is None:
            return rows
        related = self.at_the_end()
        if is_to_many(self.origin, self.relationship):
            return rows.filter(pk__in=related.values("pk"))
        return rows.filter(pk=related and related.pk)

    def rows(self, resource_type, paths=()):
        """Return the same for names, of which two may stand for one way."""
        ways = [way_of(resource_type, path) for path in paths]
        return self.prefetched(resource_type, tuple(dict.fromkeys(ways)))

    def prefetched(self, resource_type, ways):
        """Return the visible rows, annotated, with all along some ways of foreign keys."""
        rows = registry.view_of(resource_type).rows_for(self.request.auth).computed()
        included = [
            Prefetch(name, self.prefetched(reached(resource_type, name), below(ways, name)))
            for name in heads(ways)
            if not match_of(resource_type, name)  # no key to fetch them by beforehand
        ]
        return rows.prefetch_related(*included)

    def related(self, request, **_):
        """Answer a page of related rows, the one, or null."""
        if is_to_many(self.origin, self.relationship):
            return self.list(request)
        row = self.get_queryset().first()
        return Response(self.get_serializer(row).data if row else None)


def _routes(resource_type):
    base = f"api/{resource_type}"
    view = {"origin": resource_type}
    read = OracleViewSet.as_view({"get": "retrieve"}, **view)
    related = OracleViewSet.as_view({"get": "related"}, **view)
    yield path(base, OracleViewSet.as_view({"get": "list"}, **view))
    yield path(f"{base}/<uid>", read, name=f"{resource_type}-detail")
    yield path(f"{base}/<uid>/<related_field>", related, name=f"{resource_type}-related")
    links = f"{base}/<uid>/relationships/<related_field>"  # a name for links to lead to
    yield path(links, related, name=f"{resource_type}-relationships")


urlpatterns = [route for resource_type in registry.types() for route in _routes(resource_type)]
