"""Tables below the form of a row; an app above adds its own to the pages of those below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from organizations.models import TenantResource
from organizations.staff.access import access_of

MOST_ROWS = 10


@dataclass
class Panel:
    """A table: its rows are as long as its headers."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    more: str = ""  # address of the whole list

    @property
    def table(self) -> dict[str, Any]:
        """The table as the template's component wants it."""
        return {"headers": self.headers, "rows": self.rows}


Maker = Callable[[HttpRequest, Any], Panel | None]
_makers: list[tuple[type[Model], Maker]] = []


def panel(model: type[Model]) -> Callable[[Maker], Maker]:
    """Show what a function makes of a row on the pages of `model`, and of what inherits it."""

    def register(maker: Maker) -> Maker:
        _makers.append((model, maker))
        return maker

    return register


def panels_of(request: HttpRequest, row: Model) -> list[Panel]:
    """Return the tables of a row's page."""
    made = [maker(request, row) for model, maker in _makers if isinstance(row, model)]
    return [one for one in made if one is not None]


def may_read(request: HttpRequest, resource_type: str, row: TenantResource) -> bool:
    """Tell whether the user may look at rows of a type that hang on `row`."""
    return access_of(request).may_read(resource_type, row.environment.organization_id)
