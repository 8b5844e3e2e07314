"""A batch of inputs: those that only make resources are stored together, others one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import orjson
from django.db import DatabaseError, transaction

from anonymization.erasers import registered
from jsonapi import creating, pipeline, registry
from jsonapi.access import Caller
from jsonapi.documents import Document
from jsonapi.errors import ApiError
from transfers import items, refusals, writing
from transfers.models import Format, Import, ImportedRow, ImportInput, Status

TOGETHER = 500  # inputs that are stored together, at most
# Inputs one by one; each has a savepoint, of which PostgreSQL remembers 64 without effort.
ALONE = 50
FEW = 4  # which are not worth another attempt to store them together


@dataclass(frozen=True, slots=True)
class Input:
    """An input, and the document that it is, or why it is none."""

    position: int
    code: Any
    document: Document | ApiError


class Stop(Exception):
    """Nothing more is done in this batch."""


class Batch:
    """The next inputs of an import, inside the transaction of a step."""

    def __init__(self, job: Import, caller: Caller) -> None:
        self.job = job
        self.caller = caller
        self.type = job.resource_type
        self.view = writing.view_for(self.type, "create", caller)
        rows = ImportInput.objects.filter(job=job, position__gt=job.position)
        waiting = rows.order_by("position").select_for_update()[:TOGETHER]
        texts = waiting.values_list("position", "content")
        self.inputs = [self._read(position, orjson.loads(text)) for position, text in texts]
        self.touched: list[int] = []  # the primary keys of what the inputs were about

    def carry_out(self) -> Status:
        """Deal with some of the inputs; return how the import stands."""
        fresh = self._fresh()
        try:
            if len(fresh) > FEW:
                self._together(fresh)
            else:
                self._one_by_one(self.inputs[:ALONE])
        except Stop:
            pass
        if self.job.cleanup_records:
            self._keep()
        return Status.INTERRUPTED if self.job.has_too_many_errors else Status.IN_PROGRESS

    def _read(self, position: int, given: dict[str, Any]) -> Input:
        is_csv, parent = self.job.format == Format.CSV, self.job.parent_resource_id
        try:
            document = items.document(self.type, given, is_csv=is_csv, parent=parent)
        except ApiError as refusal:
            return Input(position, given.get("code"), refusal)
        return Input(position, given.get("code"), document)

    def _fresh(self) -> list[Input]:
        """Return the first inputs, as long as they make resources and do nothing else."""
        schema = registry.schema_of(self.type)
        chosen = [uid for one in self.inputs if (uid := _uid(one))]
        known = writing.known(self.type, chosen, self.caller)

        def is_fresh(one: Input) -> bool:
            document = one.document
            if isinstance(document, ApiError):
                return True
            if document.uid in known or not creating.is_plain(schema, document):
                return False
            if document.uid is not None:
                known.add(document.uid)  # the next input with it is about this resource
            return True

        return list(takewhile(is_fresh, self.inputs))

    def _together(self, some: Sequence[Input]) -> None:
        """Store resources together; where that is refused, each half on its own, and so on."""
        if len(some) <= FEW:
            self._one_by_one(some)
            return
        try:
            with pipeline.transaction():
                some, refused, made = self._create_all(some)
        except (ApiError, DatabaseError):
            half = len(some) // 2
            self._together(some[:half])
            self._together(some[half:])
            return
        self.touched += made
        for one in some:
            self._note(one, refused.get(one.position))

    def _create_all(
        self, some: Sequence[Input]
    ) -> tuple[Sequence[Input], dict[int, Exception], list[int]]:
        """Return what was dealt with, what was wrong with some of it, and the keys of the rest."""
        refused: dict[int, Exception] = {}
        checked = []
        for number, one in enumerate(some, start=1):
            try:
                checked.append(self._checked(one))
            except DatabaseError:
                raise
            except Exception as error:  # of whatever kind: it is the input's
                refused[one.position] = error
                if self.job.would_have_too_many_errors(len(refused)):
                    some = some[:number]
                    break
        return some, refused, [made.pk for made in creating.create_all(checked)]

    def _checked(self, one: Input) -> creating.Checked:
        if isinstance(one.document, ApiError):
            raise one.document
        return writing.checked(self.type, one.document, self.caller)

    def _one_by_one(self, some: Sequence[Input]) -> None:
        for one in some:
            problem: Exception | None = None
            try:
                with transaction.atomic():
                    self.touched.append(self._write(one.document).pk)
            except Exception as error:  # of whatever kind: it is the input's, and goes to the log
                if one is not self.inputs[0] and refusals.is_passing(error):
                    raise Stop from None  # let go of what somebody else may be waiting for
                problem = error
            self._note(one, problem)

    def _write(self, document: Document | ApiError) -> Any:
        if isinstance(document, ApiError):
            raise document
        uids = [document.uid] if document.uid is not None else []
        is_known = bool(writing.known(self.type, uids, self.caller))
        act = writing.update if is_known else writing.create
        return act(self.type, document, self.caller)

    def _note(self, one: Input, problem: Exception | None) -> None:
        """Note how an input ended. Raises Stop after too many errors."""
        if problem is None:
            self.job.processed_count += 1
        else:
            self.job.note(self._key(one), refusals.problems(problem, self.view))
        self.job.position = one.position
        if self.job.has_too_many_errors:
            raise Stop

    def _keep(self) -> None:
        """Note what the inputs were about, also those that failed: it stays."""
        named = {uid for one in self.inputs if (uid := _uid(one))}
        rows = self.view.rows_for(self.caller).filter(uid__in=named)
        keys = {*self.touched, *rows.values_list("pk", flat=True)}
        ImportedRow.objects.bulk_create(
            [ImportedRow(job=self.job, object_id=key) for key in keys], ignore_conflicts=True
        )

    def _key(self, one: Input) -> str:
        """Return what the log calls an input: its code, unless such resources are somebody's."""
        code, is_personal = one.code, self.view.model in registered()
        is_told = isinstance(code, str) and code and not is_personal
        return code[:255] if is_told else str(one.position)


def _uid(one: Input) -> str | None:
    return None if isinstance(one.document, ApiError) else one.document.uid
