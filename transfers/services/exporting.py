"""Exports: pieces of a file, each written in one transaction with how far it got."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from activity.inserts import insert_many
from anonymization.erasers import registered
from jsonapi import reading, registry
from jsonapi.access import Caller
from jsonapi.plans import Node
from jsonapi.reading import Reader
from transfers import callers, output
from transfers.models import Export, ExportedRow, ExportPart, Status
from transfers.selection import included, select
from transfers.services.queue import ring

BATCH = 250  # rows of one piece


@transaction.atomic
def restart(*, job: Export, caller: Caller) -> None:
    """Begin a finished export anew, on behalf of `caller`; nothing if it is being worked on."""
    if job.is_open:
        return
    discard(job)
    job.restart()
    job.asked_by = callers.describe(caller)
    job.save()
    ring(job)


def step(job: Export, caller: Caller) -> Status:
    """Write a piece of the file; return how it stands."""
    selection = select(job.resource_type, job.filters, caller, scoped=job.jwt_filters)
    if job.last_key is None:
        job.records_count, job.last_key = selection.measure()
    tree = included(selection.view.declaration(), job.includes, caller)
    shape = output.shape_of(job.resource_type, tree, job.fields, dry=job.dry_data)
    rest = selection.between(job.position, job.last_key, limit=BATCH)
    roots, others = reading.fetch(selection.view, rest, tree, Reader(caller, "", {}))
    nodes = {(node.plan.schema.type, node.uid): node for node in (*roots, *others)}
    first = job.processed_count == 0
    content = output.head(job.format, shape) if first else b""
    content += output.body(
        job.format, shape, [shape.show(node, nodes) for node in roots], first=first
    )
    _mark(job, nodes.values())
    if roots:
        ExportPart.objects.create(job=job, number=job.processed_count, content=content)
        job.position = roots[-1].key
        job.processed_count += len(roots)
        return Status.IN_PROGRESS
    _finish(job, content)
    return Status.COMPLETED


def discard(job: Export) -> None:
    """Delete the file."""
    for model in (ExportPart, ExportedRow):
        rows = model.objects.filter(job=job)
        rows._raw_delete(rows.db)
    job.attachment_url = job.secret = job.expires_at = None


def _finish(job: Export, rest: bytes) -> None:
    content = rest + output.tail(job.format)
    ExportPart.objects.create(job=job, number=job.processed_count, content=content)
    job.secret = secrets.token_urlsafe(32)
    job.attachment_url = f"{job.base_url}{job.path}"
    job.expires_at = timezone.now() + settings.EXPORT_LIFETIME


def _mark(job: Export, nodes: Iterable[Node]) -> None:
    """Note which rows that can be somebody's are in the file."""
    keys: dict[str, list[int]] = {}
    for node in nodes:
        keys.setdefault(node.plan.schema.type, []).append(node.key)
    for resource_type, some in keys.items():
        view = registry.view_of(resource_type)
        if view is None or view.model not in registered():
            continue
        path = getattr(view.model, "owner_path", None)
        kind = ContentType.objects.get_for_model(view.model).pk
        rows = view.model._base_manager.filter(pk__among=some)
        owners = dict(rows.values_list("pk", path)) if path else {}
        insert_many(
            ExportedRow,
            [
                {
                    "job_id": job.pk,
                    "content_type_id": kind,
                    "object_id": key,
                    "subject_uid": owners.get(key),
                }
                for key in some
            ],
        )
