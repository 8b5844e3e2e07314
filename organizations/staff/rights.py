"""Which rows a page shows and what may be done to them, the same on pages and inside them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.admin import site as default_site
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from jsonapi import registry
from organizations.models import TenantResource
from organizations.staff.access import access_of

WRITING = ("create", "update", "destroy")


class StaffRights:
    """Mixin for pages and inlines: rows of the user's organizations, by the user's roles."""

    model: Any
    # Whose permissions count; empty: the model's own JSON:API type.
    resource_type: ClassVar[str] = ""
    # What the forms of the page can do at all.
    writable: ClassVar[Collection[str]] = WRITING
    # True where writing is for those who run the organization.
    managed: ClassVar[bool] = False
    # Lookup from the model to its organization.
    organization_path: ClassVar[str] = "environment__organization"

    @property
    def permission_type(self) -> str:
        """The key of this page in a custom role's permissions."""
        return self.resource_type or registry.type_of(self.model) or self._plural()

    def allows(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        """Tell whether the user may do this to `row`, or to any row at all.

        `row` may also be a primary key as it stands in an address.
        """
        organization_id = None
        if row is not None:
            row = row if isinstance(row, Model) else self.find(request, row)
            organization_id = self.organization_of(row) if row is not None else None
            if organization_id is None:
                return access_of(request).everywhere and row is not None
        return self._granted(request, action, organization_id)

    def find(self, request: HttpRequest, key: Any) -> Any:
        """Return a row of the user's organizations by its primary key, or None."""
        return self.get_object(request, str(key))  # type: ignore[attr-defined]

    def organization_of(self, row: Any) -> int | None:
        """Return the primary key of the organization that a row belongs to."""
        for name in self.organization_path.split("__"):
            row = getattr(row, name, None)
        return None if row is None else row.pk

    def _granted(self, request: HttpRequest, action: str, organization_id: int | None) -> bool:
        access = access_of(request)
        if not access.may_read(self.permission_type, organization_id):
            return False
        if action not in WRITING:
            return True
        if self.managed:
            return access.may_manage(organization_id)
        return access.may(action, self.permission_type, organization_id)

    def _plural(self) -> str:
        return str(self.model._meta.verbose_name_plural).replace(" ", "_")

    # What Django asks.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, "retrieve", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "create" in self.writable and self.allows(request, "create", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "update" in self.writable and self.allows(request, "update", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "destroy" in self.writable and self.allows(request, "destroy", obj)

    def has_act_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the buttons of a row may be used, even where its fields are fixed."""
        return self.allows(request, "update", obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return self.own(request, rows)

    def own(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of `rows` that the user may look at."""
        access = access_of(request)
        if issubclass(self.model, TenantResource):
            rows = rows.administered_by(request.user)  # type: ignore[attr-defined]
        if access.everywhere:
            return rows
        readable = access.readable(self.permission_type)
        return rows.filter(**{f"{self.organization_path or 'pk'}__in": readable})

    # Fields that point at other rows offer only what the user may look at.

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options.setdefault("queryset", rows_for(request, db_field.related_model))
        field = super().formfield_for_foreignkey(  # type: ignore[misc]
            db_field, request, **options
        )
        field.label_from_instance = label_of
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options.setdefault("queryset", rows_for(request, db_field.related_model))
        field = super().formfield_for_manytomany(  # type: ignore[misc]
            db_field, request, **options
        )
        if field is not None:
            field.label_from_instance = label_of
        return field

    def blocked_fields(self, request: HttpRequest) -> list[str]:
        """Return the fields that point at rows the user may not look at.

        Offered without their value, saving would empty them.
        """
        return [
            field.name
            for field in (*self.model._meta.fields, *self.model._meta.many_to_many)
            if field.related_model in default_site._registry
            and not page_of(field.related_model).has_view_permission(request)
        ]


def page_of(model: type[Model]) -> Any:
    """Return the admin page of a model. Raises KeyError for one without a page."""
    return default_site._registry[model]


def rows_for(request: HttpRequest, model: type[Model]) -> QuerySet[Any]:
    """Return the rows of any model that the user may look at; none of one without a page."""
    page = default_site._registry.get(model)
    if isinstance(page, StaffRights):
        return page.get_queryset(request)
    rows = model._default_manager.all()
    return rows if model is ContentType else rows.none()


def label_of(row: Model) -> str:
    """Return what staff know a row by. Unlike `str(row)` it may be personal data."""
    page = default_site._registry.get(type(row))
    label: str = page.label(row) if isinstance(page, StaffRights) else str(row)
    return label
