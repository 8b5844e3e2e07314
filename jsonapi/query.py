"""The query string of a request, checked and compiled against a resource's schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.http import QueryDict

from jsonapi import filters, registry
from jsonapi.access import Caller
from jsonapi.claims import Claim
from jsonapi.errors import BadRequest, Denied, NotAllowed
from jsonapi.media import CURSOR_PROFILE
from jsonapi.relationships import Mixed, Relationship
from jsonapi.schema import Schema
from jsonapi.sql import Fragment
from jsonapi.visibility import may_follow

DEFAULT_SIZE = 10
LARGEST_SIZE = 25
MOST_INCLUDES = 50
MOST_FILTERS = 50

Tree = dict[str, "Tree"]
Order = tuple[tuple[str, bool], ...]  # columns, and whether they descend
BY_AGE: Order = (("id", False),)
FAMILY = re.compile(r"\A(fields|page|filter)\[([^\[\]]+)\](?:\[([^\[\]]+)\])?\Z")
PLAIN = {"_from": "gteq", "_to": "lteq"}


@dataclass(slots=True)
class Query:
    """What a request asks of a collection or of one resource."""

    include: Tree = field(default_factory=dict)
    is_compound: bool = False  # `include` was sent, if only to ask for nothing
    fieldsets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    order: Order = BY_AGE
    number: int = 1
    size: int = DEFAULT_SIZE
    after: str | None = None  # cursors; an empty one is the edge of the collection
    before: str | None = None
    conditions: list[Fragment] = field(default_factory=list)


def parse(parameters: QueryDict, schema: Schema, caller: Caller, *, many: bool) -> Query:
    """Return the compiled query string. Raises BadRequest that names the bad parameter."""
    query = Query()
    fieldsets: dict[str, frozenset[str]] = {}
    if len(parameters) > MOST_FILTERS:
        raise BadRequest("INVALID_FILTERS_SYNTAX", "Too many parameters", "Send fewer parameters.")
    for name, value in parameters.items():
        if name == "include":
            query.is_compound = True
            query.include = includes(schema, str(value), caller, claimed=True)
        elif name == "sort" and many:
            query.order = ordering(schema, str(value))
        else:
            _family(name, str(value), schema, caller, query, fieldsets, many)
    query.fieldsets = fieldsets
    return query


def _family(  # noqa: PLR0913, PLR0917
    name: str,
    value: str,
    schema: Schema,
    caller: Caller,
    query: Query,
    fieldsets: dict[str, frozenset[str]],
    many: bool,
) -> None:
    match = FAMILY.match(name)
    family, key, inner = match.groups() if match else (None, "", None)
    if family == "fields" and inner is None:
        fieldsets[key] = fieldset(key, value)
    elif family == "page" and many and inner is None:
        _page(query, key, value)
    elif family == "filter" and many and key == "q" and inner:
        query.conditions.append(filters.fragment(schema, inner, value, caller))
    elif family == "filter" and many and inner is None:
        query.conditions.append(_plain(schema, key, value, caller))
    else:
        raise NotAllowed(name, parameter=name)


def includes(schema: Schema, value: str, caller: Caller, *, claimed: bool = False) -> Tree:
    """Return the tree of an `include` parameter. Raises BadRequest for an unknown path.

    What the caller's token names is included for who is reading now: only where `claimed`.
    """
    tree: Tree = {}
    paths = [path for path in value.split(",") if path]
    if len(paths) > MOST_INCLUDES:
        raise _invalid_include(schema, f"more than {MOST_INCLUDES} paths")
    for path in paths:
        _include(tree, schema, path, caller, claimed)
    return tree


def _include(tree: Tree, schema: Schema, path: str, caller: Caller, claimed: bool) -> None:
    at: Schema | None = schema
    names = path.split(".")
    for depth, name in enumerate(names, 1):
        link = _link(at, name, claimed) if at else None
        if at and isinstance(link, Mixed) and claimed and depth == len(names):
            _check_mixed(at, link, caller)
            tree.setdefault(name, {})
            return
        target = at.target(name) if at and link else None
        if at is None or link is None or target is None:
            raise _invalid_include(schema, path)
        if not may_follow(caller, at, target.type, many=link.many):
            raise Denied(parameter="include")
        tree = tree.setdefault(name, {})
        at = target


def _check_mixed(schema: Schema, relation: Mixed, caller: Caller) -> None:
    """Raise Denied unless the caller may follow a relationship to each of its types."""
    for kind in relation.kinds:
        target = schema.target(kind.name)
        if target is None or not may_follow(caller, schema, target.type, many=True):
            raise Denied(parameter="include")


def _link(schema: Schema, name: str, claimed: bool) -> Relationship | Claim | None:
    """Return what can be included of a type by some name."""
    return (schema.links if claimed else schema.relationships).get(name)


def _invalid_include(schema: Schema, path: str) -> BadRequest:
    return BadRequest(
        "INVALID_INCLUDE",
        "Invalid field",
        f"{path[:200]} is not a valid includable relationship of {schema.type}",
        parameter="include",
    )


@lru_cache(maxsize=1024)
def fieldset(resource_type: str, value: str) -> frozenset[str]:
    """Return the names of `fields[type]`. Raises BadRequest for an unknown type or name."""
    parameter = f"fields[{resource_type}]"
    if registry.view_of(resource_type) is None:
        raise BadRequest(
            "INVALID_RESOURCE",
            "Invalid resource",
            f"{resource_type} is not a valid resource.",
            parameter=parameter,
        )
    known = {"id", *registry.schema_of(resource_type).shown}
    names = frozenset(name for name in value.split(",") if name)
    for name in sorted(names - known):
        raise BadRequest(
            "INVALID_FIELD",
            "Invalid field",
            f"{name[:200]} is not a valid field for {resource_type}.",
            parameter=parameter,
        )
    return names


@lru_cache(maxsize=1024)
def ordering(schema: Schema, value: str) -> Order:
    """Return the columns of a `sort` parameter; ties are broken by the primary key."""
    order: list[tuple[str, bool]] = []
    for criterion in value.split(","):
        name = criterion.removeprefix("-")
        sorting = sortable(schema, name)
        if sorting is None:
            raise BadRequest(
                "INVALID_SORT_CRITERIA",
                "Invalid sort criteria",
                f"{name[:200]} is not a valid sort criteria for {schema.type}",
                parameter="sort",
            )
        order.append((sorting, criterion.startswith("-")))
    return (*order, ("id", order[-1][1]))


def sortable(schema: Schema, name: str) -> str | None:
    """Return the column that sorts by `name`; a model may name another one for an attribute."""
    if name == "id":
        return "uid"
    attribute = schema.attributes.get(name)
    if attribute is None or attribute.field is None:
        return None
    aliases: Mapping[str, str] = getattr(schema.model, "sort_columns", {})
    return aliases.get(name, attribute.columns[0])


def _page(query: Query, key: str, value: str) -> None:
    if key in ("after", "before"):
        setattr(query, key, value)
        return
    if key not in ("number", "size"):
        raise BadRequest(
            "INVALID_PAGE_OBJECT",
            "Invalid Page Object",
            f"{key} is not a valid page parameter.",
            parameter=f"page[{key}]",
        )
    if key == "number":
        query.number = _positive(key, value)
    else:
        query.size = page_size(value)


def _positive(key: str, value: str) -> int:
    digits = value.lstrip("0") if value.isascii() and value.isdecimal() else ""
    if not digits or len(digits) > 18:
        raise _page_value(key, f"{value[:100]} is not a valid value for page {key}.")
    return int(digits)


def page_size(value: str) -> int:
    """Return a `page[size]`: decimal digits. Raises BadRequest, by its profile's type if large."""
    is_number = value.isascii() and value.isdecimal()
    size = LARGEST_SIZE + 1 if is_number and len(value) > 18 else _positive("size", value)
    if size > LARGEST_SIZE:
        raise too_large()
    return size


