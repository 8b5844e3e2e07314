"""Carrying out requests to be forgotten: many people at once, or one by one where that fails.

A transaction leases requests, another erases the people and completes the requests. Whoever may
have to wait locks the people first, then the requests, each in the order of primary keys, so that
nobody waits in a circle. Claiming never waits, and starts with the requests: two sweepers would
take people out of each other's hands if it did not.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from uuid import UUID

from django.db import connection, transaction

from anonymization.erasers import erase_people, lock_people, people
from anonymization.lookups import Later
from anonymization.models import (
    MAX_ATTEMPTS,
    AnonymizationRequest,
    AnonymizationRequestQuerySet,
    Status,
)
from anonymization.people import People, Person
from anonymization.prepared import Prepared
from anonymization.signals import announce
from jsonapi import pipeline, sql
from jsonapi.sql import Fragment

logger = logging.getLogger(__name__)

PEOPLE_AT_ONCE = 500
# Below PostgreSQL's deadlock_timeout of 1 s: if erasing and a request of the API ever wait for
# each other, it is the erasing that gives up and comes back.
PATIENCE = Fragment("SET LOCAL lock_timeout = '500ms'")


def process_due() -> int:
    """Carry out the requests whose time has come; return how many this worker claimed.

    New ones go together. Those that failed before, or whose worker died, go alone: nobody
    shall fail for somebody else's trouble.
    """
    due = AnonymizationRequest.objects.due().values_list("pk", flat=True)
    new, again = list(due.filter(attempts=0)), list(due.filter(attempts__gt=0))
    starts = range(0, len(new), PEOPLE_AT_ONCE)
    batches = [new[start : start + PEOPLE_AT_ONCE] for start in starts] + [[pk] for pk in again]
    return sum(map(_process, batches))


def process(*, request_id: int) -> bool:
    """Claim one request and carry it out; False if it is not due or somebody else has it."""
    return bool(_process([request_id]))


@dataclass(slots=True)
class Claim:
    """A request that a worker holds once it has a `lease_token`."""

    pk: int
    uid: str
    environment_id: int
    subject_uid: str
    status: str
    attempts: int
    lease_token: UUID | None = None

    @property
    def person(self) -> Person:
        """Whom it is about."""
        return self.environment_id, self.subject_uid


def claim(*, request_id: int) -> Claim | None:
    """Lease a due request, a dead worker's included; None if it is not to be had now."""
    return next(iter(claim_many(request_ids=[request_id])), None)


@pipeline.transaction()
def claim_many(*, request_ids: Collection[int]) -> list[Claim]:
    """Lease, with one token, those of the due requests that are to be had now.

    Left out are requests about somebody whom others are writing to, and among several those
    that have to go alone.
    """
    columns = _waiting(len(request_ids) > 1).rows(keys=request_ids)
    waiting = [Claim(*row) for row in columns]
    persons = lock_people(people([one.person for one in waiting]), skip_locked=True)
    found = [one for one in waiting if one.person in persons.persons]
    for one in found:
        if one.attempts >= MAX_ATTEMPTS:  # its last worker died rather than failed
            request = AnonymizationRequest.objects.get(pk=one.pk)
            _give_up(request, persons, request.last_error or "WorkerLost")
    leased = [one for one in found if one.attempts < MAX_ATTEMPTS]
    started = [one for one in leased if one.status == Status.REQUESTED]
    token = AnonymizationRequest.objects.lease([one.pk for one in leased]) if leased else None
    for one in leased:
        one.lease_token = token
    whom = persons.only([one.person for one in started])
    announce(Status.STARTED, [one.pk for one in started], whom)
    return leased


def carry_out(*, request_id: int, lease_token: UUID | None) -> bool:
    """Erase the person and complete the request, all or nothing.

    False, without any effect, if the lease has gone to another worker or the request has been
    cancelled meanwhile.
    """
    return bool(carry_out_many(request_ids=[request_id], lease_token=lease_token))


