"""Which rows a caller may know about, as a condition of SQL: the choke point of every read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonapi.access import Caller
from jsonapi.relationships import column
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
        tests = " AND ".join(f"{column(view.model, name)} = %s" for name in scope)
        return Fragment(tests, tuple(scope.values()))
    rows = view.rows_for(caller).order_by().values("pk")
    text, params = rows.query.sql_with_params()
    return Fragment(f"{column(view.model, 'id')} IN ({text})", tuple(params), stable=False)
