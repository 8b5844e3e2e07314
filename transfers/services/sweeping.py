"""What an import with `cleanup_records` does in the end: a DELETE for what no input was about."""

from __future__ import annotations

from dataclasses import replace

from jsonapi.access import Caller
from jsonapi.relationships import column
from jsonapi.sql import Fragment
from transfers import items, refusals, writing
from transfers.models import Import, Status
from transfers.selection import Selection, select
from transfers.services.cleaning import BATCH, delete_all

NAMED = "SELECT 1 FROM transfers_importedrow WHERE job_id = %s AND object_id ="
KEPT = "could not be deleted"


def measure(job: Import, caller: Caller) -> int:
    """Return the key of the last resource there is: what others make meanwhile stays."""
    return _selection(job, caller).measure()[1]


def sweep(job: Import, caller: Caller) -> Status:
    """Delete some resources that no input was about; return how it stands.

    Nothing is deleted if no input was good: an empty file is more likely a mistake.
    """
    if not job.cleanup_records or not job.processed_count:
        return Status.COMPLETED
    view = writing.view_for(job.resource_type, "destroy", caller)
    rest = _unnamed(job, caller).between(job.swept, job.last_key or 0, limit=BATCH)
    is_over = True
    for node, problem in delete_all(rest, view, caller):
        if problem is None:
            job.destroyed_count += 1
        else:
            refusals.problems(problem, view)  # raises what may pass
            job.warn(node.uid, KEPT)
        job.swept = node.key
        is_over = False
    return Status.COMPLETED if is_over else Status.IN_PROGRESS


def _selection(job: Import, caller: Caller) -> Selection:
    """Return all resources of the type; of the parent, if one was named."""
    if job.parent_resource_id is None:
        return select(job.resource_type, {}, caller)
    parent = items.PARENTS[job.resource_type]
    return select(job.resource_type, {f"{parent}_id_eq": job.parent_resource_id}, caller)


def _unnamed(job: Import, caller: Caller) -> Selection:
    selection = _selection(job, caller)
    key = column(selection.view.model, "id")
    named = Fragment(f"NOT EXISTS ({NAMED} {key})", (job.pk,))
    return replace(selection, conditions=[*selection.conditions, named])
