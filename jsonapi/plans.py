"""Reading: rows become resource objects without model instances or serializers.

A plan is what a request wants of one resource type: the columns to select and how they become
a resource object. `fetch` runs it: one query for the rows, two for each included path,
however many rows there are. This is the seam behind which reading can be made faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.models import ResourceQuerySet
from jsonapi.query import Tree
from jsonapi.schema import Attribute, Schema

ID = "{id}"  # stands for the public id in the templates; braces never occur in one


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, under which base URL, with which sparse fieldsets."""

    caller: Caller
    base_url: str
    fieldsets: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Node:
    """A fetched row: its resource object is built once all its linkage is known."""

    plan: Plan
    row: tuple[Any, ...]
    linkage: dict[str, Any] = field(default_factory=dict)

    @property
    def identifier(self) -> dict[str, str]:
        return {"type": self.plan.schema.type, "id": self.row[1]}


class Plan:
    """One resource type, one fieldset, one base URL: compiled once, used for every row."""

    def __init__(self, schema: Schema, wanted: frozenset[str] | None, base_url: str) -> None:
        self.schema = schema
        self.base_url = base_url
        self.attributes = [
            attribute
            for name, attribute in schema.attributes.items()
            if wanted is None or name in wanted
        ]
        self.links = {
            name: self._links(name)
            for name in schema.relationships
            if wanted is None or name in wanted
        }
        self.columns = ["pk", "uid"]
        for attribute in self.attributes:
            self.columns += [name for name in attribute.columns if name not in self.columns]
        self.values = [self._value(attribute) for attribute in self.attributes]
        self.self_link = f"{base_url}/{schema.type}/"
        self.plain = self._template(frozenset())

    def _value(self, attribute: Attribute) -> tuple[str, tuple[int, ...], Any]:
        indices = tuple(self.columns.index(name) for name in attribute.columns)
        return attribute.name, indices, attribute.convert

    def _links(self, name: str) -> str:
        own = f"{self.base_url}/{self.schema.type}/{ID}"
        links = {"self": f"{own}/relationships/{name}", "related": f"{own}/{name}"}
        return orjson.dumps(links).decode()

    def _template(self, included: frozenset[str]) -> str:
        """Return the relationships member as JSON text, without the names in `included`."""
        members = [
            f'"{name}":{{"links":{links}}}'
            for name, links in self.links.items()
            if name not in included
        ]
        return ",".join(members)

    def resource_object(self, node: Node, meta: Any) -> dict[str, Any]:
        """Return the resource object (JSON:API 1.1, section 7.2) of a fetched row."""
        row = node.row
        document = {
            "id": row[1],
            "type": self.schema.type,
            "links": {"self": self.self_link + row[1]},
            "attributes": self.attribute_values(row),
        }
        if self.links:
            document["relationships"] = self._relationships(node)
        document["meta"] = meta
        return document

    def attribute_values(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """Return the attributes of a fetched row."""
        values = {}
        for name, indices, convert in self.values:
            if convert is None:
                values[name] = row[indices[0]]
            else:
                values[name] = convert(*[row[index] for index in indices])
        return values

    def _relationships(self, node: Node) -> orjson.Fragment:
        if not node.linkage:
            return orjson.Fragment("{" + self.plain.replace(ID, node.row[1]) + "}")
        text = self._template(frozenset(node.linkage))
        for name, data in node.linkage.items():
            if name in self.links:
                linkage = orjson.dumps(data).decode()
                comma = "," if text else ""
                text += f'{comma}"{name}":{{"links":{self.links[name]},"data":{linkage}}}'
        return orjson.Fragment("{" + text.replace(ID, node.row[1]) + "}")


Fetched = tuple[list[Node], list[Node]]


@lru_cache(maxsize=2048)
def plan_for(resource_type: str, wanted: frozenset[str] | None, base_url: str) -> Plan:
    """Return the compiled plan of a type, fieldset and base URL."""
    return Plan(registry.schema_of(resource_type), wanted, base_url)


def fetch(resource_type: str, rows: ResourceQuerySet, tree: Tree, reader: Reader) -> Fetched:
    """Return the nodes of `rows`, in their order, and those that `tree` includes."""
    roots = _select(resource_type, rows, reader)
    found = {(node.plan.schema.type, node.row[0]): node for node in roots}
    primary = set(found)
    _include(roots, tree, reader, found)
    return roots, [node for key, node in found.items() if key not in primary]


def _select(resource_type: str, rows: ResourceQuerySet, reader: Reader) -> list[Node]:
    plan = plan_for(resource_type, reader.fieldsets.get(resource_type), reader.base_url)
    return [Node(plan, row) for row in rows.computed().values_list(*plan.columns)]


Found = dict[tuple[str, int], Node]


def _include(nodes: list[Node], tree: Tree, reader: Reader, found: Found) -> None:
    if not nodes:
        return
    schema = nodes[0].plan.schema
    for name, below in tree.items():
        relation = schema.relationships[name]
        target = schema.target(name)
        assert target is not None  # noqa: S101 - `query.includes` refused everything else
        view = registry.view_of(target.type)
        assert view is not None  # noqa: S101
        related = view.rows_for(reader.caller)
        parents = {node.row[0]: node for node in nodes}
        pairs = relation.pairs(list(parents), related.order_by())
        children = _children(target.type, {child for _, child in pairs}, reader, found)
        _link(parents, name, relation.many, pairs, children)
        _include(list(children.values()), below, reader, found)


def _children(resource_type: str, keys: set[int], reader: Reader, found: Found) -> dict[int, Node]:
    """Return the nodes of these primary keys, fetching those not yet in the document."""
    missing = [key for key in keys if (resource_type, key) not in found]
    view = registry.view_of(resource_type)
    assert view is not None  # noqa: S101
    if missing:
        rows = view.rows_for(reader.caller).filter(pk__in=missing).order_by("pk")
        for node in _select(resource_type, rows, reader):
            found[resource_type, node.row[0]] = node
    return {key: found[resource_type, key] for key in sorted(keys) if (resource_type, key) in found}


def _link(
    parents: Mapping[int, Node],
    name: str,
    many: bool,
    pairs: Iterable[tuple[int, int]],
    children: Mapping[int, Node],
) -> None:
    for node in parents.values():
        node.linkage[name] = [] if many else None
    for parent, child in pairs:
        if child in children:
            data = children[child].identifier
            if many:
                parents[parent].linkage[name].append(data)
            else:
                parents[parent].linkage[name] = data
