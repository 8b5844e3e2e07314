"""Organizations, the people who work for them, and what those may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from jsonapi import registry
from jsonapi.errors import Invalid
from organizations.models import Environment, Membership, Mode, Organization, Role, User
from organizations.staff import StaffAdmin, StaffForm, StaffInline, column
from organizations.staff.access import READING, access_of
from organizations.staff.actions import go
from organizations.staff.columns import MODES
from organizations.staff.filters import OwnRelatedFilter
from organizations.staff.rights import WRITING

LONGEST_GRACE = timedelta(days=30)
ACTIONS = {*READING, *WRITING}


class OrganizationForm(StaffForm):
    """A grace period is a span of time that somebody could wait for."""

    def check(self, data: dict[str, Any]) -> None:
        grace = data.get("anonymization_grace")
        if grace is not None and not timedelta(0) <= grace <= LONGEST_GRACE:
            title = f"must be between 0 and {LONGEST_GRACE.days} days"
            raise Invalid("anonymization_grace", "invalid", title)


@admin.register(Organization)
class OrganizationAdmin(StaffAdmin):
    """Tenants. Adding one gives it both environments and the usual roles."""

    form = OrganizationForm
    organization_path = ""
    managed = True
    writable = ("create", "update")
    list_display = ("name", "slug", "support_email", "created_at")
    search_fields = ("name", "slug", "uid__exact")
    ordering = ("name",)
    main = (
        "name",
        "slug",
        ("support_email", "support_phone"),
        ("logo_url", "favicon_url"),
        "storefront_url",
        "primary_color",
        ("gtm_id", "gtm_id_test"),
        "anonymization_grace",
        "addresses_phone_required",
        "orders_sales_channel_guest_only",
        ("tags_max_name_length", "tags_max_allowed_number"),
        "config",
    )
    facts = ("uid", "created_at", "updated_at")

    def label(self, row: Organization) -> str:
        return row.name

    def organization_of(self, row: Organization) -> int | None:
        return row.pk

    def allows(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        if action == "create" and not access_of(request).everywhere:
            return False
        return super().allows(request, action, row)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Every address of the tenant's API changes with it.
        fixed = () if access_of(request).everywhere else ("slug",)
        return [*super().get_readonly_fields(request, obj), *fixed]

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            for mode in Mode:
                Environment.objects.create(organization=obj, mode=mode)
            for name, kind in (("Admin", Role.Kind.ADMIN), ("Read only", Role.Kind.READ_ONLY)):
                Role.objects.create(organization=obj, name=name, kind=kind)


@admin.register(Environment)
class EnvironmentAdmin(StaffAdmin):
    """The test and the live data of each organization: there is nothing to change."""

    organization_path = "organization"
    writable = ()
    list_display = ("organization", "labelled_mode")
    list_filter = ("mode",)
    list_select_related = ("organization",)
    search_fields = ("organization__slug", "organization__name")
    ordering = ("organization__slug", "mode")
    main = ("organization", "mode")

    def label(self, row: Environment) -> str:
        return str(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organization")

    def own(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the environments of all organizations the user works for, in any role."""
        access = access_of(request)
        return rows if access.everywhere else rows.filter(organization__in=list(access.roles))

    def allows(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        access = access_of(request)
        return action in READING and (access.everywhere or bool(access.roles))

    @column("mode", ordering="mode", colours=MODES)
    def labelled_mode(self, row: Environment) -> str:
        return row.mode


class RoleForm(StaffForm):
    """Permissions name resource types and actions that exist."""

    def check(self, data: dict[str, Any]) -> None:
        for name, actions in (data.get("permissions") or {}).items():
            if name not in registry.types():
                raise Invalid("permissions", "inclusion", f"{name} is not a resource type")
            if not isinstance(actions, list) or not ACTIONS.issuperset(map(str, actions)):
                allowed = ", ".join(sorted(ACTIONS))
                raise Invalid("permissions", "inclusion", f"{name}: a list of {allowed}")


@admin.register(Role)
class RoleAdmin(StaffAdmin):
    """What members may do; only those who run the organization change it."""

    form = RoleForm
    organization_path = "organization"
    managed = True
    list_display = ("name", "kind", "organization")
    list_filter = ("kind", ("organization", OwnRelatedFilter))
    list_select_related = ("organization",)
    search_fields = ("name",)
    ordering = ("organization__slug", "name")
    main = ("organization", "name", "kind", "permissions")
    create_only = ("organization",)
    facts = ("uid",)

    def label(self, row: Role) -> str:
        return row.name


class MembershipForm(StaffForm):
    """A member's role is one of the organization's."""

    def check(self, data: dict[str, Any]) -> None:
        organization = data.get("organization") or getattr(self.instance, "organization", None)
        if "role" in data and organization and data["role"].organization_id != organization.pk:
            raise Invalid("role", "invalid", "belongs to another organization")


@admin.register(Membership)
class MembershipAdmin(StaffAdmin):
    """Who works for which organization."""

    form = MembershipForm
    organization_path = "organization"
    managed = True
    list_display = ("member", "organization", "role")
    list_filter = (("organization", OwnRelatedFilter), ("role", OwnRelatedFilter))
    list_select_related = ("user", "organization", "role")
    search_fields = ("^user__email", "user__uid__exact")
    ordering = ("organization__slug", "pk")
    main = ("organization", "user", "role")
    create_only = ("organization",)
    add_only = ("user",)
    facts = ("member",)
    autocomplete_fields = ("user",)

    @column("user", ordering="user__email")
    def member(self, row: Membership) -> str:
        return str(row.user.email)


class MembershipInline(StaffInline):
    """The organizations of one user that the signed-in one runs."""

    model = Membership
    form = MembershipForm
    organization_path = "organization"
    managed = True
    fields = ("organization", "role")

    def allows(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        """The row of the page, a user, belongs to no single organization."""
        return super().allows(request, action)

    def get_min_num(self, request: HttpRequest, obj: Any = None, **more: Any) -> int:
        """Whoever adds a user without running everything would lose sight of them otherwise."""
        return 0 if obj is not None or access_of(request).everywhere else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        return super().get_formset(request, obj, validate_min=True, **options)


class NewUserForm(UserCreationForm):  # type: ignore[misc]
    """A user with a password."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "is_staff")


@admin.register(User)
class UserAdmin(StaffAdmin, BaseUserAdmin):  # type: ignore[type-arg, misc]
    """People. Who works elsewhere too is changed by nobody but a superuser."""

    add_form = NewUserForm
    form = StaffForm
    change_password_form = AdminPasswordChangeForm
    managed = True
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("^email", "uid__exact", "first_name", "last_name")
    ordering = ("email",)
    filter_horizontal = ()
    actions_detail = ("set_password",)
    inlines = (MembershipInline,)
    main = (
        "email",
        ("first_name", "last_name"),
        "time_zone",
        "is_active",
        "is_staff",
        "is_superuser",
    )
    facts = ("uid", "last_login", "created_at")
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "email",
                    ("first_name", "last_name"),
                    "is_staff",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )

    def label(self, row: User) -> str:
        return str(row.email)

    def own(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the members of the organizations whose users may be looked at."""
        access = access_of(request)
        if access.everywhere:
            return rows
        members = Membership.objects.filter(organization__in=access.readable("users"))
        return rows.filter(pk__in=members.values("user"))

    def allows(self, request: HttpRequest, action: str, row: Any = None) -> bool:
        if row is None or not super().allows(request, action):
            return super().allows(request, action)
        user = row if isinstance(row, User) else self.find(request, row)
        return user is not None and (action in READING or self._runs_all_of(request, user))

    def _runs_all_of(self, request: HttpRequest, user: User) -> bool:
        access = access_of(request)
        if access.everywhere:
            return True
        places = set(user.memberships.values_list("organization", flat=True))
        return not user.is_superuser and all(access.may_manage(place) for place in places)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return list(self.add_fieldsets)
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = () if access_of(request).everywhere else ("is_superuser",)
        return [*super().get_readonly_fields(request, obj), *fixed]

    @action(description="Set password", url_path="new-password", permissions=["change"])  # type: ignore[untyped-decorator]
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the form; the hash itself is never shown."""
        return go(request, "../password/")
