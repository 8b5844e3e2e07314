"""Lookups for many values at once, and for rows that would not change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Lookup


@dataclass(frozen=True, slots=True)
class Later:
    """Stands for the values of `among` while a query is compiled that gets them when it runs."""

    name: str


@Field.register_lookup
class Among(Lookup):
    """`field__among=[...]`: as `in`, but one array instead of a parameter for each value."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        # Django looks into lists and tuples, one value after the other: sets are faster.
        values = self.rhs if isinstance(self.rhs, Later) else array(self.rhs)
        return f"{column} = ANY(%s)", (*params, values)


@Field.register_lookup
class Differs(Lookup):
    """`field__differs=value`: as `not exact`, but null is a value like others."""

    lookup_name = "differs"
    can_use_none_as_rhs = True

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        value, more = self.process_rhs(compiler, connection)
        return f"{column} IS DISTINCT FROM {value}", (*params, *more)


def array(values: Collection[Any]) -> str:
    """Return an array as PostgreSQL reads it, in a tenth of the time that the driver takes."""
    some = sorted(values)
    if set(map(type, some)) == {int}:
        return f"{{{str(some)[1:-1]}}}"
    texts = [str(value) for value in some]
    joined = '","'.join(texts)
    if "\\" in joined or joined.count('"') > 2 * len(texts) - 2:
        texts = [text.replace("\\", r"\\").replace('"', r"\"") for text in texts]
        joined = '","'.join(texts)
    return f'{{"{joined}"}}' if texts else "{}"
