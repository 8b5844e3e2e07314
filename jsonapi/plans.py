"""What a request wants of one resource type, compiled: its SELECT, and the text around a row.

The attributes of a row come out of the database as JSON; what this module adds is a template
for the type, the fieldset and the base URL, into which only the public id is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson

from jsonapi import registry
from jsonapi.schema import Attribute, Schema
from jsonapi.sql import Row
from jsonapi.statements import COLUMNS, select

ID = "{id}"  # stands for the public id in the templates; no braces occur in one


@dataclass(slots=True)
class Node:
    """A fetched row. Its linkage is complete before its text is made."""

    plan: Plan
    row: Row
    linkage: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> int:
        """The primary key."""
        key: int = self.row[0]
        return key

    @property
    def uid(self) -> str:
        """The public id."""
        uid: str = self.row[1]
        return uid


class Plan:
    """One resource type, fieldset and base URL; `columns` are what its reader needs besides."""

    def __init__(
        self,
        schema: Schema,
        wanted: frozenset[str] | None,
        base_url: str,
        columns: tuple[str, ...],
    ) -> None:
        self.schema = schema
        self.base_url = base_url
        names = [name for name in schema.names if wanted is None or name in wanted]
        attributes = [schema.attributes[name] for name in names if name in schema.attributes]
        self.computed = [one for one in attributes if one.function]
        self.plain = tuple(one.name for one in attributes if not one.function)
        arguments = [column for attribute in self.computed for column in attribute.columns]
        self.extra = tuple(dict.fromkeys([*arguments, *columns]))
        self.select = select(schema, self.plain, self.extra)
        self.links = {name: self._links(name) for name in names if name in schema.relationships}
        self.all_links = self._relationships({})
        self.head = f'","type":"{schema.type}","links":{{"self":"{base_url}/{schema.type}/'
        self.calls = [
            (one.name, one.function, self._arguments(one)) for one in self.computed if one.function
        ]

    def value(self, row: Row, column: str) -> Any:
        """Return the primary key or one of the `extra` columns of a row."""
        return row[0] if column == "id" else row[COLUMNS + self.extra.index(column)]

    def text(self, node: Node, meta: str) -> str:
        """Return the resource object of a row as JSON (JSON:API 1.1, section 7.2)."""
        uid = node.uid
        relationships = self._relationships(node.linkage) if node.linkage else self.all_links
        return (
            f'{{"id":"{uid}{self.head}{uid}"}},"attributes":{self.attributes(node.row)}'
            f"{relationships.replace(ID, uid)},{meta}}}"
        )

    def attributes(self, row: Row) -> str:
        """Return the attributes of a row as a JSON object."""
        text: str = row[3]
        if not self.calls:
            return text
        values = {name: call(*arguments(row)) for name, call, arguments in self.calls}
        computed = orjson.dumps(values).decode()
        return f"{text[:-1]},{computed[1:]}" if self.plain else computed

    def _arguments(self, attribute: Attribute) -> Callable[[Row], Sequence[Any]]:
        """Return what takes an attribute's columns out of a row."""
        places = [COLUMNS + self.extra.index(column) for column in attribute.columns]
        if len(places) > 1:
            return itemgetter(*places)
        return itemgetter(slice(places[0], places[0] + 1)) if places else itemgetter(slice(0))

    def _links(self, name: str) -> str:
        own = f"{self.base_url}/{self.schema.type}/{ID}"
        links = {"self": f"{own}/relationships/{name}", "related": f"{own}/{name}"}
        return orjson.dumps(links).decode()

    def _relationships(self, linkage: dict[str, str]) -> str:
        """Return the relationships member, with `data` where there is linkage."""
        if not self.links:
            return ""
        members = [
            f'"{name}":{{"links":{links},"data":{linkage[name]}}}'
            if name in linkage
            else f'"{name}":{{"links":{links}}}'
            for name, links in self.links.items()
        ]
        return f',"relationships":{{{",".join(members)}}}'


@lru_cache(maxsize=512)
def plan_for(
    resource_type: str,
    wanted: frozenset[str] | None,
    base_url: str,
    columns: tuple[str, ...] = (),
) -> Plan:
    """Return the compiled plan of a type, fieldset, base URL and further columns."""
    return Plan(registry.schema_of(resource_type), wanted, base_url, columns)
