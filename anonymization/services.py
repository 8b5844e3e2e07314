"""Requests to be forgotten, from the asking to the erasing.

The table is the queue: every step is one transaction on the request's row. Whoever needs both
locks takes the person's row first, then the request's, so that nobody waits in a circle.
"""

from __future__ import annotations

import logging
import traceback
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from anonymization.doorbell import doorbell
from anonymization.erasers import erase_all, lock_subject, subject_exists
from anonymization.errors import AlreadyCompleted, BeingForgotten, NothingToCancel
from anonymization.expressions import info_expression
from anonymization.models import AnonymizationRequest, Status
from anonymization.signals import anonymization_changed
from jsonapi import sql
from jsonapi.access import Caller
from jsonapi.errors import NotFound
from jsonapi.sql import Fragment
from organizations.models import Environment, User

__all__ = [
    "cancel_anonymization",
    "carry_out",
    "check_not_forgotten",
    "claim",
    "info_expression",
    "is_forgotten",
    "process",
    "process_due",
    "put_off",
    "request_anonymization",
]

logger = logging.getLogger(__name__)

PROCESS = "anonymization.tasks.process"
# Below PostgreSQL's deadlock_timeout of 1 s: if erasing and a request of the API ever wait for
# each other, it is the erasing that gives up and comes back.
LOCK_TIMEOUT = "500ms"
# Asked by every write, so it is prepared once rather than composed each time.
FORGOTTEN = (
    "SELECT 1 FROM anonymization_anonymizationrequest"  # noqa: S608 - constants only
    " WHERE environment_id = %s AND subject_uid = %s"
    f" AND status IN ('{Status.STARTED}', '{Status.COMPLETED}') LIMIT 1"
)


@transaction.atomic
def request_anonymization(
    *, environment_id: int, subject_uid: str, requester: User | None, caller: Caller | None = None
) -> AnonymizationRequest:
    """Have a person forgotten once the organization's grace period has passed.

    Returns the open request if there is one. Raises NotFound for an unknown person and
    AlreadyCompleted after they have been forgotten.
    """
    if not lock_subject(environment_id, subject_uid):
        raise NotFound
    latest: AnonymizationRequest | None
    latest = AnonymizationRequest.objects.of(environment_id, subject_uid).first()
    if latest is not None and latest.is_open:
        return latest
    if latest is not None and latest.status == Status.COMPLETED:
        raise AlreadyCompleted
    request = _create(environment_id, subject_uid, requester)
    _announce(request, "anonymization_request", actor=requester, caller=caller)
    return request


@transaction.atomic
def cancel_anonymization(
    *, environment_id: int, subject_uid: str, requester: User | None, caller: Caller | None = None
) -> AnonymizationRequest:
    """Withdraw the open request, even a started one, until the erasing has committed.

    Raises NothingToCancel if none is open.
    """
    lock_subject(environment_id, subject_uid)
    requests = AnonymizationRequest.objects.of(environment_id, subject_uid).open()
    request: AnonymizationRequest | None = requests.select_for_update().first()
    if request is None:
        raise NothingToCancel
    request.cancel(requester)
    _announce(request, "anonymization_cancel", actor=requester, caller=caller)
    return request


def is_forgotten(*, environment_id: int, subject_uid: str) -> bool:
    """Tell whether a person is being, or has been, forgotten."""
    return bool(sql.run(Fragment(FORGOTTEN, (environment_id, subject_uid))))


def check_not_forgotten(*, environment_id: int, subject_uid: str) -> None:
    """Lock a person before something is added to what belongs to them.

    Must run in the transaction of the write. Raises Conflict while they are being forgotten
    and ever after: what is written now would survive the erasing.
    """
    lock_subject(environment_id, subject_uid)
    if is_forgotten(environment_id=environment_id, subject_uid=subject_uid):
        raise BeingForgotten


def process_due() -> int:
    """Carry out the requests whose time has come; return how many this worker claimed."""
    due = list(AnonymizationRequest.objects.due().values_list("pk", flat=True))
    return sum(process(request_id=request_id) for request_id in due)