@pipeline.transaction()
def carry_out_many(*, request_ids: Collection[int], lease_token: UUID | None) -> set[int]:
    """Erase all the people and complete their requests, or none; return which requests.

    Left out are those that the lease no longer holds, and among several those about somebody
    whom others are writing to.
    """
    sql.send(PATIENCE)
    held = _held(request_ids, lease_token)
    requests, persons = _lock(held, skip_locked=len(request_ids) > 1)
    reports = erase_people(persons, mark=True)
    AnonymizationRequest.objects.complete({key: reports[one] for key, one in requests.items()})
    announce(Status.COMPLETED, requests.keys(), persons)
    return set(requests)


@transaction.atomic
def put_off(*, request_id: int, lease_token: UUID | None, error: str) -> None:
    """Try again later, or fail after too many attempts; `error` is an exception's class."""
    requests, persons = _lock(_held([request_id], lease_token), skip_locked=False)
    for request in AnonymizationRequest.objects.filter(pk__in=requests):
        if request.is_exhausted:
            _give_up(request, persons, error)
        else:
            request.put_off(error)


def _process(request_ids: Sequence[int]) -> int:
    try:
        requests = claim_many(request_ids=request_ids)
    except Exception as error:  # somebody's; nobody else shall wait for that
        if not connection.is_usable():
            raise
        _log(f"{len(request_ids)} claims", error)
        alone = request_ids if len(request_ids) > 1 else ()
        return sum(_process([request_id]) for request_id in alone)
    done = _carry_out_together(requests) if len(requests) > 1 else set()
    for request in requests:
        if request.pk not in done:
            _carry_out_alone(request)
    return len(requests)


def _carry_out_together(requests: Sequence[Claim]) -> set[int]:
    ids = {request.pk for request in requests}
    try:
        return carry_out_many(request_ids=ids, lease_token=requests[0].lease_token)
    except Exception as error:  # somebody's; who it is, each alone will tell
        _log(f"{len(requests)} anonymizations", error)
        return set()


def _carry_out_alone(request: Claim) -> None:
    try:
        carry_out(request_id=request.pk, lease_token=request.lease_token)
    except Exception as error:  # a request must never be stuck
        _log(f"anonymization of {request.subject_uid} ({request.uid})", error)
        put_off(request_id=request.pk, lease_token=request.lease_token, error=type(error).__name__)


def _held(request_ids: Collection[int], lease_token: UUID | None) -> AnonymizationRequestQuerySet:
    rows: AnonymizationRequestQuerySet = AnonymizationRequest.objects.filter(
        pk__among=request_ids,
        status=Status.STARTED,
        lease_token=lease_token,
        lease_token__isnull=False,  # nobody holds what has been put off
    )
    return rows


def _lock(
    wanted: AnonymizationRequestQuerySet, *, skip_locked: bool
) -> tuple[dict[int, Person], People]:
    """Lock the people, then the requests about them; return those that still are wanted then."""
    rows = wanted.values_list("pk", "environment_id", "subject_uid")
    named = {key: (environment_id, uid) for key, environment_id, uid in rows}
    persons = lock_people(people(named.values()), skip_locked=skip_locked)
    within_reach = {key for key, person in named.items() if person in persons.persons}
    locking = wanted.select_for_update(skip_locked=skip_locked).order_by("pk")
    locked = locking.filter(pk__among=within_reach).values_list("pk", flat=True)
    requests = {key: named[key] for key in locked}
    return requests, persons.only(requests.values())


@cache
def _waiting(together: bool) -> Prepared:
    """Return the query that locks due requests; those that go together fail for the first time."""
    due = AnonymizationRequest.objects.due().filter(pk__among=Later("keys"))
    rows = due.filter(attempts=0) if together else due
    locking = rows.select_for_update(skip_locked=True).order_by("pk")
    columns = (field.name for field in fields(Claim) if field.default is MISSING)
    return Prepared.of(locking.values_list(*columns))


def _give_up(request: AnonymizationRequest, persons: People, error: str) -> None:
    request.fail(error)
    announce(Status.FAILED, [request.pk], persons.only([request.person]))


def _log(what: str, error: Exception) -> None:
    # Where, but not what: the text of a database error quotes values.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, type(error).__name__, frames)
