"""The bases of every page of the admin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from django.contrib.admin.utils import flatten
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin, TabularInline

from jsonapi.errors import ApiError
from organizations.staff.access import access_of
from organizations.staff.actions import refuse
from organizations.staff.columns import MODES, column
from organizations.staff.filters import ModeFilter, OrganizationFilter
from organizations.staff.forms import StaffForm
from organizations.staff.panels import panels_of
from organizations.staff.rights import StaffRights
from organizations.staff.trail import record_end, record_new, recorded

Fieldsets = list[tuple[str | None, dict[str, Any]]]
# What the filters and the hierarchy of dates put into addresses.
COMPARISONS = ("exact", "id__exact", "in", "isnull", "gte", "lt", "year", "month", "day")
REFERENCE = ("reference", "reference_origin", "metadata")


class StaffInline(StaffRights, TabularInline):  # type: ignore[misc]
    """Rows that belong to the row of the page."""

    form = StaffForm
    extra = 0
    hide_title = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *self.blocked_fields(request)]

    def find(self, request: HttpRequest, key: Any) -> Any:
        """Return None: the row of the page is always given as a row."""
        return None


class ReadOnlyInline(StaffInline):
    """Rows that are shown only."""

    writable = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or ()


class StaffAdmin(StaffRights, ModelAdmin):  # type: ignore[misc]
    """A page of rows that belong to organizations.

    Subclasses name `main`, the fields of the form, and `facts`, what is shown besides.
    """

    form = StaffForm
    change_form_template = "admin/staff/change_form.html"
    main: ClassVar[Sequence[Any]] = ()  # fields, or tuples of fields that share a line
    facts: ClassVar[Sequence[Any]] = ()
    # Written when the row is added, and never again.
    create_only: ClassVar[Sequence[str]] = ()
    # Left off the page of a row, where `facts` show them as staff know them.
    add_only: ClassVar[Sequence[str]] = ()
    show_full_result_count = False
    list_per_page = 50
    # Lookups in addresses besides those of the filters.
    lookups: ClassVar[Sequence[str]] = ()

    def label(self, row: Any) -> str:
        """Return what staff know a row by."""
        return str(row)

    # What is shown.

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = () if obj is None else self.add_only
        main = [name for name in self.main if name not in hidden]
        shown: Fieldsets = [(None, {"fields": main})]
        if obj is not None and self.facts:
            shown.append(("Facts", {"fields": self.facts}))
        return shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = self.create_only if obj is not None else ()
        return [*flatten(tuple(self.facts)), *fixed, *self.blocked_fields(request)]

    def get_list_filter(self, request: HttpRequest) -> Any:
        own = super().get_list_filter(request)
        return [OrganizationFilter, *own] if access_of(request).is_wide else own

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse all but the filters: one could guess a hash with `secret__startswith`."""
        filters = [parameter_of(one) for one in self.get_list_filter(request)]
        names = [*filters, *self.lookups, self.date_hierarchy]
        return any(name is not None and is_below(lookup, name) for name in names)

    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **more: Any) -> Any:
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            context = {"subtitle": self.label(row), "panels": panels_of(request, row)}
            more["extra_context"] = {**context, **(more.get("extra_context") or {})}
        return super().change_view(request, object_id, *rest, **more)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons that make sense for the row as it is."""
        row = self.get_object(request, str(object_id))
        if row is None or not self.has_act_permission(request, row):
            return []
        allowed: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in allowed if getattr(one.method, "offered", bool)(row)]

    # A refusal becomes a message on the page one came from.

    def changeform_view(self, request: HttpRequest, *rest: Any, **more: Any) -> Any:
        return refusals_told(request, partial(super().changeform_view, request, *rest, **more))

    def delete_view(self, request: HttpRequest, *rest: Any, **more: Any) -> Any:
        return refusals_told(request, partial(super().delete_view, request, *rest, **more))

    def changelist_view(self, request: HttpRequest, *rest: Any, **more: Any) -> Any:
        return refusals_told(request, partial(super().changelist_view, request, *rest, **more))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete all of the rows, one by one, or none."""
        for row in queryset:
            self.delete_model(request, row)


class ScopedAdmin(StaffAdmin):
    """A page of rows that belong to one environment each."""

    related: ClassVar[Sequence[str]] = ()  # foreign keys of the list, to be fetched with it
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super().get_queryset(request).select_related("environment__organization", *self.related)
        )

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        shown = [*super().get_list_display(request), "mode"]
        return [*shown, "organization"] if access_of(request).is_wide else shown

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [ModeFilter, *super().get_list_filter(request)]

    @column("environment", ordering="environment__mode", colours=MODES)
    def mode(self, row: Any) -> str:
        return str(row.environment.mode)

    @column("organization", ordering="environment__organization__slug")
    def organization(self, row: Any) -> str:
        return str(row.environment.organization.slug)


class TenantAdmin(ScopedAdmin):
    """A page of resources: what is written here follows the rules of the API."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        main, *others = super().get_fieldsets(request, obj)
        fields = main[1]["fields"]
        place = () if "environment" in fields else ("environment",)
        shown: Fieldsets = [(None, {"fields": (*place, *fields)}), *others]
        shown.append(("Reference", {"fields": REFERENCE, "classes": ["collapse"]}))
        if obj is not None:
            record = {"fields": ("uid", "created_at", "updated_at"), "classes": ["collapse"]}
            shown.append(("Record", record))
        return shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        always = ("uid", "created_at", "updated_at")
        fixed = () if obj is None else ("environment",)
        return [*super().get_readonly_fields(request, obj), *always, *fixed]

    # Writing.

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            with recorded(request, obj):
                self.write(request, obj, form)
        else:
            self.write(request, obj, form)
            record_new(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write what belongs to the row; an entry of its own tells what that changed."""
        names = {field.name for field in self.opts.many_to_many} & set(form.fields)
        with recorded(request, form.instance, sets=sorted(names)):
            super().save_related(request, form, formsets, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Write the rows of an inline, each with an entry of its own. Raises ApiError."""
        formset.save(commit=False)
        for row in formset.deleted_objects:
            row.validate_delete()
            record_end(request, row)
            row.delete()
        for row, _ in formset.changed_objects:
            with recorded(request, row):
                row.save()
        for row in formset.new_objects:
            row.save()
            record_new(request, row)
        formset.save_m2m()

    def write(self, request: HttpRequest, obj: Any, form: Any) -> None:
        """Save the row; for resources that a service writes. Raises ApiError."""
        obj.save()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.validate_delete()
        record_end(request, obj)
        self.destroy(obj)

    def destroy(self, obj: Any) -> None:
        """Delete the row; for resources that a service deletes. Raises ApiError."""
        obj.delete()


def refusals_told(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the view's page; if a rule stops it, undo everything and say why on the way back."""
    try:
        with transaction.atomic():
            return view()
    except (ApiError, IntegrityError) as refusal:
        if request.method != "POST":
            raise
        refuse(request, refusal)
        return HttpResponseRedirect(request.get_full_path())


def parameter_of(one: Any) -> str:
    """Return the name of a filter in addresses, however it is declared."""
    if isinstance(one, tuple):
        return str(one[0])
    return one if isinstance(one, str) else str(one.parameter_name)


def is_below(lookup: str, name: str) -> bool:
    """Tell whether a lookup compares the field `name` itself, and nothing behind it."""
    return lookup == name or lookup.removeprefix(f"{name}__") in COMPARISONS
