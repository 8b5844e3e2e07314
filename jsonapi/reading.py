"""Fetching: one query for the rows that were asked for, one for each included path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from jsonapi import claims, registry, sql
from jsonapi.access import Caller
from jsonapi.claims import Claim
from jsonapi.plans import Node, Plan, plan_for
from jsonapi.query import Tree
from jsonapi.relationships import Mixed, Relationship, ToOne, column
from jsonapi.sql import Fragment
from jsonapi.statements import PARENT, versioned
from jsonapi.visibility import visible

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet

AGE = ("created_at",)
Found = dict[str, dict[int, Node]]  # by type and primary key


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, under which base URL, with which sparse fieldsets."""

    caller: Caller
    base_url: str
    fieldsets: Mapping[str, frozenset[str]]

    def plan(self, resource_type: str, tree: Tree, more: tuple[str, ...] = ()) -> Plan:
        """Return the plan of a type whose relationships in `tree` are included.

        `more` are columns that somebody else will ask a row for.
        """
        relationships = registry.schema_of(resource_type).relationships
        followed = [relationships[name] for name in tree if name in relationships]
        keys = [one.column for one in followed if isinstance(one, ToOne)]
        wanted = self.fieldsets.get(resource_type)
        return plan_for(resource_type, wanted, self.base_url, (*keys, *more))

    @property
    def end(self) -> bytes:
        """What every resource object in the reply ends with: its `meta`."""
        return b',"meta":%b}' % orjson.dumps(self.caller.meta)

    @property
    def claim(self) -> bytes:
        """What the caller's token adds to the attributes of some types."""
        return claims.member(self.caller)


def fetch(  # noqa: PLR0913
    view: type[ResourceViewSet],
    rest: Fragment,
    tree: Tree,
    reader: Reader,
    more: tuple[str, ...] = (),
    *,
    single: bool = False,
) -> tuple[list[Node], list[Node]]:
    """Return the rows that `rest` (WHERE, ORDER BY, LIMIT) selects, and what `tree` includes.

    A `single` one knows the version of its row instead of its parent.
    """
    plan = reader.plan(view.resource_type, tree, more)
    select = versioned(plan.select, view.model) if single else plan.select
    roots = [Node(plan, row) for row in sql.run(Fragment(select) + rest)]
    if not tree:
        return roots, []
    found: Found = {view.resource_type: {node.key: node for node in roots}}
    _include(roots, tree, reader, found)
    included = [node for nodes in found.values() for node in nodes.values()]
    return roots, included[len(roots) :]


def _include(nodes: Collection[Node], tree: Tree, reader: Reader, found: Found) -> None:
    if not nodes:
        return
    schema = next(iter(nodes)).plan.schema
    for name, below in tree.items():
        if name in schema.claims:
            _include_claimed(nodes, name, schema.claims[name], below, reader, found)
            continue
        relation = schema.relationships[name]
        if isinstance(relation, Mixed):
            _include_mixed(nodes, relation, reader, found)
            continue
        view = registry.view_of(registry.type_of(relation.model) or "")
        if view is not None:
            related = _related(nodes, relation, view, below, reader)
            children = _merge(related, view.resource_type, found)
            _link(nodes, relation, related)
            _include(children, below, reader, found)


def _include_mixed(nodes: Collection[Node], relation: Mixed, reader: Reader, found: Found) -> None:
    """Include rows of several types, linked oldest first."""
    related: list[tuple[datetime, Node]] = []
    for kind in relation.kinds:
        view = registry.view_of(registry.type_of(kind.model) or "")
        if view is not None:
            some = _related(nodes, kind, view, {}, reader, AGE)
            _merge(some, view.resource_type, found)
            related += [(node.plan.value(node.row, *AGE), node) for node in some]
    related.sort(key=lambda one: (one[0], one[1].uid))
    _link(nodes, relation, [node for _, node in related])


def _include_claimed(  # noqa: PLR0913, PLR0917
    nodes: Iterable[Node], name: str, claim: Claim, below: Tree, reader: Reader, found: Found
) -> None:
    """Include what the caller's token names: the same for every row."""
    view = registry.view_of(claim.resource_type)
    assert view is not None  # noqa: S101 - claims name types that are served
    plan = reader.plan(view.resource_type, below)
    named = sql.condition(view.model, claim.named_by(reader.caller))
    order = Fragment(f" ORDER BY {column(view.model, 'id')}")
    rest = sql.where([named, visible(view, reader.caller)]) + order
    related = [Node(plan, row) for row in sql.run(Fragment(plan.select) + rest)]
    children = _merge(related, view.resource_type, found)
    linkage = _linkage(map(_identifier, related), many=claim.many)
    for node in nodes:
        node.linkage[name] = linkage
    _include(children, below, reader, found)


def _related(  # noqa: PLR0913, PLR0917
    nodes: Iterable[Node],
    relation: Relationship,
    view: type[ResourceViewSet],
    below: Tree,
    reader: Reader,
    more: tuple[str, ...] = (),
) -> list[Node]:
    """Return the visible rows that `relation` leads to; each knows its parent's key."""
    keys = _keys(nodes, relation)
    if not keys:
        return []
    plan = reader.plan(view.resource_type, below, more)
    children = relation.children()
    select = Fragment(plan.select.replace(PARENT, children.parent, 1) + children.join)
    rest = sql.where([Fragment(children.condition, (keys,)), visible(view, reader.caller)])
    order = Fragment(f" ORDER BY {column(view.model, 'id')}")
    return [Node(plan, row) for row in sql.run(select + rest + order)]


def _keys(nodes: Iterable[Node], relation: Relationship) -> list[int]:
    if not isinstance(relation, ToOne):
        return [node.key for node in nodes]
    keys = {node.plan.value(node.row, relation.column) for node in nodes}
    return sorted(keys - {None})


def _merge(related: Iterable[Node], resource_type: str, found: Found) -> list[Node]:
    """Put rows into the document once, whatever paths lead to them; return each once."""
    known = found.setdefault(resource_type, {})
    once = {node.key: node for node in related}
    for node in related:
        node.linkage = known.setdefault(node.key, node).linkage
    return list(once.values())


def _link(nodes: Iterable[Node], relation: Relationship, related: Iterable[Node]) -> None:
    """Write the linkage of one relationship into its parents."""
    children: dict[int, list[bytes]] = {}
    for child in related:
        children.setdefault(child.row[2], []).append(_identifier(child))
    for node in nodes:
        key = node.key
        if isinstance(relation, ToOne):
            key = node.plan.value(node.row, relation.column)
        node.linkage[relation.name] = _linkage(children.get(key, ()), many=relation.many)


def _identifier(node: Node) -> bytes:
    return f'{{"type":"{node.plan.schema.type}","id":"{node.uid}"}}'.encode()


def _linkage(identifiers: Iterable[bytes], *, many: bool) -> bytes:
    """Return resource linkage (JSON:API 1.1, section 7.3.1)."""
    return b"[%b]" % b",".join(identifiers) if many else next(iter(identifiers), b"null")
