"""Relationships that lead to what the caller's token names, whatever row they are asked of.

They exist as addresses only (`/api/customers/<id>/jwt_customer`), on resources whose serializer
says `claimed = True` in its Meta: no other request pays for them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from jsonapi.access import Caller
from jsonapi.schema import Schema

Ids = Callable[[Caller], Collection[str]]


@dataclass(frozen=True, slots=True)
class Claim:
    """The type that a claim names resources of, and which: by public id."""

    resource_type: str
    many: bool
    ids: Ids


_claims: dict[str, Claim] = {}


def claim(name: str, resource_type: str, *, many: bool) -> Callable[[Ids], Ids]:
    """Register what a claimed relationship leads to."""

    def register(ids: Ids) -> Ids:
        _claims[name] = Claim(resource_type, many, ids)
        return ids

    return register


def of(schema: Schema, name: str) -> Claim | None:
    """Return a claimed relationship of a type; None where there is none of this name."""
    return _claims.get(name) if getattr(schema.serializer.Meta, "claimed", False) else None
