"""What became of the runs of order subscriptions."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q

from activity.models import Event
from orders.models.orders import Order, moment
from orders.models.subscriptions import OrderSubscription
from orders.states import CopyStatus
from organizations.models import TenantResource


class RecurringOrderCopy(TenantResource):
    """One run of a subscription: the order that was made, or why there is none."""

    status = models.CharField(max_length=11, choices=CopyStatus, editable=False)
    # When the run had been due: no run happens twice.
    due_at = models.DateTimeField(editable=False)
    started_at = moment()
    completed_at = moment()
    failed_at = moment()
    errors_log = models.JSONField(null=True, editable=False)
    errors_count = models.PositiveSmallIntegerField(default=0, editable=False)
    place_target_order = models.BooleanField(editable=False)
    reuse_wallet = models.BooleanField(editable=False)
    source_order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="recurring_order_copies"
    )
    target_order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="+")
    order_subscription = models.ForeignKey(
        OrderSubscription, on_delete=models.CASCADE, related_name="recurring_order_copies"
    )
    events = GenericRelation(Event)

    owner_path = "order_subscription__customer__uid"

    class Meta(TenantResource.Meta):
        verbose_name_plural = "recurring order copies"
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["order_subscription", "due_at"], name="orders_one_copy_per_run"
            ),
            models.UniqueConstraint(fields=["target_order"], name="orders_one_copy_per_order"),
            models.CheckConstraint(
                condition=Q(status__in=CopyStatus.values), name="orders_copy_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=CopyStatus.FAILED) | Q(errors_count__gte=1),
                name="orders_failed_copy_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"recurring order copy {self.uid}"
