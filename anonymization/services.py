"""Requests to be forgotten: asking, changing one's mind, and what is refused meanwhile.

The table is the queue: every step is one transaction on the request's row. Whoever needs both
locks, and may have to wait for one, takes the person's row first, then the request's, so that
nobody waits in a circle. How requests are carried out is in `work`.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from anonymization.doorbell import doorbell
from anonymization.erasers import lock_people, lock_subject, people
from anonymization.errors import AlreadyCompleted, BeingForgotten, NothingToCancel
from anonymization.expressions import info_expression
from anonymization.models import AnonymizationRequest, Status
from anonymization.signals import announce
from anonymization.work import (
    carry_out,
    carry_out_many,
    claim,
    claim_many,
    process,
    process_due,
    put_off,
)
from jsonapi import sql
from jsonapi.access import Caller
from jsonapi.errors import NotFound
from jsonapi.sql import Fragment
from organizations.models import Environment, User

__all__ = [
    "cancel_anonymization",
    "carry_out",
    "carry_out_many",
    "check_not_forgotten",
    "claim",
    "claim_many",
    "info_expression",
    "is_forgotten",
    "process",
    "process_due",
    "put_off",
    "request_anonymization",
]

PROCESS = "anonymization.tasks.process"
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
    person = lock_people(people([(environment_id, subject_uid)]))
    if not person.by_key:
        raise NotFound
    latest: AnonymizationRequest | None
    latest = AnonymizationRequest.objects.of(environment_id, subject_uid).first()
    if latest is not None and latest.is_open:
        return latest
    if latest is not None and latest.status == Status.COMPLETED:
        raise AlreadyCompleted
    request = _create(environment_id, subject_uid, requester)
    announce(Status.REQUESTED, [request.pk], person, actor=requester, caller=caller)
    return request


@transaction.atomic
def cancel_anonymization(
    *, environment_id: int, subject_uid: str, requester: User | None, caller: Caller | None = None
) -> AnonymizationRequest:
    """Withdraw the open request, even a started one, until the erasing has committed.

    Raises NothingToCancel if none is open.
    """
    person = lock_people(people([(environment_id, subject_uid)]))
    requests = AnonymizationRequest.objects.of(environment_id, subject_uid).open()
    request: AnonymizationRequest | None = requests.select_for_update().first()
    if request is None:
        raise NothingToCancel
    request.cancel(requester)
    announce(Status.CANCELLED, [request.pk], person, actor=requester, caller=caller)
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
