"""What the tests of deliveries do over and over."""

from datetime import timedelta

from django.db.models import F

from activity.models import Delivery, EventCallback
from activity.services import publish


def happen(customer, topic="customers.create"):
    return publish(instance=customer, topic=topic)


def wait_over():
    """Let every back-off and every lease end."""
    Delivery.objects.update(not_before=F("not_before") - timedelta(days=1), lease_until=None)


def log():
    rows = EventCallback.objects.order_by("pk")
    return list(rows.values_list("response_code", "response_message"))
