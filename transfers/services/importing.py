"""Imports: each input becomes a POST, or a PATCH where its id is that of a resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import orjson
from django.db import transaction

from activity.inserts import insert_many
from anonymization.erasers import registered
from jsonapi import registry
from jsonapi.access import Caller
from jsonapi.cards import CardRefused, has_card
from jsonapi.errors import Invalid
from transfers import items, refusals, writing
from transfers.models import Format, Import, ImportInput, Job, Status

# Inputs of one transaction; each has a savepoint, of which PostgreSQL remembers 64 without effort.
BATCH = 50
STORED_AT_ONCE = 1_000
MOST_INPUTS = 1_000_000
MOST_OPEN = 10  # jobs of a kind in one environment


def check_queue(*, model: type[Job], caller: Caller) -> None:
    """Raise Invalid when the environment has as many unfinished jobs of a kind as it may."""
    unfinished = model.objects.open().filter(environment_id=caller.environment_id)
    if unfinished.count() >= MOST_OPEN:
        title = f"at most {MOST_OPEN} can be unfinished at a time"
        raise Invalid("resource_type", "too_many", title, count=MOST_OPEN)


@transaction.atomic
def add_inputs(*, job: Import, inputs: Iterable[Mapping[str, Any]]) -> None:
    """Store the inputs of a new import, few of them in memory at any time.

    Raises Invalid for too many, CardRefused for one with a card in it: large files are looked
    through here, as they are read.
    """
    numbered = enumerate(inputs, start=1)
    while some := list(islice(numbered, STORED_AT_ONCE)):
        insert_many(ImportInput, [_columns(job, position, one) for position, one in some])
        job.inputs_size = some[-1][0]
        if job.inputs_size > MOST_INPUTS:
            raise Invalid("inputs", "too_long", f"are too many (maximum is {MOST_INPUTS})")
    job.save(update_fields=["inputs_size", "updated_at"])


def step(job: Import, caller: Caller) -> Status:
    """Deal with some inputs and delete them; return how it stands."""
    view = writing.view_for(job.resource_type, "create", caller)
    rows = ImportInput.objects.filter(job=job, position__gt=job.position).order_by("position")
    inputs = list(rows.select_for_update()[:BATCH])
    for one in inputs:
        given = orjson.loads(one.content)
        try:
            with transaction.atomic():
                _write(job, given, caller)
        except Exception as error:  # of whatever kind: it is the input's, and goes to the log
            if one is not inputs[0] and refusals.is_passing(error):
                break  # somebody else holds what it needs: let go of what this batch holds
            job.note(_key(job, one, given), refusals.problems(error, view))
        else:
            job.processed_count += 1
        job.position = one.position
        if job.has_too_many_errors:
            return Status.INTERRUPTED
    discard(job)
    return Status.IN_PROGRESS if inputs else Status.COMPLETED


def discard(job: Import) -> None:
    """Delete the inputs that are done, or all when nothing more will happen."""
    inputs = ImportInput.objects.filter(job=job)
    if job.is_open:
        inputs = inputs.filter(position__lte=job.position)
    inputs._raw_delete(inputs.db)


def _write(job: Import, given: dict[str, Any], caller: Caller) -> None:
    document = items.document(
        job.resource_type,
        given,
        is_csv=job.format == Format.CSV,
        parent=job.parent_resource_id,
    )
    is_known = document.uid is not None and writing.exists(job.resource_type, document.uid, caller)
    act = writing.update if is_known else writing.create
    act(job.resource_type, document, caller)


def _key(job: Import, one: ImportInput, given: dict[str, Any]) -> str:
    """Return what the log calls an input: its code, unless such resources are somebody's."""
    view = registry.view_of(job.resource_type)
    code = given.get("code")
    is_personal = view is None or view.model in registered()
    return code[:255] if isinstance(code, str) and code and not is_personal else str(one.position)


def _columns(job: Import, position: int, given: Mapping[str, Any]) -> dict[str, Any]:
    content = orjson.dumps(given)
    if has_card(content):
        raise CardRefused
    return {
        "job_id": job.pk,
        "position": position,
        "content": content.decode(),
        "mentions": items.mentions(given),
    }
