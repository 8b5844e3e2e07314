"""Requests to be forgotten: a trail that staff can read and stop, and nobody can edit."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from anonymization import services
from anonymization.erasers import subject
from anonymization.models import AnonymizationRequest, Status
from jsonapi.access import Caller
from jsonapi.errors import ApiError
from organizations.models import User
from organizations.staff import (
    Button,
    ScopedAdmin,
    act_in_detail,
    button,
    column,
    link,
    list_url,
    recorded,
    refuse,
)

COLOURS = {
    "requested": "warning",
    "started": "info",
    "completed": "success",
    "failed": "danger",
    "cancelled": "",
}


def staff_of(request: HttpRequest) -> User:
    """Return the signed-in user, who is asking."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def cancel(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
    """Withdraw the request."""

    def run(row: AnonymizationRequest, caller: Caller) -> None:
        withdraw(request, row, caller)

    return act_in_detail(page, request, object_id, "Cancel", run)


def request_again(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
    """Open a new request in place of one that failed."""

    def run(row: AnonymizationRequest, caller: Caller) -> None:
        services.request_anonymization(
            environment_id=row.environment_id,
            subject_uid=row.subject_uid,
            requester=staff_of(request),
            caller=caller,
        )

    return act_in_detail(page, request, object_id, "Request again", run)


def withdraw(request: HttpRequest, row: AnonymizationRequest, caller: Caller) -> None:
    """Cancel whatever request of this person is open. Raises ApiError."""
    services.cancel_anonymization(
        environment_id=row.environment_id,
        subject_uid=row.subject_uid,
        requester=staff_of(request),
        caller=caller,
    )


@admin.register(AnonymizationRequest)
class AnonymizationRequestAdmin(ScopedAdmin):
    """Who asked for what, and how far it is."""

    # Who may change a customer may have them forgotten, and may change their mind.
    resource_type = "customers"
    writable = ()
    list_display = (
        "person",
        "state",
        "requested_at",
        "not_before",
        "completed_at",
        "asked_by",
    )
    list_filter = ("status",)
    related = ("requester",)
    search_fields = ("subject_uid__exact", "uid__exact")
    date_hierarchy = "requested_at"
    actions = ("cancel_selected",)
    actions_detail = ("cancel", "request_again")
    main = ("environment", "subject_uid", "status", "not_before")
    facts = (
        ("requested_at", "asked_by"),
        ("cancelled_at", "cancelled_by"),
        ("started_at", "completed_at"),
        ("failed_at", "attempts"),
        "last_error",
        "report",
        ("customer", "uid"),
    )

    cancel = button(
        cancel,
        "cancel",
        Button("Cancel", "The customer stays as they are.", lambda row: row.is_open, "grave"),
    )
    request_again = button(
        request_again,
        "request_again",
        Button(
            "Request again",
            "A new request is opened, with a grace period of its own.",
            lambda row: row.status == Status.FAILED,
        ),
    )

    def label(self, row: AnonymizationRequest) -> str:
        return f"Customer {row.subject_uid}"

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: AnonymizationRequest) -> str:
        return row.status

    @column("customer id", ordering="subject_uid")
    def person(self, row: AnonymizationRequest) -> str:
        return row.subject_uid

    @column("cancelled by")
    def cancelled_by(self, row: AnonymizationRequest) -> str:
        return row.cancellation_requester.email if row.cancellation_requester else "-"

    @column("requested by", ordering="requester__email")
    def asked_by(self, row: AnonymizationRequest) -> str:
        return row.requester.email if row.requester else "-"

    @column("customer")
    def customer(self, row: AnonymizationRequest) -> SafeString | str:
        person = subject()
        return link(list_url(person.model, f"q={row.subject_uid}"), "Open") if person else "-"

    @admin.action(description="Cancel the selected requests", permissions=["act"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Cancel what is open; say for each of the others why not."""
        for row in queryset:
            if not self.has_act_permission(request, row):
                continue
            try:
                with recorded(request, row) as caller:
                    withdraw(request, row, caller)
                    self.log_change(request, row, "Cancel")
            except ApiError as refusal:
                refuse(request, refusal, str(row))
            else:
                self.message_user(request, f"{row}: cancelled", messages.SUCCESS)
