"""Foreign keys that lead to a model with people's rows, but never to one of those rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

Link = tuple[type[Model], str]  # a model and the name of its foreign key

_reasons: dict[Link, str] = {}


def leads_to_nobody(model: type[Model], name: str, *, because: str) -> None:
    """Declare that no row at the end of a foreign key can be somebody's. The reason is published.

    Something has to hold it, the database if possible: what is behind is not looked at.
    """
    _reasons[model, name] = because


def reasons() -> Mapping[Link, str]:
    """Return why which foreign keys lead to nobody."""
    return _reasons
