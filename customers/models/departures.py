"""Where deleted customers stood in the list, for whoever is just walking along it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from jsonapi.access import Caller
from organizations.models import Environment

REMEMBERED_FOR = timedelta(days=1)


class DepartureQuerySet(models.QuerySet["Departure"]):
    """Customers who were deleted lately."""

    def visible_to(self, caller: Caller) -> Self:
        """Return those of a trusted caller's environment."""
        return (
            self.filter(environment_id=caller.environment_id) if caller.is_trusted else self.none()
        )

    def outlived(self) -> Self:
        """Return those nobody can still be walking past."""
        return self.filter(left_at__lt=timezone.now() - REMEMBERED_FOR)


class Departure(models.Model):
    """A deleted customer's public id and place: a cursor that names it stays good for a day."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    uid = models.CharField(max_length=40, db_collation="C")
    place = models.BigIntegerField(help_text="The primary key that the customer had.")
    left_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[Any] = DepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "uid"], name="customers_one_departure_per_id"
            )
        ]

    def __str__(self) -> str:
        return f"departure of {self.uid}"
