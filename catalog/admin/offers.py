"""Plans, coupons, and who has a place in a plan."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.staff import TaggedForm
from catalog import services
from catalog.models import Coupon, Plan, PlanMembership
from catalog.money import formatted
from customers.models import Customer
from organizations.staff import (
    OwnRelatedFilter,
    Panel,
    TenantAdmin,
    column,
    panel,
    record_link,
    when,
)
from organizations.staff.panels import MOST_ROWS, may_read


@admin.register(Plan)
class PlanAdmin(TenantAdmin):
    """What is paid for again and again, and who may see it."""

    list_display = ("name", "code", "amount", "interval", "enabled", "created_at")
    list_filter = ("interval", "enabled")
    search_fields = ("^name", "=code", "uid__exact", "=reference")
    autocomplete_fields = ("sku", "segments")
    main = (
        ("name", "code"),
        "description",
        ("amount_cents", "currency_code"),
        ("interval", "interval_count"),
        ("auto_renew", "address_required"),
        "entitlements",
        "sku",
        "segments",
        "enabled",
    )

    def label(self, row: Plan) -> str:
        return row.name

    @column("amount", ordering="amount_cents")
    def amount(self, row: Plan) -> str | None:
        return formatted(row.amount_cents, row.currency_code)


@admin.register(Coupon)
class CouponAdmin(TenantAdmin):
    """Reductions, and who may see them."""

    form = TaggedForm
    list_display = ("code", "name", "off", "duration", "expires_at")
    list_filter = ("duration",)
    search_fields = ("^code", "^name", "uid__exact", "=reference")
    autocomplete_fields = ("segments", "tags")
    main = (
        ("code", "name"),
        "percent_off",
        ("amount_off_cents", "currency_code"),
        ("duration", "duration_in_months"),
        "expires_at",
        "segments",
        "tags",
    )

    def label(self, row: Coupon) -> str:
        return row.code

    @column("off")
    def off(self, row: Coupon) -> str | None:
        if row.currency_code is None:
            return f"{row.percent_off} %"
        return formatted(row.amount_off_cents, row.currency_code)


@admin.register(PlanMembership)
class PlanMembershipAdmin(TenantAdmin):
    """Who has a place in a plan."""

    list_display = ("owner", "plan", "status", "activated_at", "created_at")
    list_filter = ("status", ("plan", OwnRelatedFilter))
    related = ("customer", "plan")
    search_fields = ("^customer__email", "uid__exact", "=reference")
    lookups = ("customer",)
    autocomplete_fields = ("customer", "plan")
    create_only = ("customer", "plan")
    writable = ("create", "update", "destroy")
    main = (("customer", "plan"),)
    facts = (("status", "activated_at"),)

    def label(self, row: PlanMembership) -> str:
        return f"{row.customer.email}: {row.plan}"

    @column("customer", ordering="customer__email")
    def owner(self, row: PlanMembership) -> SafeString | str:
        return record_link(row.customer)

    def write(self, request: HttpRequest, obj: PlanMembership, form: Any) -> None:
        if obj.pk is not None:
            obj.save()
            return
        with transaction.atomic():
            services.add_membership(membership=obj)


@panel(Customer)
def memberships(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show the customer's places in plans, if any."""
    if not may_read(request, "plan_memberships", customer):
        return None
    rows = customer.plan_memberships.select_related("plan").order_by("-pk")[:MOST_ROWS]
    shown = [(record_link(one.plan), one.status, when(one.created_at)) for one in rows]
    return Panel("Memberships", ("Plan", "Status", "Added"), shown) if shown else None
