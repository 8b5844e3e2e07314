"""Making the orders of subscriptions when they are due, each exactly once.

A transaction leases a subscription, a second one makes the order, records the run and plans the
next, all or nothing. Claiming waits for nobody; the second transaction takes its locks in the
order of all locks: customer, source order, subscription. It acts only while the lease is its own,
so a worker that was killed has made nothing, and one that was overtaken makes nothing.

Runs that were missed while no worker was there become one: the next one is planned from now on.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from activity.services import publish
from jsonapi.errors import ApiError
from orders.models import Order, OrderSubscription, RecurringOrderCopy
from orders.services.copying import make_order
from orders.services.locking import lock_order
from orders.services.telling import shown, tell_of_changes, tell_of_new
from orders.states import CopyStatus, SubscriptionStatus

logger = logging.getLogger(__name__)

WORKER = "OrderSubscriptionWorker"
Errors = dict[str, list[str]]
# How many a sweep looks at: the next one follows soon.
AT_ONCE = 500


def renew_due() -> int:
    """Make the orders that are due; return how many runs this worker carried out."""
    due = OrderSubscription.objects.due().order_by("next_run_at", "pk")
    return sum(renew(subscription_id=pk) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def renew(*, subscription_id: int) -> bool:
    """Carry out one run; False if it is not due or somebody else has it. Safe to repeat."""
    token = claim(subscription_id=subscription_id)
    if token is None:
        return False
    try:
        return carry_out(subscription_id=subscription_id, lease_token=token)
    except Exception as error:  # one defect must not stop the other subscriptions
        if not connection.is_usable():
            raise
        _log(subscription_id, error)
        put_off(subscription_id=subscription_id, lease_token=token)
        return False


@transaction.atomic
def claim(*, subscription_id: int) -> UUID | None:
    """Lease a due subscription, a dead worker's included; None if it is not to be had now.

    Only who knows the token that is returned may carry out the run.
    """
    due = OrderSubscription.objects.due().filter(pk=subscription_id)
    if due.select_for_update(skip_locked=True, of=("self",)).first() is None:
        return None
    token = uuid4()
    OrderSubscription.objects.filter(pk=subscription_id).update(
        status=SubscriptionStatus.RUNNING,
        lease_until=Now() + settings.RENEWAL_LEASE,
        lease_token=token,
        attempts=F("attempts") + 1,
    )
    return token


@transaction.atomic
def carry_out(*, subscription_id: int, lease_token: UUID) -> bool:
    """Make the order, or record why it cannot be made, and plan the next run.

    False, without any effect, if the lease has gone to another worker, or the subscription has
    been stopped or forgotten meanwhile.
    """
    subscription = _held(subscription_id, lease_token)
    if subscription is None:
        return False
    before = shown(subscription)
    now = timezone.now()
    order, errors = _try(subscription)
    if order is not None:
        tell_of_new(order, worker=WORKER)
        for line in order.line_items.order_by("pk"):
            tell_of_new(line, worker=WORKER)
    copy = _record(subscription, order, errors, now)
    _finish(subscription, now, succeeded=order is not None)
    tell_of_new(copy, worker=WORKER)
    tell_of_changes(subscription, before, worker=WORKER)
    outcome = "failed" if errors else "succeeded"
    publish(instance=subscription, topic=f"order_subscriptions.last_run_{outcome}")
    return True


@transaction.atomic
def put_off(*, subscription_id: int, lease_token: UUID) -> None:
    """Try again after a while. A worker that finds no attempt left records a failed run."""
    subscription = _held(subscription_id, lease_token)
    if subscription is not None:
        held = OrderSubscription.objects.filter(pk=subscription_id)
        held.update(lease_until=Now() + subscription.back_off, lease_token=None)


def announce_renewals() -> int:
    """Publish order_subscriptions.renewal, once for each order that comes soon."""
    soon = OrderSubscription.objects.to_announce().order_by("alert_at", "pk")
    keys = list(soon.values_list("pk", flat=True)[:AT_ONCE])
    return sum(_announce(pk) for pk in keys)


@transaction.atomic
def _announce(subscription_id: int) -> bool:
    soon = OrderSubscription.objects.to_announce().filter(pk=subscription_id)
    subscription = soon.select_for_update(skip_locked=True, of=("self",)).first()
    if subscription is None:
        return False
    OrderSubscription.objects.filter(pk=subscription_id).update(alert_at=None)
    publish(instance=subscription, topic="order_subscriptions.renewal")
    return True


def _held(subscription_id: int, lease_token: UUID) -> OrderSubscription | None:
    """Return the subscription, locked in the order of all locks, if the lease still holds."""
    held = OrderSubscription.objects.filter(
        pk=subscription_id, status=SubscriptionStatus.RUNNING, lease_token=lease_token
    )
    found: OrderSubscription | None = held.select_related("source_order").first()
    if found is None:
        return None
    lock_order(order=found.source_order)
    subscription: OrderSubscription | None = held.select_for_update(of=("self",)).first()
    return subscription


def _try(subscription: OrderSubscription) -> tuple[Order | None, Errors]:
    if subscription.is_exhausted:
        return None, {"base": ["could not be finished, although it was tried several times"]}
    try:
        with transaction.atomic():
            return make_order(subscription=subscription), {}
    except ApiError as refused:
        return None, _reasons(refused)


def _reasons(refused: ApiError) -> Errors:
    """Return `{attribute or relationship: [rules it breaks]}`: no values, which may be personal."""
    reasons: Errors = {}
    for error in refused.errors:
        name = error.get("source", {}).get("pointer", "/base").rpartition("/")[2]
        reasons.setdefault(name, []).append(error["title"])
    return reasons


def _record(
    subscription: OrderSubscription, order: Order | None, errors: Errors, now: datetime
) -> RecurringOrderCopy:
    copy: RecurringOrderCopy = RecurringOrderCopy.objects.create(
        environment_id=subscription.environment_id,
        order_subscription=subscription,
        source_order=subscription.source_order,
        target_order=order,
        status=CopyStatus.FAILED if errors else CopyStatus.COMPLETED,
        due_at=min(subscription.next_run_at or now, now),  # it may have been moved meanwhile
        started_at=now,
        completed_at=None if errors else timezone.now(),
        failed_at=timezone.now() if errors else None,
        errors_log=errors or None,
        errors_count=sum(map(len, errors.values())),
        place_target_order=subscription.place_target_order,
        reuse_wallet=subscription.customer_payment_source_id is not None,
    )
    return copy


def _finish(subscription: OrderSubscription, now: datetime, *, succeeded: bool) -> None:
    subscription.release()
    subscription.status = SubscriptionStatus.ACTIVE
    subscription.last_run_at = now
    subscription.occurrencies += 1
    subscription.errors_count += 0 if succeeded else 1
    subscription.succeeded_on_last_run = succeeded
    subscription.plan(after=now)
    subscription.save()


def _log(subscription_id: int, error: Exception) -> None:
    # Where, but not what: the text of a database error quotes values.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("order subscription %d: %s\n%s", subscription_id, type(error).__name__, frames)
