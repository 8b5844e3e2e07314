"""The sidebar and the first page, as far as the signed-in user may look."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin import site
from django.http import HttpRequest

from organizations.staff.columns import list_url
from organizations.staff.rights import rows_for

MOST_COUNTED = 10_000
FIRST = settings.ADMIN_NAVIGATION[0][0]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of the sidebar that have anything to show."""
    groups = [
        {"title": title, "separator": title != FIRST, "items": _items(request, entries)}
        for title, entries in settings.ADMIN_NAVIGATION
    ]
    return [group for group in groups if group["items"]]


def _items(request: HttpRequest, entries: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    items = []
    for icon, title, name in entries:
        model = apps.get_model(name)
        page = site._registry.get(model)
        if page is not None and page.has_view_permission(request):
            items.append({"title": title, "icon": icon, "link": list_url(model)})
    return items


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the numbers of the first page."""
    cards = map(_card(request), settings.ADMIN_CARDS)
    return {**context, "cards": [card for card in cards if card]}


def _card(request: HttpRequest) -> Any:
    def make(entry: tuple[str, str, dict[str, Any], str]) -> dict[str, str] | None:
        title, name, condition, query = entry
        model = apps.get_model(name)
        page = site._registry.get(model)
        if page is None or not page.has_view_permission(request):
            return None
        rows = rows_for(request, model).filter(**condition).order_by()
        count = rows[: MOST_COUNTED + 1].count()  # exact counts of everything are slow
        number = f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"
        return {"title": title, "number": number, "link": list_url(model, query)}

    return make
