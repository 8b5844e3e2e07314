"""Queries that are asked of every batch: compiled by Django once, then prepared by the server."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from anonymization.lookups import Later, array
from jsonapi import sql
from jsonapi.sql import Fragment, Row


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query whose `among` lookups get their values when it runs, by their names."""

    text: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Prepared:
        """Compile the query of `rows`, in which `among=Later(name)` stands for values to come."""
        text, params = rows.query.sql_with_params()
        return cls(text, tuple(params))

    def rows(self, **values: Collection[Any]) -> list[Row]:
        """Run it and return what it finds."""
        return sql.run(Fragment(self.text, self.given(**values)))

    def given(self, **values: Collection[Any]) -> tuple[Any, ...]:
        """Return the parameters for these values."""
        arrays = {name: array(some) for name, some in values.items()}
        return tuple(arrays[one.name] if isinstance(one, Later) else one for one in self.params)
