"""Customers, their groups and addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import BooleanFieldListFilter, SimpleListFilter
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from anonymization.admin import COLOURS
from customers import formatting, services
from customers.letter_admin import LetterAdmin
from customers.models import Address, Customer, CustomerGroup
from customers.staff import (
    CANCEL,
    QUESTIONS,
    REQUEST,
    can_be_forgotten,
    can_be_kept,
    facts_of,
    on_list,
    on_page,
)
from customers.states import CustomerStatus
from customers.validation import validate_address, validate_position
from jsonapi.errors import Locked
from organizations.staff import (
    Button,
    OwnRelatedFilter,
    Panel,
    TenantAdmin,
    button,
    column,
    link,
    list_url,
    panel,
    record_link,
    rows_for,
    when,
)
from organizations.staff.panels import MOST_ROWS, may_read

__all__ = ["AddressAdmin", "CustomerAdmin", "CustomerGroupAdmin", "LetterAdmin"]

STATUS_COLOURS = {"prospect": "", "acquired": "info", "repeat": "success"}


class StatusFilter(SimpleListFilter):
    """Prospect, acquired or repeat."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return CustomerStatus.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(CustomerGroup)
class CustomerGroupAdmin(TenantAdmin):
    """Who may enter the same private markets."""

    list_display = ("name", "code", "members", "created_at")
    search_fields = ("^name", "=code", "uid__exact", "=reference")
    main = ("name", "code")
    facts = ("members",)

    def label(self, row: CustomerGroup) -> str:
        return row.name

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(member_count=Count("customers"))

    @column("members", ordering="member_count")
    def members(self, row: Any) -> SafeString:
        return link(list_url(Customer, f"customer_group__id__exact={row.pk}"), row.member_count)


