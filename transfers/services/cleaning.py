"""Cleanups: a DELETE for each resource that meets the filters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.db import transaction

from jsonapi import reading
from jsonapi.access import Caller
from jsonapi.errors import NotFound
from jsonapi.plans import Node
from jsonapi.reading import Reader
from jsonapi.sql import Fragment
from jsonapi.views import ResourceViewSet
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
    is_over = True
    for node, problem in delete_all(rest, view, caller):
        if problem is None:
            job.processed_count += 1
        else:
            job.note(node.uid, refusals.problems(problem, view))
        job.position = node.key
        is_over = False
    return Status.COMPLETED if is_over else Status.IN_PROGRESS


def delete_all(
    rest: Fragment, view: ResourceViewSet, caller: Caller
) -> Iterator[tuple[Node, Exception | None]]:
    """Delete each row that `rest` selects; yield it, and why it could not be deleted.

    Ends early when somebody else holds one: what is held here may be what they are waiting for.
    """
    reader = Reader(caller, "", {view.resource_type: frozenset()})
    nodes, _ = reading.fetch(type(view), rest, {}, reader)
    for node in nodes:
        problem: Exception | None = None
        try:
            with transaction.atomic():
                _delete(view.resource_type, node.uid, caller)
        except Exception as error:  # of whatever kind: it is the resource's, and goes to the log
            if node is not nodes[0] and refusals.is_passing(error):
                return
            problem = error
        yield node, problem


def _delete(resource_type: str, uid: str, caller: Caller) -> None:
    with suppress(NotFound):  # it went with another one
        writing.destroy(resource_type, uid, caller)
