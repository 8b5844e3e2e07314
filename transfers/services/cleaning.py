"""Cleanups: a DELETE for each resource that meets the filters."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from jsonapi import reading
from jsonapi.access import Caller
from jsonapi.errors import NotFound
from jsonapi.reading import Reader
from transfers import refusals, writing
from transfers.models import Cleanup, Status
from transfers.selection import select

BATCH = 50  # below the 64 savepoints that PostgreSQL remembers without effort


def step(job: Cleanup, caller: Caller) -> Status:
    """Delete some resources; return how it stands."""
    view = writing.view_for(job.resource_type, "destroy", caller)
    selection = select(job.resource_type, job.filters, caller)
    if job.last_key is None:
        job.records_count, job.last_key = selection.measure()
    rest = selection.between(job.position, job.last_key, limit=BATCH)
    reader = Reader(caller, "", {job.resource_type: frozenset()})
    nodes, _ = reading.fetch(selection.view, rest, {}, reader)
    for node in nodes:
        try:
            with transaction.atomic():
                _delete(job.resource_type, node.uid, caller)
        except Exception as error:  # of whatever kind: it is the resource's, and goes to the log
            if node is not nodes[0] and refusals.is_passing(error):
                break  # somebody else holds it: let go of what this batch holds
            job.note(node.uid, refusals.problems(error, view))
        else:
            job.processed_count += 1
        job.position = node.key
    return Status.IN_PROGRESS if nodes else Status.COMPLETED


def _delete(resource_type: str, uid: str, caller: Caller) -> None:
    with suppress(NotFound):  # it went with another one
        writing.destroy(resource_type, uid, caller)
