"""Imports: each input becomes a POST, or a PATCH where its id is that of a resource.

With `cleanup_records` all other resources of the type are deleted after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import orjson
from django.db import transaction

from activity.inserts import insert_many
from jsonapi.access import Caller
from jsonapi.cards import CardRefused, has_card
from jsonapi.errors import Invalid
from transfers import items
from transfers.models import Import, ImportedRow, ImportInput, Job, Status
from transfers.services import sweeping
from transfers.services.batches import Batch

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
    if job.cleanup_records and job.last_key is None:
        job.last_key = sweeping.measure(job, caller)
    batch = Batch(job, caller)
    if not batch.inputs:
        return sweeping.sweep(job, caller)
    status = batch.carry_out()
    discard(job)
    return status


def discard(job: Import) -> None:
    """Delete the inputs that are done, or all when nothing more will happen."""
    inputs = ImportInput.objects.filter(job=job)
    if job.is_open:
        inputs = inputs.filter(position__lte=job.position)
    else:
        rows = ImportedRow.objects.filter(job=job)
        rows._raw_delete(rows.db)
    inputs._raw_delete(inputs.db)


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
