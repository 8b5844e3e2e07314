"""What the admin shows and does about forgetting a customer, on a row and on many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from anonymization import services
from anonymization.admin import COLOURS, staff_of
from anonymization.models import AnonymizationRequest, Status
from customers.models import Customer
from jsonapi.access import Caller
from jsonapi.errors import ApiError
from organizations.staff import act_in_detail, recorded, refuse, when

Service = Callable[..., AnonymizationRequest]
REQUEST, CANCEL = "Request anonymization", "Cancel anonymization"
SERVICES: dict[str, Service] = {
    REQUEST: services.request_anonymization,
    CANCEL: services.cancel_anonymization,
}
QUESTIONS = {
    REQUEST: "Once the grace period is over, everything that says who the customer is will be"
    " erased for good. Until then the request can be cancelled.",
    CANCEL: "The customer stays as they are.",
}
MOST_AT_ONCE = 500
OPEN = (Status.REQUESTED, Status.STARTED)


def can_be_forgotten(customer: Customer) -> bool:
    """Tell whether it makes sense to ask for it."""
    return customer.anonymization_status not in (*OPEN, Status.COMPLETED)


def can_be_kept(customer: Customer) -> bool:
    """Tell whether there is an open request."""
    return customer.anonymization_status in OPEN


def on_page(title: str) -> Callable[..., HttpResponse]:
    """Return what a button does."""

    def act(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        def run(customer: Customer, caller: Caller) -> None:
            _call(title, request, customer, caller)

        return act_in_detail(page, request, object_id, title, run)

    return act


def on_list(
    page: Any, request: HttpRequest, rows: QuerySet[Any], title: str
) -> HttpResponse | None:
    """Ask first; then act on each customer by itself and report each refusal."""
    if rows.count() > MOST_AT_ONCE:
        page.message_user(request, f"Select at most {MOST_AT_ONCE}.", messages.ERROR)
        return None
    if "confirmed" not in request.POST:
        context = {
            **page.admin_site.each_context(request),
            "title": title,
            "question": QUESTIONS[title],
            "rows": [(row.pk, page.label(row)) for row in rows],
            "action": request.POST.get("action"),
            "opts": page.opts,
        }
        return TemplateResponse(request, "admin/staff/confirm.html", context)
    done = 0
    for customer in rows:
        if not page.has_act_permission(request, customer):
            continue
        try:
            with recorded(request, customer) as caller:
                _call(title, request, customer, caller)
                page.log_change(request, customer, title)
        except ApiError as refusal:
            # Messages wait in a cookie or in the session: no place for e-mails.
            refuse(request, refusal, str(customer))
        else:
            done += 1
    if done:
        page.message_user(request, f"{title}: done for {done}.", messages.SUCCESS)
    return None


def facts_of(customer: Customer) -> dict[str, Any] | None:
    """Return what the page says about the latest request, None if there never was one."""
    requests = AnonymizationRequest.objects.of(customer.environment_id, customer.uid)
    latest = requests.select_related("requester", "cancellation_requester").first()
    if latest is None:
        return None
    facts = [
        ("Requested", when(latest.requested_at)),
        ("Requested by", _name(latest.requester)),
        ("Can be cancelled until", when(latest.not_before) if latest.is_open else None),
        ("Started", when(latest.started_at)),
        ("Completed", when(latest.completed_at)),
        ("Failed", when(latest.failed_at)),
        ("Cancelled", when(latest.cancelled_at)),
        ("Cancelled by", _name(latest.cancellation_requester)),
    ]
    label = {"text": latest.get_status_display(), "type": COLOURS[latest.status]}
    return {
        "label": render_to_string("unfold/helpers/label.html", label),
        "facts": [(name, value) for name, value in facts if value not in (None, "-")],
    }


def _call(title: str, request: HttpRequest, customer: Customer, caller: Caller) -> None:
    SERVICES[title](
        environment_id=customer.environment_id,
        subject_uid=customer.uid,
        requester=staff_of(request),
        caller=caller,
    )


def _name(user: Any) -> str | None:
    return user.email if user else None
