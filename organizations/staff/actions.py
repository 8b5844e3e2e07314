"""Buttons on the page of a row. All ask before they act, and a refusal becomes a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.decorators import action
from unfold.enums import ActionVariant

from jsonapi import registry, triggers
from jsonapi.access import Caller
from jsonapi.errors import ApiError
from organizations.staff.columns import change_url
from organizations.staff.trail import recorded

Step = Callable[[Any, Caller], None]
Offered = Callable[[Any], bool]
VARIANTS = {
    "plain": ActionVariant.DEFAULT,
    "good": ActionVariant.PRIMARY,
    "grave": ActionVariant.DANGER,
}


def step(
    trigger: str, title: str, question: str, *, offered: Offered | None = None, look: str = "plain"
) -> Any:
    """Return a button that does what the API's trigger attribute does."""

    def act(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        def run(row: Any, caller: Caller) -> None:
            resource_type = registry.type_of(type(row)) or ""
            triggers.of(resource_type)[trigger].run(row, True, caller)

        return act_in_detail(page, request, object_id, title, run)

    return button(act, trigger.strip("_"), Button(title, question, offered or always, look))


def switches(disabling: str, enabling: str) -> tuple[Any, Any]:
    """Return the buttons `disable` and `enable` of what can be disabled, with what they ask."""
    return (
        step("_disable", "Disable", disabling, offered=lambda row: row.disabled_at is None),
        step("_enable", "Enable", enabling, offered=lambda row: row.disabled_at is not None),
    )


def always(row: Any) -> bool:
    return True


@dataclass(frozen=True)
class Button:
    """What a button says, what it asks before it acts, and which rows have it."""

    title: str
    question: str
    offered: Offered = always
    look: str = "plain"


def button(act: Callable[..., HttpResponse], name: str, looks: Button) -> Any:
    """Return a method `name` for a page's `actions_detail` that asks a question first."""
    act.__name__ = name
    dialog = {
        "title": looks.title,
        "description": looks.question,
        "form_class": None,
        "form_submit_text": looks.title,
    }
    decorator: Any = action(
        description=looks.title,
        permissions=["act"],
        dialog=dialog,
        variant=VARIANTS[looks.look],
    )
    made = decorator(act)
    made.offered = looks.offered
    return made


def act_in_detail(
    page: Any, request: HttpRequest, object_id: str, title: str, run: Step
) -> HttpResponse:
    """Do something to one row, record it, say how it went and return to the row's page."""
    row = page.get_object(request, object_id)
    if row is None:
        raise Http404
    if not page.has_act_permission(request, row):
        raise PermissionDenied
    try:
        with recorded(request, row) as caller:
            run(row, caller)
            page.log_change(request, row, title)
    except (ApiError, IntegrityError) as refusal:
        refuse(request, refusal)
    else:
        messages.success(request, f"{title}: done.")
    return go(request, change_url(row))


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect the browser, also from inside a dialog, where htmx follows redirects itself."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def refuse(request: HttpRequest, refusal: ApiError | IntegrityError, about: str = "") -> None:
    """Tell the user why something was not done."""
    for reason in reasons(refusal):
        messages.error(request, f"{about}: {reason}" if about else reason)


def reasons(refusal: ApiError | IntegrityError) -> list[str]:
    """Return what stands in the way, in words without values of the database."""
    if isinstance(refusal, IntegrityError):
        diagnosis = getattr(refusal.__cause__, "diag", None)
        return [f"The database refused it: {getattr(diagnosis, 'constraint_name', None)}."]
    return [_reason(error) for error in refusal.errors]


def _reason(error: dict[str, Any]) -> str:
    name = error.get("source", {}).get("pointer", "").rpartition("/")[2]
    if not name:
        return str(error["detail"])
    return f"{name.strip('_').replace('_', ' ').capitalize()}: {error['title']}."
