"""Rows of every type, full of what is hard to write as JSON. Made from the models alone.

Of each type there are four rows: the first has null wherever it may, the others have values.
A new resource gets its rows by itself, unless a constraint wants a value of its own.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from anonymization import impersonal
from anonymization.models import AnonymizationRequest
from jsonapi import registry
from tests.cast import Shop
from tests.jsonapi.oracle.values import MOMENTS, is_certain, value

ROWS = 4
SINGLETONS = ("applications", "organizations")

# Columns that belong to the machinery rather than to what is shown.
KEPT = {
    "id",
    "uid",
    "environment",
    "password",
    "client_id",
    "secret_hash",
    "secret",
    "slug",
    "is_default",
    "kind",
    "of_place",
}
HANGING = {"content_type", "object_id", "subject_uid"}  # what it hangs on is said in `hang`


class World:
    """A tenant with rows of every type, and a neighbour with some that nobody may see."""

    def __init__(self) -> None:
        self.shop = Shop("acme")
        self.api = self.shop.integration
        self.rows = self._rows_of(self.shop)
        self._rows_of(Shop("rival"))

    def uids(self, resource_type: str) -> list[str]:
        """Return the ids of the rows that were filled, not of those that came along."""
        return [row.uid for row in self.rows[resource_type]]

    def _rows_of(self, shop: Shop) -> dict[str, list[Any]]:
        rows = _create(shop.environment)
        for resource_type in rows:
            _fill(resource_type, rows)
        _connect(rows)
        rows |= {"applications": [shop.application], "organizations": [shop.organization]}
        for resource_type in SINGLETONS:
            _fill(resource_type, rows)
        AnonymizationRequest.objects.create(
            environment=shop.environment,
            subject_uid=rows["customers"][1].uid,
            not_before=MOMENTS[1],
            requester=shop.user,
        )
        return rows


def _create(environment: Any) -> dict[str, list[Any]]:
    """Insert rows with what is required, each type after those that it needs."""
    rows: dict[str, list[Any]] = {}
    waiting = [name for name in registry.types() if name not in SINGLETONS]
    while waiting:
        resource_type = waiting.pop(0)
        model = registry.view_of(resource_type).model
        needed = [field for field in _keys(model) if not field.null]
        before = {registry.type_of(field.related_model) for field in needed}
        if _hangs(model):
            before.add("customers")
        if before - rows.keys():
            waiting.append(resource_type)
            continue
        rows[resource_type] = [
            _insert(resource_type, number, environment, needed, rows) for number in range(ROWS)
        ]
    return rows


def _insert(
    resource_type: str, number: int, environment: Any, needed: list[Any], rows: dict[str, list[Any]]
) -> Any:
    model = registry.view_of(resource_type).model
    values: dict[str, Any] = {field.name: _partner(model, field, rows, number) for field in needed}
    values |= {
        field.name: value(resource_type, field, number)
        for field in _columns(model)
        if is_certain(resource_type, field) or not (field.null or field.has_default())
    }
    if _hangs(model):
        values |= hang(rows["customers"][number])
    return model._default_manager.create(environment=environment, **values)


def _fill(resource_type: str, rows: dict[str, list[Any]]) -> None:
    """Write every column: null in the first row where that is possible."""
    for number, row in enumerate(rows[resource_type]):
        # Of a singleton there is one row, which is better full than empty.
        at = 1 if resource_type in SINGLETONS else number
        values = {
            field.name: None
            if field.null and at == 0 and not is_certain(resource_type, field)
            else value(resource_type, field, at)
            for field in _columns(type(row))
        }
        values |= {
            field.name: _partner(type(row), field, rows, number) if at else None
            for field in _keys(type(row))
            if field.null
        }
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        row.refresh_from_db()


def _connect(rows: dict[str, list[Any]]) -> None:
    """Tag, attach and record: nothing for the first rows, more than one for the second."""
    for kind in ("attachments", "events", "links", "notifications", "resource_errors"):
        for owner in [row for some in rows.values() for row in some[1:2] if hasattr(row, kind)]:
            for row in rows[kind][1:3]:
                _copy(row, **hang(owner))
    for some in rows.values():
        for number, row in enumerate(some):
            for kind in ("tags", "segments"):
                if hasattr(row, kind):
                    getattr(row, kind).set(rows[kind][:number])


def _partner(model: type[models.Model], field: Any, rows: dict[str, list[Any]], number: int) -> Any:
    """Return what a foreign key leads to; where that must be nobody's, it is."""
    others = rows[registry.type_of(field.related_model) or ""]
    if (model, field.name) not in impersonal.reasons():
        return others[number]
    if field.name == "address":
        return _copy(others[number], customer_id=None, of_place=True)
    return others[0]  # which has null wherever it may


def _copy(row: Any, **changes: Any) -> Any:
    model = type(row)
    values = {
        field.attname: getattr(row, field.attname)
        for field in model._meta.concrete_fields
        if not field.generated and field.name not in {"id", "uid"} | HANGING
    }
    return model._base_manager.create(**{**values, **changes})


def hang(row: Any) -> dict[str, Any]:
    """Return the columns that hang an attachment or an event on `row`."""
    return {"content_type": ContentType.objects.get_for_model(row), "object_id": row.pk}


def _hangs(model: type[models.Model]) -> bool:
    return {field.name for field in model._meta.concrete_fields} >= HANGING


def _columns(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if not (field.is_relation or field.generated or field.name in KEPT | HANGING)
    ]


def _keys(model: type[models.Model]) -> list[Any]:
    """Return the foreign keys to other resources."""
    return [
        field
        for field in model._meta.concrete_fields
        if (field.many_to_one or field.one_to_one) and registry.type_of(field.related_model)
    ]
