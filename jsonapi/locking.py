"""Taking hold of the row that a request changes: locked, loaded and read by one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonapi import sql
from jsonapi.access import Caller
from jsonapi.errors import Denied, NotFound
from jsonapi.relationships import column, quote
from jsonapi.rows import whole
from jsonapi.sql import Fragment, Row
from jsonapi.visibility import visible

if TYPE_CHECKING:
    from jsonapi.views import ResourceViewSet


def lock(view: type[ResourceViewSet], caller: Caller, uid: str) -> tuple[Any, Row]:
    """Return the instance that `caller` may change, locked, and its row as the API shows it.

    Raises NotFound when it does not exist for the caller, Denied when it may not be changed.
    """
    full, table = whole(view.declaration()), view.model
    conditions = [changeable(view, caller), Fragment(f"{column(table, 'uid')} = %s", (uid,))]
    hold = Fragment(f" FOR UPDATE OF {quote(table._meta.db_table)}")
    rows = sql.run(Fragment(full.select) + sql.where(conditions) + hold)
    if not rows:
        raise Denied if view.rows_for(caller).filter(uid=uid).exists() else NotFound
    return full.instance(rows[0]), rows[0]


def changeable(view: type[ResourceViewSet], caller: Caller) -> Fragment:
    """Return the condition on the view's table that `caller` may change a row."""
    if view.changes_what_it_sees(caller):
        return visible(view, caller)
    rows = view.rows_for(caller).changeable_by(caller)
    return sql.among(rows, column(view.model, "id"))
