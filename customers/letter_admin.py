"""Letters, for reading only: what waits, what was sent, and the mails that went nowhere."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customers import mailbox
from customers.models import Letter
from organizations.staff import ScopedAdmin, column, record_link

COLOURS = {"waiting": "info", "sent": "success", "failed": "danger", "dropped": ""}


@admin.register(Letter)
class LetterAdmin(ScopedAdmin):
    """Mails to customers. Their text is shown only where mails are files instead of mails."""

    # Who may see a customer may see what was written to them.
    resource_type = "customers"
    writable = ()
    list_display = ("kind", "recipient", "state", "language", "created_at", "sent_at")
    list_filter = ("status", "kind")
    related = ("customer",)
    search_fields = ("uid__exact", "customer__uid__exact", "^customer__email")
    main = ("environment", "kind", "language")
    facts = ("recipient", "state", ("created_at", "sent_at"), ("attempts", "last_error"), "text")

    def label(self, row: Letter) -> str:
        return row.get_kind_display()

    @column("status", ordering="status", colours=COLOURS)
    def state(self, row: Letter) -> str:
        return row.status

    @column("customer", ordering="customer__email")
    def recipient(self, row: Letter) -> SafeString | str:
        return record_link(row.customer)

    @column("text")
    def text(self, row: Letter) -> SafeString | str:
        mail = mailbox.read(row.uid)
        return "-" if mail is None else format_html("<pre>{}</pre>", mail)
