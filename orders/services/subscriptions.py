"""Starting, changing, resting and ending order subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils import timezone

from activity.services import publish
from catalog.models import Strategy, SubscriptionModel
from customers.models import CustomerPaymentSource
from jsonapi.errors import Invalid
from orders.models import LineItem, Order, OrderSubscription, OrderSubscriptionItem
from orders.services.locking import lock_order
from orders.services.rules import problem, refusal
from orders.services.telling import tell_of_new
from orders.states import COUNTED, STOCKED, SubscriptionStatus

Values = dict[str, Any]
# What a subscription plans its runs by.
PLANNED_BY = frozenset({"frequency", "expires_at", "next_run_at", "renewal_alert_period"})


@dataclass(frozen=True, slots=True)
class Step:
    """Which statuses a trigger leads from, and where to."""

    before: Collection[SubscriptionStatus]
    after: SubscriptionStatus
    event: str


STEPS: Mapping[str, Step] = {
    "_activate": Step(
        (SubscriptionStatus.DRAFT, SubscriptionStatus.INACTIVE),
        SubscriptionStatus.ACTIVE,
        "activate",
    ),
    "_deactivate": Step(
        (SubscriptionStatus.ACTIVE, SubscriptionStatus.RUNNING),
        SubscriptionStatus.INACTIVE,
        "deactivate",
    ),
    "_cancel": Step(
        (
            SubscriptionStatus.DRAFT,
            SubscriptionStatus.INACTIVE,
            SubscriptionStatus.ACTIVE,
            SubscriptionStatus.RUNNING,
        ),
        SubscriptionStatus.CANCELLED,
        "cancel",
    ),
}


@transaction.atomic
def create_subscription(*, values: Values) -> OrderSubscription:
    """Create a subscription for the customer of its source order, all of which it repeats.

    It is active at once if the order is placed and shall activate it. Raises Invalid when it
    would have no start.
    """
    order: Order = values["source_order"]
    lock_order(order=order)
    by_order = values.get("activate_by_source_order", True)
    if not by_order and values.get("starts_at") is None:
        raise Invalid("starts_at", "blank", "can't be blank")
    values = {"market": order.market, **values}
    model = values["market"].subscription_model
    _check_frequency(model, values["frequency"])
    subscription = OrderSubscription(
        customer=order.customer,
        customer_email=order.customer_email,
        customer_payment_source=_wallet(order),
        subscription_model=model,
        **values,
    )
    _take_options(subscription)
    if by_order and order.status in COUNTED:
        _start(subscription)
    subscription.save()
    return subscription


@transaction.atomic
def change_subscription(*, subscription: OrderSubscription, values: Values) -> None:
    """Change columns; another frequency, end or next run changes what is planned.

    Raises Invalid for a next run that is not in the future.
    """
    lock_subscription(subscription)
    if "frequency" in values:
        _check_frequency(subscription.subscription_model, values["frequency"])
    for name, value in values.items():
        setattr(subscription, name, value)
    if "options" in values:
        _take_options(subscription)
    if values.keys() & PLANNED_BY:
        _plan_again(subscription, values)
    subscription.save()


@transaction.atomic
def move_subscription(*, subscription: OrderSubscription, trigger: str) -> None:
    """Carry out `_activate`, `_deactivate` or `_cancel`. Raises Invalid from a wrong status.

    A worker that is about to make an order of it finds that it no longer may.
    """
    lock_subscription(subscription)
    step = STEPS[trigger]
    if subscription.status == step.after:
        return
    if subscription.status not in step.before:
        raise _refusal(subscription, trigger)
    subscription.release()
    if step.after == SubscriptionStatus.ACTIVE:
        _start(subscription)
    else:
        subscription.status = step.after
        subscription.plan_at(None)
    subscription.save()
    publish(instance=subscription, topic=f"order_subscriptions.{step.event}")


@transaction.atomic
def convert_subscription(*, subscription: OrderSubscription) -> None:
    """Have items say what is ordered: at first, what the source order is made of.

    Repeating changes nothing. Raises Invalid for one that is cancelled.
    """
    lock_subscription(subscription)
    if subscription.itemized:
        return
    if subscription.status == SubscriptionStatus.CANCELLED:
        raise _refusal(subscription, "_convert")
    lines = subscription.source_order.line_items.filter(item_type__in=STOCKED)
    if not lines.exists():
        raise problem("source_order", "blank", "has no line items of SKUs or bundles")
    model = subscription.subscription_model or subscription.market.subscription_model
    _check_frequency(model, subscription.frequency)
    subscription.itemized, subscription.subscription_model = True, model
    subscription.save(update_fields=["itemized", "subscription_model", "updated_at"])
    _add_items(subscription, lines)


@transaction.atomic
def subscribe(*, order: Order) -> None:
    """Make a subscription for each frequency among the lines of a placed order, once.

    The market's subscription model may want one for each line, and only some frequencies. They
    are active at once, unless it says otherwise: the order is their first run. Raises Invalid
    before the order is placed, for lines without a frequency, and for guests, who cannot be asked.
    """
    lock_order(order=order)
    if order.subscription_created_at is not None:
        return
    if order.status not in COUNTED:
        raise refusal(order, "_create_subscriptions")
    if order.guest:
        raise problem("customer", "guest", "is a guest: only customers can subscribe")
    lines = order.line_items.filter(item_type__in=STOCKED).exclude(frequency=None)
    model = order.market.subscription_model
    if model is not None and lines.exclude(frequency__in=model.frequencies).exists():
        raise problem("line_items", "inclusion", "have a frequency that the market does not offer")
    by_line = model is not None and model.strategy == Strategy.BY_LINE_ITEMS
    groups = groupby(
        lines.order_by("frequency", "pk"),
        lambda line: (line.frequency, line.pk if by_line else None),
    )
    made = [_subscribe_to(order, frequency, list(some)) for (frequency, _), some in groups]
    if not made:
        raise problem("line_items", "blank", "have no frequency")
    order.subscription_created_at = timezone.now()
    order.save(update_fields=["subscription_created_at", "updated_at"])
    publish(instance=order, topic="orders.create_subscriptions")


def activate_by(order: Order) -> None:
    """Activate the drafts that wait for this order to be placed. The order is locked."""
    drafts = order.order_subscriptions.filter(
        status=SubscriptionStatus.DRAFT, activate_by_source_order=True
    )
    for subscription in drafts.select_for_update(of=("self",)):
        _start(subscription)
        subscription.save()
        publish(instance=subscription, topic="order_subscriptions.activate")


def cancel_with(order: Order) -> None:
    """End what a locked order that is cancelled has started, where its model says so."""
    started = order.order_subscriptions.filter(subscription_model__auto_cancel=True)
    for subscription in started.exclude(status=SubscriptionStatus.CANCELLED):
        move_subscription(subscription=subscription, trigger="_cancel")


def lock_subscription(subscription: OrderSubscription) -> None:
    """Lock a subscription after its source order, and read it again."""
    lock_order(order=subscription.source_order)
    rows = OrderSubscription.objects.select_for_update(of=("self",))
    subscription.refresh_from_db(from_queryset=rows)


def _start(subscription: OrderSubscription) -> None:
    """Make it active from now on: nothing that was missed is made up for. The caller saves."""
    now = timezone.now()
    subscription.status = SubscriptionStatus.ACTIVE
    subscription.starts_at = subscription.starts_at or subscription.source_order.placed_at or now
    planned = subscription.next_run_at
    if planned is not None and planned > now:
        subscription.plan_at(planned)
    else:
        subscription.plan(after=now)


def _plan_again(subscription: OrderSubscription, values: Values) -> None:
    now = timezone.now()
    if "next_run_at" in values:
        run = subscription.next_run_at
        if run is None:
            raise Invalid("next_run_at", "blank", "can't be blank")
        if run <= now:
            raise Invalid("next_run_at", "future", "must be in the future")
        subscription.anchor_at = run
        subscription.plan_at(run)
    elif subscription.status == SubscriptionStatus.ACTIVE:
        told = subscription.next_run_at is not None and subscription.alert_at is None
        before = subscription.next_run_at
        subscription.plan(after=now)
        if told and subscription.next_run_at == before:
            subscription.alert_at = None


def _take_options(subscription: OrderSubscription) -> None:
    """Do what the older way to say it says."""
    place = subscription.options.get("place_target_order")
    if isinstance(place, bool):
        subscription.place_target_order = place


def _subscribe_to(order: Order, frequency: str, lines: Iterable[LineItem]) -> OrderSubscription:
    subscription = OrderSubscription(
        environment_id=order.environment_id,
        market=order.market,
        source_order=order,
        customer=order.customer,
        customer_email=order.customer_email,
        customer_payment_source=_wallet(order),
        subscription_model=order.market.subscription_model,
        frequency=frequency,
        itemized=True,
    )
    model = subscription.subscription_model
    starts = model is None or model.auto_activate
    if starts:
        _start(subscription)
    subscription.save()
    tell_of_new(subscription)
    if starts:
        publish(instance=subscription, topic="order_subscriptions.activate")
    _add_items(subscription, lines)
    return subscription


def _add_items(subscription: OrderSubscription, lines: Iterable[LineItem]) -> None:
    for line in lines:
        item = OrderSubscriptionItem.objects.create(
            environment_id=subscription.environment_id,
            order_subscription=subscription,
            sku=line.sku,
            sku_code=line.sku_code,
            bundle=line.bundle,
            bundle_code=line.bundle_code,
            quantity=line.quantity,
            currency_code=line.currency_code,
            unit_amount_cents=line.unit_amount_cents,
            source_line_item=line,
        )
        tell_of_new(item)


def _check_frequency(model: SubscriptionModel | None, frequency: str) -> None:
    if model is not None and frequency not in model.frequencies:
        raise Invalid("frequency", "inclusion", "is not included in the list", value=frequency)


def _wallet(order: Order) -> CustomerPaymentSource | None:
    """Return what the order is paid with, if it can pay for others too."""
    payment = order.payment_source
    source: CustomerPaymentSource | None = payment.wallet if payment is not None else None
    return source if source is not None and source.customer_id is not None else None


def _refusal(subscription: OrderSubscription, trigger: str) -> Invalid:
    title = f"is not possible for a subscription that is {subscription.status}"
    return Invalid(trigger, "invalid_transition", title, value=subscription.status)
