"""What a line or an item is of, as documents name it."""

from __future__ import annotations

from typing import Any

from catalog.models import Bundle, Sku
from jsonapi import registry
from jsonapi.identifiers import RelationshipField
from jsonapi.models import ResourceQuerySet


class ItemField(RelationshipField):
    """A SKU or a bundle. It is written only: `sku` and `bundle` say which it was."""

    def __init__(self) -> None:
        super().__init__(model=Sku, required=False, write_only=True)

    def rows(self, resource_type: str) -> ResourceQuerySet:
        """Return the candidates; 400 when the type does not belong here."""
        if resource_type != registry.type_of(Bundle):
            return super().rows(resource_type)
        view = registry.view_of(resource_type)
        assert view is not None  # noqa: S101
        return view.rows_for(self.context["caller"])


def take_item(values: dict[str, Any]) -> None:
    """Put what `item` names into the column for it."""
    item = values.pop("item", None)
    if item is not None:
        values["bundle" if isinstance(item, Bundle) else "sku"] = item
