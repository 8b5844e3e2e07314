"""Segments: their rules, who is in them and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from catalog import services
from catalog.models import Segment, SegmentRule
from catalog.segmentation import choices
from customers.models import Customer
from organizations.staff import (
    Panel,
    StaffForm,
    StaffInline,
    TenantAdmin,
    column,
    panel,
    record_link,
)
from organizations.staff.panels import MOST_ROWS, may_read

MEMBERS_PER_PAGE = 50
HEADERS = ("Customer", "Why")


class RuleForm(StaffForm):
    """Offers what can be asked; the model checks the value."""

    criterion = forms.ChoiceField(choices=choices)


class RuleInline(StaffInline):
    """What makes somebody a member."""

    model = SegmentRule
    form = RuleForm
    resource_type = "segments"
    fields = ("criterion", "operator", "value")


@admin.register(Segment)
class SegmentAdmin(TenantAdmin):
    """Customers who have something in common."""

    list_display = ("name", "match", "size", "created_at")
    search_fields = ("^name", "uid__exact", "=reference")
    inlines = (RuleInline,)
    main = ("name", "match", "description")

    def label(self, row: Segment) -> str:
        return row.name

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(rule_count=Count("rules"))

    @column("rules", ordering="rule_count")
    def size(self, row: Any) -> int:
        return int(row.rule_count)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.members_view)
        own = path("<path:object_id>/members/", view, name="catalog_segment_members")
        urls: list[URLPattern] = super().get_urls()
        return [own, *urls]

    def members_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show everybody in the segment, and why they are."""
        segment = self.get_object(request, object_id)
        if segment is None or not may_read_members(request, segment):
            raise Http404
        pages = Paginator(segment.members().order_by("pk"), MEMBERS_PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Members of {segment.name}",
            "opts": self.opts,
            "segment": segment,
            "page": page,
            "table": {"headers": HEADERS, "rows": rows_of(segment, list(page.object_list))},
        }
        return TemplateResponse(request, "admin/catalog/segment/members.html", context)


def may_read_members(request: HttpRequest, segment: Segment) -> bool:
    """Tell whether the user may look at segments and at customers, here."""
    return all(may_read(request, one, segment) for one in ("segments", "customers"))


def rows_of(segment: Segment, members: Sequence[Customer]) -> list[tuple[Any, str]]:
    """Return the cells that say who is in a segment and why."""
    reasons = services.explain(segment=segment, customers=members)
    return [(record_link(one), "; ".join(reasons.get(one.pk, []))) for one in members]


@panel(Segment)
def members(request: HttpRequest, segment: Segment) -> Panel | None:
    """Show who is in the segment now, the newest first."""
    if not may_read_members(request, segment):
        return None
    some = list(segment.members().order_by("-pk")[:MOST_ROWS])
    more = reverse("admin:catalog_segment_members", args=[segment.pk])
    return Panel("Members now", HEADERS, rows_of(segment, some), more)


@panel(Customer)
def segments(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show which segments the customer is in, and why."""
    if not may_read(request, "segments", customer):
        return None
    found = services.segments_of(customer=customer)[:MOST_ROWS]
    rows = [
        (
            record_link(one),
            "; ".join(services.explain(segment=one, customers=[customer])[customer.pk]),
        )
        for one in found
    ]
    return Panel("Segments", ("Segment", "Why"), rows) if rows else None