def too_large() -> BadRequest:
    """Return the refusal of a `page[size]`, as the profile of cursors has it."""
    error = _page_value("size", f"size exceeds maximum page size of {LARGEST_SIZE}.")
    error.errors[0] |= {
        "meta": {"page": {"maxSize": LARGEST_SIZE}},
        "links": {"type": f"{CURSOR_PROFILE}/max-size-exceeded"},
    }
    return error


def _page_value(key: str, detail: str) -> BadRequest:
    return BadRequest("INVALID_PAGE_VALUE", "Invalid page value", detail, parameter=f"page[{key}]")


def _plain(schema: Schema, key: str, value: str, caller: Caller) -> Fragment:
    """Filters outside of `q`: `filter[ids]=a,b`, `filter[email]=x`, `filter[created_at_from]=d`."""
    for question in _questions(key):
        name = question.rpartition("_eq")[0] or question.rpartition("_")[0]
        if filters.resolve(schema, name):
            return filters.fragment(schema, question, value, caller)
    raise BadRequest(
        "FILTER_NOT_ALLOWED",
        "Filter not allowed",
        f"{key[:200]} is not allowed.",
        parameter=f"filter[{key}]",
    )


def _questions(key: str) -> Iterable[str]:
    if key == "ids":
        yield "id_in"
    yield f"{key}_eq"
    for suffix, predicate in PLAIN.items():
        if key.endswith(suffix):
            yield f"{key.removesuffix(suffix)}_{predicate}"
