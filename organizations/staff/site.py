"""The admin site: choices in forms read as what staff know a row by."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import HttpRequest, HttpResponseBase
from unfold.sites import UnfoldAdminSite

from organizations.models import TenantResource
from organizations.staff.rights import label_of


class StaffAutocomplete(AutocompleteJsonView):
    """Answers what is typed into a field that points at another row."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        text = label_of(obj)
        if isinstance(obj, TenantResource):
            text = f"{text} ({obj.environment.mode})"
        return {"id": str(getattr(obj, to_field_name)), "text": text}


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]
    """The one admin site."""

    index_title = "Overview"

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return StaffAutocomplete.as_view(admin_site=self)(request)
