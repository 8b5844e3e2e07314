"""What an export writes: a JSON array, or CSV with a line for each resource."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from jsonapi import registry
from jsonapi.errors import Invalid
from jsonapi.plans import Node
from jsonapi.query import Tree
from jsonapi.relationships import Relationship
from jsonapi.schema import Schema
from transfers.cells import escape
from transfers.models import Format

EVERYTHING = "*"
# What a copy of the data does without.
REDUNDANT = frozenset({"id", "created_at", "updated_at"})

Nodes = Mapping[tuple[str, str], Node]


@dataclass
class Shape:
    """What is shown of one resource: names of attributes, and the shapes of related ones."""

    schema: Schema
    names: list[str]
    dry: bool
    related: dict[str, Shape] = field(default_factory=dict)

    def show(self, node: Node, nodes: Nodes) -> dict[str, Any]:
        """Return a row with its id, its attributes and what is related to it."""
        attributes = {"id": node.uid, **orjson.loads(node.plan.attributes(node.row))}
        shown = {name: attributes[name] for name in self.names}
        if self.dry:
            shown = {name: value for name, value in shown.items() if value not in (None, "")}
        for name, shape in self.related.items():
            shown[name] = shape._follow(json.loads(node.linkage.get(name, "null")), nodes)
        return shown

    def _follow(self, linked: Any, nodes: Nodes) -> Any:
        if isinstance(linked, list):
            return [self._follow(one, nodes) for one in linked]
        return linked and self.show(nodes[linked["type"], linked["id"]], nodes)

    def columns(self, prefix: str = "") -> Iterator[str]:
        """Yield the columns of CSV; what is related to many is one column, of JSON."""
        yield from (f"{prefix}{name}" for name in self.names)
        for name, shape in self.related.items():
            if _relation(self.schema, name).many:
                yield f"{prefix}{name}"
            else:
                yield from shape.columns(f"{prefix}{name}.")


def shape_of(resource_type: str, tree: Tree, fields: Iterable[str], *, dry: bool) -> Shape:
    """Return the shape that `fields`, such as `email` or `customer_group.*`, ask for.

    Where none is named there are all. Raises Invalid for an unknown one.
    """
    return _shape(registry.schema_of(resource_type), tree, list(fields), dry)


def _shape(schema: Schema, tree: Tree, fields: list[str], dry: bool) -> Shape:
    every = [name for name in ("id", *schema.attributes) if not (dry and name in REDUNDANT)]
    own = [name for name in fields if "." not in name]
    for name in own:
        if name not in (EVERYTHING, "id") and name not in schema.attributes:
            raise Invalid("fields", "invalid", f"{name[:100]} is no attribute of {schema.type}")
    names = every if not own or EVERYTHING in own else list(dict.fromkeys(own))
    inner: dict[str, list[str]] = {name: [] for name in tree}
    for name in fields:
        head, dot, rest = name.partition(".")
        if dot and head not in tree:
            raise Invalid("fields", "invalid", f"{head[:100]} is not among the includes")
        if dot:
            inner[head].append(rest)
    related = {
        name: _shape(_target(schema, name), below, inner[name], dry) for name, below in tree.items()
    }
    return Shape(schema, names, dry, related)


def _relation(schema: Schema, name: str) -> Relationship:
    return schema.relationships[name]


def _target(schema: Schema, name: str) -> Schema:
    target = schema.target(name)
    assert target is not None  # noqa: S101 - includes were checked
    return target


def head(form: str, shape: Shape) -> bytes:
    """Return what a file begins with."""
    return _csv([list(shape.columns())]) if form == Format.CSV else b"["


def body(form: str, shape: Shape, rows: list[dict[str, Any]], *, first: bool) -> bytes:
    """Return a piece of a file; `first` if no other comes before it."""
    if form == Format.CSV:
        columns = list(shape.columns())
        return _csv([_line(row, columns) for row in rows])
    texts = b",\n".join(map(orjson.dumps, rows))
    return (b"\n" if first else b",\n") + texts if rows else b""


def tail(form: str) -> bytes:
    """Return what a file ends with."""
    return b"" if form == Format.CSV else b"\n]\n"


def _line(row: Mapping[str, Any], columns: list[str]) -> list[Any]:
    return [_cell(_dig(row, column.split("."))) for column in columns]


def _dig(value: Any, path: list[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, bool | dict | list):
        return orjson.dumps(value).decode()
    return value


def _csv(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
