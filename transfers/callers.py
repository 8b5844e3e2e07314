"""Who asked for a job, kept until a worker acts for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsonapi.access import Caller
from oauth.standing import Asker, standings

# What identifies a caller; permissions are looked up when they are needed.
KEPT = (
    *("organization_id", "organization_slug", "mode", "kind", "application_id"),
    *("owner_type", "owner_id", "market_ids", "store_ids"),
)


def describe(caller: Caller) -> dict[str, Any]:
    """Return what has to be kept of a caller: public ids."""
    return {name: getattr(caller, name) for name in KEPT}


def restore(environment_id: int, kept: dict[str, Any]) -> Caller | None:
    """Return the caller with the permissions of this moment; None if it is gone.

    Application, user or membership may have been deleted, or a role narrowed, since.
    """
    lists = {name: kept[name] and tuple(kept[name]) for name in ("market_ids", "store_ids")}
    caller = Caller(environment_id=environment_id, permissions={}, **{**kept, **lists})
    asker = Asker(environment_id, caller.application_id, caller.owner_type, caller.owner_id)
    permissions = standings.permissions(asker)
    return None if permissions is None else replace(caller, permissions=permissions)
