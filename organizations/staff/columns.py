"""Columns of lists, and what is in their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from organizations.staff.rights import label_of

Function = TypeVar("Function", bound=Callable[..., Any])
MODES = {"test": "info", "live": "success"}


def column(
    title: str,
    *,
    ordering: str | None = None,
    colours: Mapping[str, str] | None = None,
    boolean: bool | None = None,
) -> Callable[[Function], Function]:
    """Make a method a column; `colours` says which values stand out as which kind of label."""
    decorator: Callable[[Function], Function] = display(
        description=title, ordering=ordering, label=colours, boolean=boolean
    )
    return decorator


def change_url(row: Model) -> str:
    """Return the address of a row's page."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def list_url(model: type[Model], query: str = "") -> str:
    """Return the address of a list, perhaps narrowed by a query such as `q=abc`."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{query}" if query else url


def link(url: str, text: str) -> SafeString:
    """Return a link in the colours of the admin."""
    return format_html(
        '<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', url, text
    )


def record_link(row: Model | None) -> SafeString | str:
    """Return a link to a row's page, a dash for none."""
    return "-" if row is None else link(change_url(row), label_of(row))


def when(time: datetime | None) -> str:
    """Return a time as `2026-03-15 11:39 UTC`."""
    return "-" if time is None else timezone.localtime(time).strftime("%Y-%m-%d %H:%M %Z")
