"""Statements that every batch needs: compiled by Django once, then prepared by the server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import DeleteQuery, Query, UpdateQuery

from anonymization.lookups import Later, array
from jsonapi import sql
from jsonapi.sql import Fragment, Row

COUNTED = "WITH changed AS ({} RETURNING 1) SELECT COUNT(*) FROM changed"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement whose `among` lookups get their values when it runs, by their names."""

    text: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Prepared:
        """Compile the query of `rows`, in which `among=Later(name)` stands for values to come."""
        return cls._of(rows.query)

    @classmethod
    def update(cls, rows: QuerySet[Any, Any], values: Mapping[str, Any]) -> Prepared:
        """Compile what sets `values` on all of `rows`."""
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        return cls._of(query)

    @classmethod
    def delete(cls, rows: QuerySet[Any, Any]) -> Prepared:
        """Compile what deletes `rows`, and nothing but these."""
        return cls._of(rows.query.chain(DeleteQuery))

    @classmethod
    def _of(cls, query: Query) -> Prepared:
        text, params = query.get_compiler(connection=connection).as_sql()
        return cls(text, tuple(params))

    def rows(self, **values: Collection[Any]) -> list[Row]:
        """Run it and return what it finds."""
        return sql.run(Fragment(self.text, self.given(**values)))

    def count(self, **values: Collection[Any]) -> int:
        """Change rows and return how many."""
        ((count,),) = sql.run(Fragment(COUNTED.format(self.text), self.given(**values)))
        return int(count)

    def send(self, **values: Collection[Any]) -> None:
        """Change rows not later than with the next statement."""
        sql.send(Fragment(self.text, self.given(**values)))

    def given(self, **values: Collection[Any]) -> tuple[Any, ...]:
        """Return the parameters for these values."""
        arrays = {name: array(some) for name, some in values.items()}
        return tuple(arrays[one.name] if isinstance(one, Later) else one for one in self.params)
