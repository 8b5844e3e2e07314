"""What happened, for reading only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.http import HttpRequest

from activity.models import Event, EventStore
from activity.webhook_admin import EventCallbackAdmin, WebhookAdmin
from jsonapi import registry
from organizations.models import TenantResource, User
from organizations.staff import (
    Panel,
    ScopedAdmin,
    TenantAdmin,
    column,
    link,
    list_url,
    panel,
    rows_for,
    step,
    when,
)
from organizations.staff.columns import change_url

__all__ = ["EventAdmin", "EventCallbackAdmin", "EventStoreAdmin", "WebhookAdmin"]

MOST_STEPS = 20


@admin.register(EventStore)
class EventStoreAdmin(ScopedAdmin):
    """The audit trail: only ever added to."""

    writable = ()
    list_display = ("created_at", "resource_type", "resource_uid", "event", "actor")
    lookups = ("subject_uid",)
    search_fields = ("resource_uid__exact", "subject_uid__exact", "uid__exact")
    main = ("environment", "uid", "created_at", "resource_type", "resource_uid", "event")
    facts = ("actor", "payload", "who")

    def label(self, row: EventStore) -> str:
        return str(row)

    def get_queryset(self, request: HttpRequest) -> Any:
        users = User.objects.filter(uid=OuterRef("owner_uid")).values("email")
        rows = super().get_queryset(request).annotate(owner_uid=KT("who__owner__id"))
        return rows.annotate(owner_email=Subquery(users[:1]))

    @column("who")
    def actor(self, row: EventStore) -> str:
        return actor_of(row)


@admin.register(Event)
class EventAdmin(TenantAdmin):
    """What other systems were told."""

    writable = ()
    actions_detail = ("trigger",)
    list_display = ("name", "resource_uid", "created_at")
    search_fields = ("name__exact", "resource_uid__exact", "uid__exact")
    lookups = ("subject_uid",)
    main = ("name", "resource_uid")

    trigger = step("_trigger", "Tell again", "Its webhooks are told of it once more.")


def actor_of(entry: Any) -> str:
    """Return who did it; `entry` comes with its `owner_email` annotated."""
    who = entry.who or {}
    if "worker" in who:
        return str(who["worker"]["type"])
    application = who.get("application", {})
    owner = who.get("owner")
    by = f"{owner['type'].lower()} {entry.owner_email or owner['id']}" if owner else ""
    through = f"{application.get('kind', '')} {application.get('id', '')}".strip()
    if application.get("id") == "admin":
        through = "the admin"
    return ", ".join(part for part in (by, through and f"through {through}") if part) or "-"


@panel(TenantResource)
def timeline(request: HttpRequest, row: TenantResource) -> Panel | None:
    """Show what happened to a row; on a person's page, to everything that is theirs."""
    resource_type = registry.type_of(type(row))
    trail: Any = rows_for(request, EventStore)
    events = rows_for(request, Event)
    if resource_type is None or isinstance(row, Event):
        return None
    if row.owner_path == "uid":
        condition: dict[str, Any] = {"environment": row.environment_id, "subject_uid": row.uid}
        trail, events = trail.filter(**condition), events.filter(**condition)
    else:
        kind = ContentType.objects.get_for_model(row)
        trail = trail.filter(environment=row.environment_id).about(resource_type, row.uid)
        events = events.filter(content_type=kind, object_id=row.pk)
    steps = [*_entries(trail.order_by("-pk")), *_published(events.order_by("-pk"))]
    newest = sorted(steps, key=lambda one: one[0], reverse=True)[:MOST_STEPS]
    shown = [(when(time), what, about, who) for time, what, about, who in newest]
    more = list_url(EventStore, f"q={row.uid}")
    return Panel("Timeline", ("When", "What", "About", "Who"), shown, more)


def _entries(rows: QuerySet[Any]) -> Iterable[tuple[Any, ...]]:
    for entry in rows[:MOST_STEPS]:
        changed = ", ".join(name for name in entry.payload if name != "updated_at")
        what = f"{entry.event}: {changed}" if entry.event == "update" else entry.event
        about = f"{entry.resource_type} {entry.resource_uid}"
        yield entry.created_at, link(change_url(entry), what), about, actor_of(entry)


def _published(rows: QuerySet[Any]) -> Iterable[tuple[Any, ...]]:
    for event in rows[:MOST_STEPS]:
        about = f"{event.name.partition('.')[0]} {event.resource_uid}"
        yield event.created_at, link(change_url(event), f"published {event.name}"), about, "-"