def process(*, request_id: int) -> bool:
    """Claim one request and carry it out; False if it is not due or somebody else has it."""
    request = claim(request_id=request_id)
    if request is None or request.lease_token is None:
        return False
    try:
        carry_out(request_id=request.pk, lease_token=request.lease_token)
    except Exception as error:  # a request must never be stuck
        _log(request, error)
        put_off(request_id=request.pk, lease_token=request.lease_token, error=type(error).__name__)
    return True


@transaction.atomic
def claim(*, request_id: int) -> AnonymizationRequest | None:
    """Lease a due request, a dead worker's included; None if it is not to be had now."""
    found: AnonymizationRequest | None
    found = AnonymizationRequest.objects.due().filter(pk=request_id).first()
    if found is None or not _lock_if_free(found):
        return None
    request: AnonymizationRequest | None
    request = AnonymizationRequest.objects.filter(pk=request_id, attempts=found.attempts).claim()
    if request is None:
        return None
    if found.is_exhausted:  # its last worker died rather than failed
        _give_up(request, request.last_error or "WorkerLost")
        return None
    if found.status == Status.REQUESTED:
        _announce(request, "anonymization_started")
    return request


@transaction.atomic
def carry_out(*, request_id: int, lease_token: UUID) -> bool:
    """Erase the person and complete the request, all or nothing.

    False, without any effect, if the lease has gone to another worker or the request has been
    cancelled meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    request = _locked(request_id, lease_token)
    if request is None:
        return False
    request.complete(erase_all(request.environment_id, request.subject_uid))
    _announce(request, "anonymization_completed")
    return True


@transaction.atomic
def put_off(*, request_id: int, lease_token: UUID, error: str) -> None:
    """Try again later, or fail after too many attempts; `error` is an exception's class."""
    request = _locked(request_id, lease_token)
    if request is None:
        return
    if request.is_exhausted:
        _give_up(request, error)
    else:
        request.put_off(error)


def _give_up(request: AnonymizationRequest, error: str) -> None:
    request.fail(error)
    _announce(request, "anonymization_failed")


def _create(environment_id: int, subject_uid: str, requester: User | None) -> AnonymizationRequest:
    environment = Environment.objects.select_related("organization").get(pk=environment_id)
    grace = environment.organization.grace
    request: AnonymizationRequest = AnonymizationRequest.objects.create(
        environment=environment,
        subject_uid=subject_uid,
        requester=requester,
        not_before=Now() + grace,
    )
    request.refresh_from_db()
    if not grace:
        doorbell.ring_on_commit(PROCESS, request.pk)
    return request


def _announce(
    request: AnonymizationRequest,
    event: str,
    *,
    actor: User | None = None,
    caller: Caller | None = None,
) -> None:
    anonymization_changed.send(
        AnonymizationRequest, request=request, event=event, actor=actor, caller=caller
    )


def _lock_if_free(request: AnonymizationRequest) -> bool:
    """Lock the person unless somebody is writing to them; True also if they are gone."""
    environment_id, subject_uid = request.environment_id, request.subject_uid
    return lock_subject(environment_id, subject_uid, skip_locked=True) or not subject_exists(
        environment_id, subject_uid
    )


def _locked(request_id: int, lease_token: UUID) -> AnonymizationRequest | None:
    """Lock the person and the request; None unless `lease_token` still holds the request."""
    held = AnonymizationRequest.objects.filter(
        pk=request_id, status=Status.STARTED, lease_token=lease_token
    )
    request: AnonymizationRequest | None = held.first()
    if request is None:
        return None
    lock_subject(request.environment_id, request.subject_uid)
    locked: AnonymizationRequest | None = held.select_for_update().first()
    return locked


def _log(request: AnonymizationRequest, error: Exception) -> None:
    # Where, but not what: the text of a database error quotes values.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s (%s): %s\n%s", request, request.uid, type(error).__name__, frames)
