"""Tags and attachments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString

from annotations.models import Attachment, Tag
from jsonapi.errors import Invalid
from organizations.staff import StaffForm, TenantAdmin, column, record_link


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


@admin.register(Attachment)
class AttachmentAdmin(TenantAdmin):
    """Links to documents; they are attached through the API."""

    writable = ("update", "destroy")
    list_display = ("name", "content_type", "created_at")
    list_select_related = ("content_type",)
    related = ("content_type",)
    search_fields = ("^name", "uid__exact", "=reference")
    main = ("name", "description", "url")
    facts = ("content_type", "attached_to")

    def label(self, row: Attachment) -> str:
        return row.name

    @column("attached to")
    def attached_to(self, row: Attachment) -> SafeString | str:
        return record_link(row.attachable)
