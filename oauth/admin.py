"""Applications: who may ask for tokens. Their secrets are shown once, when they are made."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidScopeError
from django.contrib import admin, messages
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminTextareaWidget

from jsonapi.access import Caller
from jsonapi.errors import Invalid
from oauth import services
from oauth.models import Application, Kind
from oauth.scopes import parse
from organizations.staff import (
    Button,
    OwnRelatedFilter,
    StaffForm,
    TenantAdmin,
    act_in_detail,
    button,
    column,
)

COLOURS = {"sales_channel": "info", "integration": "warning", "webapp": "success"}


class ApplicationForm(StaffForm):
    """Scopes are well-formed, a role is one of the organization's."""

    def check(self, data: dict[str, Any]) -> None:
        environment = data.get("environment") or self.instance.environment
        try:
            parse(data.get("scopes", ""))
        except InvalidScopeError:
            raise Invalid("scopes", "invalid", "is not a list of scopes") from None
        role = data.get("role")
        if role is not None and role.organization_id != environment.organization_id:
            raise Invalid("role", "invalid", "belongs to another organization")


def new_secret(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
    """Replace the secret."""

    def run(application: Application, caller: Caller) -> None:
        secret = application.set_secret()
        application.save(update_fields=["secret_hash", "updated_at"])
        tell(request, application, secret)

    return act_in_detail(page, request, object_id, "New secret", run)


def revoke_tokens(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
    """Take all tokens back."""

    def run(application: Application, caller: Caller) -> None:
        services.revoke_application(application)

    return act_in_detail(page, request, object_id, "Revoke tokens", run)


def tell(request: HttpRequest, application: Application, secret: str) -> None:
    """Show a new secret, this once: only its hash is kept."""
    text = format_html(
        "Copy the secret now, it is not shown again.<br>Client id: <code>{}</code><br>"
        "Client secret: <code>{}</code>",
        application.client_id,
        secret,
    )
    messages.warning(request, text)


@admin.register(Application)
class ApplicationAdmin(TenantAdmin):
    """Clients of the API; those who run the organization make them."""

    form = ApplicationForm
    managed = True
    list_display = ("name", "labelled_kind", "client_id", "scopes", "role")
    list_filter = ("kind", ("role", OwnRelatedFilter))
    related = ("role",)
    search_fields = ("^name", "client_id__exact", "uid__exact")
    create_only = ("kind",)
    actions_detail = ("new_secret", "revoke_tokens")
    main = ("name", "kind", "scopes", "role", "access_token_lifetime", "redirect_uris")
    facts = ("client_id", "has_secret")

    new_secret = button(
        new_secret,
        "new_secret",
        Button(
            "New secret",
            "The old secret stops working at once. Tokens that were got with it stay good until"
            " they expire or are revoked.",
            lambda application: application.kind != Kind.SALES_CHANNEL,
            "grave",
        ),
    )
    revoke_tokens = button(
        revoke_tokens,
        "revoke_tokens",
        Button("Revoke tokens", "Every token of the application stops working.", look="grave"),
    )

    def label(self, row: Application) -> str:
        return row.name

    @column("kind", ordering="kind", colours=COLOURS)
    def labelled_kind(self, row: Application) -> str:
        return row.kind

    @column("has a secret", boolean=True)
    def has_secret(self, row: Application) -> bool:
        return bool(row.secret_hash)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name != "redirect_uris":
            return super().formfield_for_dbfield(db_field, request, **options)
        return SimpleArrayField(
            db_field.base_field.formfield(),
            delimiter="\n",
            required=False,
            widget=UnfoldAdminTextareaWidget,
            help_text="One on each line. Codes are sent there, byte for byte.",
        )

    def write(self, request: HttpRequest, obj: Application, form: Any) -> None:
        if obj.pk is None and obj.kind != Kind.SALES_CHANNEL:
            tell(request, obj, obj.set_secret())
        obj.save()

    def destroy(self, obj: Application) -> None:
        services.revoke_application(obj)
        obj.delete()
