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
from uuid import UUID

from django.db import connection, transaction

from anonymization.erasers import erase_people, lock_people, people
from anonymization.models import AnonymizationRequest, AnonymizationRequestQuerySet, Status
from anonymization.people import People
from anonymization.signals import announce

logger = logging.getLogger(__name__)

PEOPLE_AT_ONCE = 500
# Below PostgreSQL's deadlock_timeout of 1 s: if erasing and a request of the API ever wait for
# each other, it is the erasing that gives up and comes back.
LOCK_TIMEOUT = "500ms"


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


def claim(*, request_id: int) -> AnonymizationRequest | None:
    """Lease a due request, a dead worker's included; None if it is not to be had now."""
    return next(iter(claim_many(request_ids=[request_id])), None)


@transaction.atomic
def claim_many(*, request_ids: Collection[int]) -> list[AnonymizationRequest]:
    """Lease, with one token, those of the due requests that are to be had now.

    Left out are requests about somebody whom others are writing to, and among several those
    that have to go alone.
    """
    due = AnonymizationRequest.objects.due().filter(pk__among=request_ids)
    if len(request_ids) > 1:
        due = due.filter(attempts=0)
    waiting = list(due.select_for_update(skip_locked=True).order_by("pk"))
    persons = lock_people(people(_persons(waiting)), skip_locked=True)
    found = [request for request in waiting if request.person in persons.persons]
    exhausted = [request for request in found if request.is_exhausted]
    for request in exhausted:  # its last worker died rather than failed
        _give_up(request, persons, request.last_error or "WorkerLost")
    leased = [request for request in found if request not in exhausted]
    started = [request for request in leased if request.status == Status.REQUESTED]
    AnonymizationRequest.objects.lease(leased)
    announce("anonymization_started", started, persons.only(_persons(started)))
    return leased


def carry_out(*, request_id: int, lease_token: UUID | None) -> bool:
    """Erase the person and complete the request, all or nothing.

    False, without any effect, if the lease has gone to another worker or the request has been
    cancelled meanwhile.
    """
    return bool(carry_out_many(request_ids=[request_id], lease_token=lease_token))


@transaction.atomic
def carry_out_many(*, request_ids: Collection[int], lease_token: UUID | None) -> set[int]:
    """Erase all the people and complete their requests, or none; return which requests.

    Left out are those that the lease no longer holds, and among several those about somebody
    whom others are writing to.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    held = _held(request_ids, lease_token)
    requests, persons = _lock(held, skip_locked=len(request_ids) > 1)
    reports = erase_people(persons, mark=True)
    AnonymizationRequest.objects.complete({row: reports[row.person] for row in requests})
    announce("anonymization_completed", requests, persons)
    return {row.pk for row in requests}


@transaction.atomic
def put_off(*, request_id: int, lease_token: UUID | None, error: str) -> None:
    """Try again later, or fail after too many attempts; `error` is an exception's class."""
    requests, persons = _lock(_held([request_id], lease_token), skip_locked=False)
    for request in requests:
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


def _carry_out_together(requests: Sequence[AnonymizationRequest]) -> set[int]:
    ids = {request.pk for request in requests}
    try:
        return carry_out_many(request_ids=ids, lease_token=requests[0].lease_token)
    except Exception as error:  # somebody's; who it is, each alone will tell
        _log(f"{len(requests)} anonymizations", error)
        return set()


def _carry_out_alone(request: AnonymizationRequest) -> None:
    try:
        carry_out(request_id=request.pk, lease_token=request.lease_token)
    except Exception as error:  # a request must never be stuck
        _log(f"{request} ({request.uid})", error)
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
) -> tuple[list[AnonymizationRequest], People]:
    """Lock the people, then the requests about them; return those that still are wanted then."""
    rows = wanted.values_list("pk", "environment_id", "subject_uid")
    named = {pk: (environment_id, uid) for pk, environment_id, uid in rows}
    persons = lock_people(people(named.values()), skip_locked=skip_locked)
    within_reach = {pk for pk, person in named.items() if person in persons.persons}
    locking = wanted.select_for_update(skip_locked=skip_locked).order_by("pk")
    requests = list(locking.filter(pk__among=within_reach))
    return requests, persons.only(_persons(requests))


def _persons(requests: Collection[AnonymizationRequest]) -> list[tuple[int, str]]:
    return [request.person for request in requests]


def _give_up(request: AnonymizationRequest, persons: People, error: str) -> None:
    request.fail(error)
    announce("anonymization_failed", [request], persons.only([request.person]))


def _log(what: str, error: Exception) -> None:
    # Where, but not what: the text of a database error quotes values.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, type(error).__name__, frames)
