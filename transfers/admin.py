"""Jobs, to be watched; they are made and stopped through the API."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from organizations.staff import ScopedAdmin, column, link
from transfers.models import Cleanup, Export, Import, Job
from transfers.progress import percentage

COLOURS = {
    "pending": "warning",
    "in_progress": "info",
    "interrupted": "danger",
    "completed": "success",
    "failed": "danger",
}


class JobAdmin(ScopedAdmin):
    """How far a job is."""

    writable = ()
    list_display = (
        "resource_type",
        "state",
        "done",
        "processed_count",
        "errors_count",
        "started_at",
    )
    list_filter = ("status",)
    search_fields = ("uid__exact", "reference__exact")
    main = ("environment", "resource_type", "status")
    times = (("created_at", "started_at"), ("completed_at", "interrupted_at"))

    def label(self, row: Job) -> str:
        return f"{row.resource_type} {row.uid}"

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: Job) -> str:
        return row.status

    @column("done")
    def done(self, row: Job) -> str:
        dealt_with = row.processed_count + row.errors_count
        done = percentage(row.status, row.total, dealt_with)
        return "-" if done is None else f"{done:g} %"

    @column("asked by")
    def who(self, row: Job) -> str:
        asked = row.asked_by
        owner = (
            f", for {str(asked['owner_type']).lower()} {asked['owner_id']}"
            if asked.get("owner_id")
            else ""
        )
        return f"{asked.get('kind', '-')} {asked.get('application_id', '')}{owner}"


@admin.register(Import)
class ImportAdmin(JobAdmin):
    """What comes in. The inputs themselves are not shown."""

    facts = (
        ("done", "inputs_size"),
        ("processed_count", "errors_count", "warnings_count"),
        ("cleanup_records", "destroyed_count"),
        *JobAdmin.times,
        ("format", "skip_errors", "parent_resource_id"),
        "errors_log",
        "warnings_log",
        ("who", "uid"),
    )


@admin.register(Export)
class ExportAdmin(JobAdmin):
    """What goes out."""

    facts = (
        ("done", "records_count"),
        ("file", "expires_at"),
        *JobAdmin.times,
        ("format", "dry_data", "jwt_filters"),
        ("fields", "includes", "filters"),
        "errors_log",
        ("who", "uid"),
    )

    @column("file")
    def file(self, row: Export) -> SafeString | str:
        return link(row.path, row.file_name) if row.path else "-"


@admin.register(Cleanup)
class CleanupAdmin(JobAdmin):
    """What is deleted."""

    facts = (
        ("done", "records_count"),
        ("processed_count", "errors_count"),
        *JobAdmin.times,
        "filters",
        "errors_log",
        ("who", "uid"),
    )
