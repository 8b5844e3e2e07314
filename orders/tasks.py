"""The worker's door. Messages hold ids only and may come late, twice or never."""

from celery import shared_task

from orders import services
from orders.models import Order
from orders.states import OrderStatus


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def place(order_id: int) -> None:
    """Place one order that waits for it. Safe to deliver twice or to kill."""
    services.place_now(order_id=order_id)


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Place every order that waits: the guarantee behind the messages."""
    waiting = Order.objects.filter(status=OrderStatus.PLACING).order_by("pk")
    for order_id in list(waiting.values_list("pk", flat=True)):
        services.place_now(order_id=order_id)


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def renew() -> None:
    """Make the orders of subscriptions that are due, and announce those that come soon."""
    services.renew_due()
    services.announce_renewals()


@shared_task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def reconcile() -> None:
    """Compare every customer's stored count with their orders, once a night."""
    services.reconcile()
