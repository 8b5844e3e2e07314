"""Filters of lists; none offers what the user may not see."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from organizations.models import Mode, Organization
from organizations.staff.rights import label_of, rows_for

MOST_CHOICES = 100


class ModeFilter(SimpleListFilter):
    """Test or live rows."""

    title = "environment"
    parameter_name = "mode"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Mode.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(environment__mode=self.value()) if self.value() else queryset


class OrganizationFilter(SimpleListFilter):
    """Rows of one organization, for those who work for several."""

    title = "organization"
    parameter_name = "organization"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        own = rows_for(request, Organization).order_by("name")[:MOST_CHOICES]
        choices = list(own.values_list("slug", "name"))
        return choices if len(choices) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        path = self.path
        return queryset.filter(**{f"{path}__slug": self.value()})

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.path: str = model_admin.organization_path
        super().__init__(request, params, model, model_admin)


class OwnRelatedFilter(RelatedFieldListFilter):
    """Rows that point at one row of another list; the first hundred are offered."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = rows_for(request, field.related_model)[:MOST_CHOICES]
        return [(row.pk, label_of(row)) for row in rows]