@admin.register(Customer)
class CustomerAdmin(TenantAdmin):
    """Customers. What hangs on them is shown below the form, also by the apps above."""

    form = TaggedForm
    change_form_template = "admin/customers/customer/change_form.html"
    list_display = (
        "known_as",
        "state",
        "total_orders_count",
        "group",
        "forgetting",
        "enabled",
        "created_at",
    )
    list_filter = (
        StatusFilter,
        "anonymization_status",
        ("has_password", BooleanFieldListFilter),
        "enabled",
        "type",
        ("customer_group", OwnRelatedFilter),
    )
    related = ("customer_group",)
    search_fields = ("^email", "=username", "uid__exact", "=reference", "=shopper_reference")
    date_hierarchy = "created_at"
    autocomplete_fields = ("customer_group", "tags")
    actions = ("request_for_selected", "cancel_for_selected")
    actions_detail = ("request_anonymization", "cancel_anonymization")
    main = (
        ("email", "customer_group"),
        ("first_name", "last_name"),
        ("display_name", "username"),
        ("company", "type"),
        ("phone", "tin"),
        ("language", "locale"),
        ("shopper_reference", "profile_id"),
        "tax_exemption_code",
        "enabled",
        "tags",
    )
    facts = (
        ("state", "total_orders_count"),
        ("can_sign_in", "email_is_proven"),
        "forgetting",
    )

    request_anonymization = button(
        on_page(REQUEST),
        "request_anonymization",
        Button(REQUEST, QUESTIONS[REQUEST], can_be_forgotten, "grave"),
    )
    cancel_anonymization = button(
        on_page(CANCEL),
        "cancel_anonymization",
        Button(CANCEL, QUESTIONS[CANCEL], can_be_kept, "good"),
    )

    def label(self, row: Customer) -> str:
        return row.email or row.full_name or row.uid

    @column("customer", ordering="email")
    def known_as(self, row: Customer) -> str:
        return self.label(row)

    @column("status", ordering="total_orders_count", colours=STATUS_COLOURS)
    def state(self, row: Customer) -> str:
        return str(row.status)

    @column("anonymization", ordering="anonymization_status", colours=COLOURS)
    def forgetting(self, row: Customer) -> str | None:
        return row.anonymization_status

    @column("group", ordering="customer_group__name")
    def group(self, row: Customer) -> SafeString | str:
        return record_link(row.customer_group)

    @column("has a password", boolean=True)
    def can_sign_in(self, row: Customer) -> bool:
        return bool(row.has_password)

    @column("e-mail is confirmed", boolean=True)
    def email_is_proven(self, row: Customer) -> bool:
        return bool(row.email_confirm)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is written to somebody who is being, or has been, forgotten."""
        gone = isinstance(obj, Customer) and obj.is_forgotten
        return not gone and super().has_change_permission(request, obj)

    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **more: Any) -> Any:
        customer = self.get_object(request, object_id)
        context = {"forgetting": customer and facts_of(customer)}
        more["extra_context"] = {**context, **(more.get("extra_context") or {})}
        return super().change_view(request, object_id, *rest, **more)

    def write(self, request: HttpRequest, obj: Customer, form: Any) -> None:
        if obj.pk is not None:
            services.lock_for_writing(customer_id=obj.pk)
        obj.save()

    def destroy(self, obj: Customer) -> None:
        services.forget_at_once(customer=obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The erasers decide what goes with a customer, not the foreign keys."""
        kept = []
        for customer in objs:
            try:
                customer.validate_delete()
            except Locked:
                kept.append(f"{customer}: has orders. Request anonymization instead.")
        names = [self.label(customer) for customer in objs]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), kept

    @admin.action(description=REQUEST, permissions=["act"])
    def request_for_selected(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Have the selected customers forgotten."""
        return on_list(self, request, queryset, REQUEST)

    @admin.action(description=CANCEL, permissions=["act"])
    def cancel_for_selected(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Withdraw the open requests of the selected customers."""
        return on_list(self, request, queryset, CANCEL)


class AddressForm(TaggedForm):
    """The same rules as in the API."""

    def check(self, data: dict[str, Any]) -> None:
        super().check(data)
        environment = data.get("environment") or self.instance.environment
        validate_address(data, self.instance, environment.organization)
        validate_position(data.get("lat"), data.get("lng"))


@admin.register(Address)
class AddressAdmin(TenantAdmin):
    """Postal addresses."""

    form = AddressForm
    list_display = ("line", "place", "country_code", "owner", "created_at")
    list_filter = ("business",)
    related = ("customer",)
    search_fields = ("uid__exact", "^customer__email", "^last_name", "^company", "=reference")
    lookups = ("customer",)
    autocomplete_fields = ("customer", "tags")
    add_only = ("customer",)
    facts = ("owner",)
    main = (
        "customer",
        "business",
        ("first_name", "last_name"),
        "company",
        ("line_1", "line_2"),
        ("zip_code", "city"),
        ("state_code", "country_code"),
        ("phone", "email"),
        ("lat", "lng"),
        "billing_info",
        "notes",
        "tags",
    )

    def label(self, row: Address) -> str:
        return formatting.name(*(getattr(row, name) for name in NAME))

    @column("address", ordering="line_1")
    def line(self, row: Address) -> str:
        name = formatting.full_name(row.business, row.first_name, row.last_name, row.company)
        return ", ".join(part for part in (name, row.line_1) if part) or "(erased)"

    @column("place", ordering="city")
    def place(self, row: Address) -> str:
        return f"{row.zip_code or ''} {row.city}".strip() or "-"

    @column("customer", ordering="customer__email")
    def owner(self, row: Address) -> SafeString | str:
        return record_link(row.customer)

    def write(self, request: HttpRequest, obj: Address, form: Any) -> None:
        if obj.customer_id is not None:
            services.lock_for_writing(customer_id=obj.customer_id)
        obj.save()


NAME = (*formatting.FULL_NAME, *formatting.FULL_ADDRESS)


@panel(Customer)
def address_book(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show the customer's address book."""
    if not may_read(request, "customer_addresses", customer):
        return None
    entries = customer.customer_addresses.select_related("address").order_by("-pk")[:MOST_ROWS]
    rows = [(record_link(one.address), when(one.created_at)) for one in entries]
    more = list_url(Address, f"customer__id__exact={customer.pk}")
    return Panel("Addresses", ("Address", "Added"), rows, more)


@panel(Customer)
def wallet(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show the customer's payment sources, if any; their tokens are secrets."""
    if not may_read(request, "customer_payment_sources", customer):
        return None
    sources = customer.customer_payment_sources.order_by("-pk")[:MOST_ROWS]
    rows = [
        (
            one.name or one.type or "-",
            one.uid,
            when(one.created_at),
            "yes" if one.is_default else "",
        )
        for one in sources
    ]
    return Panel("Wallet", ("Payment source", "Id", "Added", "Default"), rows) if rows else None


@panel(Customer)
def subscriptions(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show what the customer wants to hear about, if anything."""
    if not may_read(request, "customer_subscriptions", customer):
        return None
    wishes = customer.customer_subscriptions.order_by("-pk")[:MOST_ROWS]
    rows = [(one.reference or "-", one.uid, when(one.created_at)) for one in wishes]
    return Panel("Subscriptions", ("List", "Id", "Since"), rows) if rows else None


@panel(CustomerGroup)
def members(request: HttpRequest, group: CustomerGroup) -> Panel:
    """Show the newest members."""
    rows = rows_for(request, Customer).filter(customer_group=group).order_by("-pk")[:MOST_ROWS]
    shown = [(record_link(one), one.status, one.total_orders_count) for one in rows]
    more = list_url(Customer, f"customer_group__id__exact={group.pk}")
    return Panel("Members", ("Customer", "Status", "Orders"), shown, more)
