"""Sorting and filtering with the ORM, as DRF's filter backends do."""

from __future__ import annotations

import json
import re
from functools import cache

from django.db import models
from rest_framework.filters import BaseFilterBackend
from rest_framework_json_api.filters import OrderingFilter

from tests.jsonapi.oracle.serializers import (
    columns_of,
    match_of,
    model_field,
    path_of,
    relationships_of,
    target_of,
)

QUESTION = re.compile(r"\Afilter\[q\]\[(\w+)\]\Z")
LOOKUPS = {
    "eq": "exact",
    "in": "in",
    "lt": "lt",
    "lteq": "lte",
    "gt": "gt",
    "gteq": "gte",
    "start": "startswith",
    "end": "endswith",
    "cont": "contains",
    "i_cont": "icontains",
    "jcont": "contains",
    "null": "isnull",
}


class OracleOrdering(OrderingFilter):
    """`sort`: ties are broken by the primary key, in the direction of the last criterion."""

    def get_ordering(self, request, queryset, view):
        names = super().get_ordering(request, queryset, view) or ["pk"]
        aliases = {"id": "uid", **getattr(queryset.model, "sort_columns", {})}
        columns = [aliases.get(name.lstrip("-"), name.lstrip("-")) for name in names]
        signs = ["-" if name.startswith("-") else "" for name in names]
        criteria = [f"{sign}{column}" for sign, column in zip(signs, columns, strict=True)]
        return [*criteria, f"{signs[-1]}pk"]


class OracleFilter(BaseFilterBackend):
    """`filter[q][<attribute>_<predicate>]`, also through one relationship."""

    def filter_queryset(self, request, queryset, view):
        for parameter, text in request.query_params.items():
            if question := QUESTION.match(parameter):
                lookup, value = condition(view.resource_name, question[1], text)
                found = queryset.model._base_manager.filter(**{lookup: value})
                queryset = queryset.filter(pk__in=found.values("pk"))
        return queryset


def condition(resource_type, key, text):
    """Return the lookup and the value of one filter."""
    path, field, predicate = questions(resource_type)[key]
    lookup = f"{path}__{LOOKUPS[predicate]}"
    if predicate == "null":
        return lookup, text == "true"
    if predicate == "in":
        return lookup, [_value(field, part) for part in text.split(",")]
    return lookup, _value(field, text)


def _value(field, text):
    field = getattr(field, "output_field", field)
    if isinstance(field, models.BooleanField | models.JSONField):
        return json.loads(text)
    return field.to_python(text)


@cache
def questions(resource_type):
    """Return the filter keys that the oracle knows: path, field and predicate of each."""
    known = {}
    for name in relationships_of(resource_type):
        if match_of(resource_type, name):
            continue  # no lookup leads there
        target = target_of(resource_type, name)
        for key, (path, field, predicate) in _own(target).items() if target else ():
            way = path_of(resource_type, name)
            known[f"{name}_{key}"] = f"{way}__{path}", field, predicate
    return known | _own(resource_type)


def _own(resource_type):
    fields = {name: model_field(resource_type, name) for name in columns_of(resource_type)}
    return {
        f"{name}_{predicate}": (name, field, predicate)
        for name, field in fields.items()
        for predicate in _predicates(getattr(field, "output_field", field))
    }


def _predicates(field):
    if isinstance(field, models.JSONField):
        return ("jcont", "null")
    if isinstance(field, models.BooleanField):
        return ("eq", "null")
    texts = ("start", "end", "cont", "i_cont")
    is_text = isinstance(field, models.CharField | models.TextField)
    return ("eq", "in", "lt", "lteq", "gt", "gteq", "null", *(texts if is_text else ()))
