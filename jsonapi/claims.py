"""What the caller's token says, shown on whatever row is asked for.

Resources whose serializer says `claimed = True` in its Meta have the token's custom claim as an
attribute, and relationships that lead to what the token names. Nobody can write, filter or sort
by them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import orjson
from django.db.models import Q

from jsonapi.access import Caller

ATTRIBUTE = "jwt_custom_claim"
Ids = Callable[[Caller], Collection[str]]


@dataclass(frozen=True, slots=True)
class Claim:
    """The type that a claim names resources of, and which: by public id."""

    resource_type: str
    many: bool
    ids: Ids

    def named_by(self, caller: Caller) -> Q:
        """Return the condition on rows that the caller's token names them."""
        return Q(uid__in=self.ids(caller))


_claims: dict[str, Claim] = {}


def claim(name: str, resource_type: str, *, many: bool) -> Callable[[Ids], Ids]:
    """Register what a claimed relationship leads to."""

    def register(ids: Ids) -> Ids:
        _claims[name] = Claim(resource_type, many, ids)
        return ids

    return register


def registered() -> dict[str, Claim]:
    """Return every claimed relationship by its name."""
    return _claims


def member(caller: Caller) -> bytes:
    """Return the attribute, as a member of a JSON object."""
    return b'"%b":%b' % (ATTRIBUTE.encode(), orjson.dumps(caller.claims.get("custom_claim")))
