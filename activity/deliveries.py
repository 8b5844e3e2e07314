"""Telling webhooks of events: the table is the queue, the clock rings, this empties it.

One transaction leases deliveries, then they are sent without any, another transaction for each
webhook writes down what came of it. Who dies in between leaves a lease that ends: the delivery is
sent again, under the same message id. So everything is told at least once, and what is about one
resource in the order in which it happened.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from activity import rendering, signing
from activity.backlog import due
from activity.models import Delivery, EventCallback, Webhook
from activity.models.webhooks import MOST_ATTEMPTS
from activity.sending import ANSWER_WITHIN, TIMEOUT, Answer, send

logger = logging.getLogger(__name__)

AT_ONCE = 32  # callbacks in flight
AT_ONCE_EACH = 8  # of them to one webhook: none can take the place of all others
SWEEP_FOR = 5.0  # seconds, then the worker is free for other work until the clock rings again
LOCK = 0x77656268  # "webh": at most one worker is telling, others have better things to do
LOST = "no worker survived it"
UNFIT = "could not be rendered"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    delivery: Delivery
    answer: Answer


def deliver_due() -> int:
    """Tell webhooks what they wait for, for some seconds; return how many attempts were made.

    Returns 0 at once while another worker is at it.
    """
    attempts, until = 0, time.monotonic() + SWEEP_FOR
    with _alone() as is_alone:
        while is_alone and time.monotonic() < until and (leased := claim()):
            _tell(leased)
            attempts += len(leased)
    return attempts


@transaction.atomic
def claim() -> list[Delivery]:
    """Lease what may go now, for settings.WEBHOOK_LEASE; an attempt begins."""
    found = due(each=AT_ONCE_EACH, most=AT_ONCE)
    if not found:
        return []
    free = Delivery.objects.filter(pk__in=found).exclude(lease_until__gt=Now())
    held = list(free.select_for_update(skip_locked=True).order_by("pk").values_list("pk"))
    keys, token = [key for (key,) in held], uuid.uuid4()
    leased = Delivery.objects.filter(pk__in=keys)
    leased.update(
        lease_until=Now() + settings.WEBHOOK_LEASE, lease_token=token, attempts=F("attempts") + 1
    )
    return list(leased.select_related("webhook__environment__organization").order_by("pk"))


def record(outcomes: Collection[Outcome]) -> None:
    """Write down what came of attempts, in one transaction for each webhook."""
    for key in dict.fromkeys(one.delivery.webhook_id for one in outcomes):
        _record(key, [one for one in outcomes if one.delivery.webhook_id == key])


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT PG_TRY_ADVISORY_LOCK(%s)", [LOCK])
        (locked,) = cursor.fetchone()
    try:
        yield locked
    finally:
        if locked and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT PG_ADVISORY_UNLOCK(%s)", [LOCK])


def _tell(leased: Sequence[Delivery]) -> None:
    exhausted = [one for one in leased if one.attempts > MOST_ATTEMPTS]
    record([Outcome(one, Answer(None, LOST)) for one in exhausted])
    ready = [(one, _rendered(one)) for one in leased if one not in exhausted]
    record([Outcome(one, Answer(None, UNFIT)) for one, body in ready if body is None])
    record(_sent([(one, body) for one, body in ready if body is not None]))


def _rendered(delivery: Delivery) -> bytes | None:
    try:
        return rendering.document(delivery)
    except Exception as error:  # somebody's; the others shall not wait for that
        if not connection.is_usable():
            raise
        logger.error("%s of %s: %s", delivery, delivery.topic, type(error).__name__)
        return None


def _sent(ready: Iterable[tuple[Delivery, bytes]]) -> list[Outcome]:
    """Send all at the same time; what takes longer than anything may has timed out."""
    pool = ThreadPoolExecutor(AT_ONCE)
    pending: dict[Future[Answer], Delivery] = {
        pool.submit(send, one.webhook.callback_url, _headers(one, body), body): one
        for one, body in ready
    }
    wait(pending, timeout=ANSWER_WITHIN + 1)
    pool.shutdown(wait=False, cancel_futures=True)
    late = Answer(None, TIMEOUT)
    return [Outcome(one, sent.result() if sent.done() else late) for sent, one in pending.items()]


def _headers(delivery: Delivery, body: bytes) -> dict[str, str]:
    return signing.headers(
        topic=delivery.topic,
        message_id=str(delivery.message_id),
        secret=delivery.webhook.shared_secret,
        body=body,
    )


@transaction.atomic
def _record(webhook_id: int, outcomes: Sequence[Outcome]) -> None:
    # The webhook first: who deletes it holds it before its deliveries.
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id).first()
    if webhook is None:
        return
    held = _still_held(outcomes)
    EventCallback.objects.bulk_create(_callback(one) for one in held)
    over = [one.delivery.pk for one in held if one.answer.is_success or one.delivery.is_exhausted]
    Delivery.objects.filter(pk__in=over).delete()
    for one in held:
        if one.delivery.pk not in over:
            one.delivery.put_off()
    webhook.count([one.answer.is_success for one in held])


def _still_held(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return those whose lease has not gone to another worker, which will tell for itself."""
    tokens = {one.delivery.pk: one.delivery.lease_token for one in outcomes}
    rows = Delivery.objects.select_for_update().filter(pk__in=tokens).order_by("pk")
    held = {key for key, token in rows.values_list("pk", "lease_token") if token == tokens[key]}
    return [one for one in outcomes if one.delivery.pk in held]


def _callback(outcome: Outcome) -> EventCallback:
    delivery = outcome.delivery
    return EventCallback(
        environment_id=delivery.webhook.environment_id,
        webhook_id=delivery.webhook_id,
        event_id=delivery.event_id,
        callback_url=delivery.webhook.callback_url,
        payload=rendering.identifiers(delivery),
        response_code=outcome.answer.code,
        response_message=outcome.answer.message,
    )
