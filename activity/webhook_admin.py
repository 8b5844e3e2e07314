"""The pages of webhooks: who is told of what, and how telling went."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter
from django.http import HttpRequest
from django.utils.safestring import SafeString

from activity import topics
from activity.models import CircuitState, Delivery, Event, EventCallback, Webhook
from activity.rendering import reading_caller
from activity.validation import MOST_PATHS, check_webhook
from jsonapi.errors import Invalid
from organizations.staff import (
    Panel,
    StaffForm,
    TenantAdmin,
    column,
    link,
    list_url,
    panel,
    record_link,
    rows_for,
    step,
    switches,
    when,
)
from organizations.staff.columns import change_url
from organizations.staff.panels import MOST_ROWS

CIRCUITS = {str(CircuitState.CLOSED): "success", str(CircuitState.OPEN): "danger"}


class WebhookForm(StaffForm):
    """The rules of the API; includes are written one in a line."""

    topic = forms.ChoiceField(choices=lambda: [(one, one) for one in topics.known()])
    include_resources = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Relationships to send along, one in a line: customer_group.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["include_resources"] = "\n".join(self.instance.include_resources)

    def clean_include_resources(self) -> list[str]:
        """Return the lines that are not empty."""
        return [line.strip() for line in self.cleaned_data["include_resources"].split()]

    def _is_json(self, name: str) -> bool:
        return name != "include_resources" and super()._is_json(name)

    def check(self, data: dict[str, Any]) -> None:
        paths = data["include_resources"]
        if len(paths) > MOST_PATHS:
            raise Invalid("include_resources", "too_many", f"must be at most {MOST_PATHS}")
        environment = data.get("environment") or self.instance.environment
        check_webhook(
            caller=reading_caller(environment),
            topic=data["topic"],
            callback_url=data["callback_url"],
            include_resources=paths,
        )


@admin.register(Webhook)
class WebhookAdmin(TenantAdmin):
    """Who is told of what. The secret that signs callbacks is not shown."""

    # A webhook is sent whatever it asks for: not for those who may read only some of that.
    managed = True
    form = WebhookForm
    list_display = ("name", "topic", "callback_url", "enabled", "circuit")
    list_filter = ("circuit_state", ("disabled_at", EmptyFieldListFilter))
    search_fields = ("^name", "=topic", "uid__exact", "=reference")
    actions_detail = ("reset_circuit", "disable", "enable", "regenerate_shared_secret")
    main = ("name", "topic", "callback_url", "include_resources")
    facts = (("circuit", "circuit_failure_count"), ("disabled_at", "waiting"))

    reset_circuit = step(
        "_reset_circuit",
        "Reset circuit",
        "Callbacks are made again, first those that wait.",
        offered=lambda webhook: (
            webhook.circuit_state == CircuitState.OPEN or webhook.circuit_failure_count
        ),
        look="good",
    )
    disable, enable = switches(
        "What happens from now on is not told.", "What happens is told again."
    )
    regenerate_shared_secret = step(
        "_regenerate_shared_secret",
        "Replace shared secret",
        "Whoever checks signatures needs the new secret, from the API.",
        look="grave",
    )

    def label(self, row: Webhook) -> str:
        return row.name or row.uid

    @column("enabled", ordering="disabled_at", boolean=True)
    def enabled(self, row: Webhook) -> bool:
        return row.disabled_at is None

    @column("circuit", ordering="circuit_state", colours=CIRCUITS)
    def circuit(self, row: Webhook) -> str:
        return row.circuit_state

    @column("events still to be told")
    def waiting(self, row: Webhook) -> int:
        return Delivery.objects.filter(webhook=row).count()


@admin.register(EventCallback)
class EventCallbackAdmin(TenantAdmin):
    """Every attempt to tell a webhook of an event."""

    writable = ()
    list_display = ("created_at", "webhook", "callback_url", "response")
    list_filter = ("response_code",)
    related = ("webhook",)
    lookups = ("webhook", "event")
    search_fields = ("uid__exact", "=response_code")
    main = ("callback_url", "response")
    facts = ("webhook_link", "payload")

    @column("response", ordering="response_code")
    def response(self, row: EventCallback) -> str:
        return response_of(row)

    @column("webhook")
    def webhook_link(self, row: EventCallback) -> SafeString | str:
        return record_link(row.webhook)


def response_of(callback: EventCallback) -> str:
    """Return `200 OK`, or what went wrong."""
    return " ".join(part for part in (callback.response_code, callback.response_message) if part)


@panel(Webhook)
def latest_callbacks(request: HttpRequest, webhook: Webhook) -> Panel:
    """Show how telling a webhook went lately."""
    rows = rows_for(request, EventCallback).filter(webhook=webhook).order_by("-pk")
    more = list_url(EventCallback, f"webhook__id__exact={webhook.pk}")
    return _log(rows[:MOST_ROWS], more)


@panel(Event)
def callbacks_of_event(request: HttpRequest, event: Event) -> Panel:
    """Show who was told of an event."""
    rows = rows_for(request, EventCallback).filter(event=event).order_by("-pk")
    return _log(rows[:MOST_ROWS], list_url(EventCallback, f"event__id__exact={event.pk}"))


def _log(callbacks: Any, more: str) -> Panel:
    shown = [
        (link(change_url(one), when(one.created_at)), one.callback_url, response_of(one))
        for one in callbacks
    ]
    return Panel("Callbacks", ("When", "To", "Response"), shown, more)
