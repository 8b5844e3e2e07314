"""Tags, and what hangs on other rows: attachments, notifications, links."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter
from django.utils.safestring import SafeString

from annotations.models import Attachment, Link, Notification, Tag, link_status
from jsonapi.errors import Invalid
from organizations.staff import StaffForm, TenantAdmin, column, record_link, step

LINK_COLOURS = {"active": "success", "pending": "info", "expired": "warning", "disabled": "danger"}


class TagForm(StaffForm):
    """Keeps the organization's limit on how long a tag may be."""

    def check(self, data: dict[str, Any]) -> None:
        environment = data.get("environment") or self.instance.environment
        most = environment.organization.tags_max_name_length
        if len(data.get("name", "")) > most:
            title = f"is too long (maximum is {most} characters)"
            raise Invalid("name", "too_long", title, count=most)


@admin.register(Tag)
class TagAdmin(TenantAdmin):
    """Labels; deleting one takes it off everything."""

    form = TagForm
    list_display = ("name", "created_at")
    search_fields = ("^name", "uid__exact")
    main = ("name",)

    def label(self, row: Tag) -> str:
        return row.name


class AttachedAdmin(TenantAdmin):
    """What hangs on other rows; the API puts it there."""

    writable = ("update", "destroy")
    list_select_related = ("content_type",)
    related = ("content_type",)
    search_fields = ("^name", "uid__exact", "=reference")

    def label(self, row: Any) -> str:
        return str(row.name)


@admin.register(Attachment)
class AttachmentAdmin(AttachedAdmin):
    """Links to documents."""

    list_display = ("name", "content_type", "created_at")
    main = ("name", "description", "url")
    facts = ("content_type", "attached_to")

    @column("attached to")
    def attached_to(self, row: Attachment) -> SafeString | str:
        return record_link(row.attachable)


@admin.register(Notification)
class NotificationAdmin(AttachedAdmin):
    """What storefronts show beside orders and line items."""

    list_display = ("name", "content_type", "flash", "created_at")
    list_filter = ("flash",)
    main = ("name", "flash", "body")
    facts = ("content_type", "shown_beside")

    @column("shown beside")
    def shown_beside(self, row: Notification) -> SafeString | str:
        return record_link(row.notifiable)


@admin.register(Link)
class LinkAdmin(AttachedAdmin):
    """Short addresses of orders, SKUs and SKU lists."""

    list_display = ("name", "item_type", "state", "expires_at", "url")
    list_filter = ("item_type", ("disabled_at", EmptyFieldListFilter))
    actions_detail = ("disable", "enable")
    main = ("name", ("client_id", "scope"), ("starts_at", "expires_at"), "domain", "params")
    facts = ("url", "state", ("item_type", "leads_to"), "disabled_at")

    disable = step(
        "_disable",
        "Disable",
        "The link leads nowhere any more.",
        offered=lambda link: link.disabled_at is None,
    )
    enable = step(
        "_enable",
        "Enable",
        "The link leads to its item again.",
        offered=lambda link: link.disabled_at is not None,
    )

    @column("status", colours=LINK_COLOURS)
    def state(self, row: Link) -> str:
        return link_status(row.disabled_at, row.starts_at, row.expires_at)

    @column("leads to")
    def leads_to(self, row: Link) -> SafeString | str:
        return record_link(row.item)
