"""What a request wants of one resource type, compiled: its SELECT, and the text around a row.

The attributes of a row come out of the database as JSON. What stands around them depends on
the type, the fieldset and the base URL only: a template, into which the public id is filled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

import orjson

from jsonapi import claims, computing, registry
from jsonapi.schema import Schema
from jsonapi.sql import Row
from jsonapi.statements import COLUMNS, select

ID = "{id}"  # stands for the public id in what becomes a template; no braces occur in one

Template = list[bytes]  # what is between the places of the id: `uid.join` fills it


@dataclass(slots=True)
class Node:
    """A fetched row. Its linkage is complete before its text is made."""

    plan: Plan
    row: Row
    linkage: dict[str, bytes] = field(default_factory=dict)

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
        names = [name for name in schema.names if wanted is None or name in wanted]
        attributes = [schema.attributes[name] for name in names if name in schema.attributes]
        computed = [one for one in attributes if one.function]
        self.plain = tuple(one.name for one in attributes if not one.function)
        arguments = [column for attribute in computed for column in attribute.columns]
        self.extra = tuple(dict.fromkeys([*arguments, *columns]))
        self.select = select(schema, self.plain, self.extra)
        self.computed = [
            (members, self._take(needed)) for needed, members in computing.groups(computed)
        ]
        shown = [name for name in schema.shown if wanted is None or name in wanted]
        self.relationships = [name for name in shown if name in schema.links]
        self.is_claimed = claims.ATTRIBUTE in shown
        self.own = f"{base_url}/{schema.type}/{ID}"
        itself = f'"links":{{"self":"{self.own}"}}'
        self.head = _template(f'{{"id":"{ID}","type":"{schema.type}",{itself},"attributes":')
        self.rest = cache(self._rest)

    def value(self, row: Row, column: str) -> Any:
        """Return the primary key or one of the `extra` columns of a row."""
        return row[0] if column == "id" else row[COLUMNS + self.extra.index(column)]

    def pieces(self, node: Node, claim: bytes) -> list[bytes]:
        """Return the resource object of a row (JSON:API 1.1, section 7.2), all but its end.

        `claim` is the member of its attributes that the caller's token makes.
        """
        uid = node.uid.encode()
        pieces = [uid.join(self.head), self.attributes(node.row)]
        if self.is_claimed:
            stored = pieces[1][:-1]
            pieces[1] = b"%b%b%b}" % (stored, b"," if len(stored) > 1 else b"", claim)
        for template, name in self.rest(tuple(node.linkage)):
            pieces.append(uid.join(template))
            if name:
                pieces.append(node.linkage[name])
        return pieces

    def attributes(self, row: Row) -> bytes:
        """Return the attributes of a row as a JSON object."""
        text: str = row[3]
        if not self.computed:
            return text.encode()
        members = [members(take(row)) for members, take in self.computed]
        if self.plain:
            members.insert(0, text[1:-1].encode())
        return b"{%b}" % b",".join(members)

    def _take(self, columns: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
        """Return what takes some columns out of a row."""
        places = [COLUMNS + self.extra.index(column) for column in columns]
        if len(places) > 1:
            return itemgetter(*places)
        return itemgetter(slice(places[0], places[0] + 1)) if places else itemgetter(slice(0))

    def _rest(self, linked: tuple[str, ...]) -> list[tuple[Template, str | None]]:
        """Return the relationships in parts, each up to the linkage of the named one."""
        parts: list[tuple[Template, str | None]] = []
        text, before = "", ',"relationships":{'
        for name in self.relationships:
            links = {"self": f"{self.own}/relationships/{name}", "related": f"{self.own}/{name}"}
            text += f'{before}"{name}":{{"links":{orjson.dumps(links).decode()}'
            if name in linked:
                parts.append((_template(f'{text},"data":'), name))
                text = ""
            before = "},"
        return [*parts, (_template(f"{text}}}}}" if self.relationships else ""), None)]


def _template(text: str) -> Template:
    return [piece.encode() for piece in text.split(ID)]


@lru_cache(maxsize=512)
def plan_for(
    resource_type: str,
    wanted: frozenset[str] | None,
    base_url: str,
    columns: tuple[str, ...] = (),
) -> Plan:
    """Return the compiled plan of a type, fieldset, base URL and further columns."""
    return Plan(registry.schema_of(resource_type), wanted, base_url, columns)
