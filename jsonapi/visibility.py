"""Which rows a caller may know about, as a condition of SQL: the choke point of every read."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from jsonapi import sql
from jsonapi.access import Caller
from jsonapi.relationships import column
from jsonapi.schema import Schema
from jsonapi.sql import Fragment

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet


def visible(view: type[ResourceViewSet], caller: Caller) -> Fragment:
    """Return the condition on the view's table that a row exists for `caller`.

    Where columns of the row itself decide, they are compared; otherwise the condition is the
    subquery that `visible_to` describes.
    """
    scope = view.scope_for(caller)
    if scope is not None:
        return Fragment(_equal(view.model, tuple(scope)), tuple(scope.values()))
    return sql.among(view.rows_for(caller), column(view.model, "id"))


def tenant_of(model: type[Model], conditions: list[Fragment]) -> int | None:
    """Return the environment whose rows, all of them, meet `conditions`; None for other rows."""
    (first, *others) = [one for one in conditions if one.text]
    is_all = not others and first.text == _equal(model, ("environment_id",))
    return first.params[0] if is_all else None


@cache
def _equal(model: Any, names: tuple[str, ...]) -> str:
    return " AND ".join(f"{column(model, name)} = %s" for name in names)


def may_follow(caller: Caller, schema: Schema, resource_type: str, *, many: bool) -> bool:
    """Tell whether `caller` may go from a row of `schema` to a related one, or `many`, of a type.

    Shoppers get at what belongs to their own rows, guests at what hangs on a row whose id they
    know. From what is everybody's, like a SKU, only who may list the others gets at many of
    them: they are other people's.
    """
    if caller.may("list", resource_type):
        return True
    is_everybodys = getattr(schema.model, "owner_path", None) is None
    return caller.may("retrieve", resource_type) and not (many and is_everybodys)
