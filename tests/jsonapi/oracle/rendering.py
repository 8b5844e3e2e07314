"""DJA's renderer and paginator, with the few things that it cannot be told to do."""

from __future__ import annotations

from collections import defaultdict

from rest_framework.utils.urls import replace_query_param
from rest_framework.views import Response
from rest_framework_json_api.pagination import JsonApiPageNumberPagination
from rest_framework_json_api.renderers import JSONRenderer

from tests.jsonapi.oracle.serializers import Linkage, heads


class OracleRenderer(JSONRenderer):
    """Builds the documents of the contract.

    - DJA keeps the last of several renderings of a resource that many paths lead to. Here its
      linkage is that of all paths together, so that everything included is linked.
    - DJA stops at a to-one that is in the document already, though further paths go on there.
    - DJA forgets a to-one to include when a sparse fieldset leaves its relationship out.
    - To-many linkage has no `meta.count`, and `attributes` is never left out.
    """

    @classmethod
    def build_json_resource_obj(cls, *arguments):
        serializer = arguments[4]
        built = super().build_json_resource_obj(*arguments)
        built.setdefault("attributes", {})
        known = serializer.context["view"].built.setdefault((built["type"], built["id"]), built)
        for relationship, members in built.get("relationships", {}).items():
            known["relationships"][relationship].update(members)
        return known

    @classmethod
    def extract_relationships(cls, fields, resource, resource_instance):
        relationships = super().extract_relationships(fields, resource, resource_instance)
        for members in relationships.values():
            members.pop("meta", None)
        return relationships

    @classmethod
    def extract_included(cls, fields, resource, instance, included_resources, included_cache):
        for name in heads(tuple(included_resources)):
            found = defaultdict(dict)
            paths = [path for path in included_resources if path.partition(".")[0] == name]
            data = cls._with_linkage(fields[name], name, resource, instance)
            super().extract_included(fields, data, instance, paths, found)
            for resource_type, rows in found.items():
                included_cache[resource_type].update(rows)

    @staticmethod
    def _with_linkage(field, name, resource, instance):
        if name in resource or not isinstance(field, Linkage):
            return resource
        related = field.get_attribute(instance)
        return resource if related is None else {**resource, name: field.to_representation(related)}


class OraclePages(JsonApiPageNumberPagination):
    """Pages of 10, at most 25, with the meta and links of the contract."""

    page_size = 10
    max_page_size = 25

    def build_link(self, index):
        link = super().build_link(index)
        return link and replace_query_param(link, "page[size]", self.page.paginator.per_page)

    def get_paginated_response(self, data):
        document = super().get_paginated_response(data).data
        pages = document["meta"]["pagination"]
        document["meta"] = {"record_count": pages["count"], "page_count": pages["pages"]}
        links = {"self": self.request.build_absolute_uri(), **document["links"]}
        document["links"] = {name: link for name, link in links.items() if link}
        return Response(document)
