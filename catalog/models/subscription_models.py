"""How the subscriptions of a market are made."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from annotations.models import Attachment
from catalog.frequencies import validate_frequency
from organizations.models import TenantResource


class Strategy(models.TextChoices):
    BY_FREQUENCY = "by_frequency"  # one subscription of all lines with the same frequency
    BY_LINE_ITEMS = "by_line_items"  # one of each line


class SubscriptionModel(TenantResource):
    """Which frequencies the orders of some markets may be subscribed to, and what comes of it."""

    name = models.CharField(max_length=255)
    strategy = models.CharField(max_length=13, choices=Strategy, default=Strategy.BY_FREQUENCY)
    frequencies = ArrayField(
        models.CharField(max_length=255, validators=[validate_frequency]),
        size=100,
        help_text="hourly, daily, weekly, monthly, ..., yearly, or crontab expressions.",
    )
    auto_activate = models.BooleanField(
        default=True, help_text="Subscriptions begin at once: the order is their first run."
    )
    auto_cancel = models.BooleanField(
        default=False, help_text="Subscriptions end when the order that made them is cancelled."
    )
    attachments = GenericRelation(Attachment)

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(strategy__in=Strategy.values),
                name="catalog_subscription_strategy_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(frequencies=[]),
                name="catalog_subscription_models_have_frequencies",
                violation_error_code="frequencies",
            ),
        ]

    def __str__(self) -> str:
        return self.name
