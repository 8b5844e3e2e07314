"""Pictures of customers. The files are in a storage, under names that say nothing."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.customers import Customer

SIZES = (320, 96)  # pixels, of the thumbnails
UPLOAD = timedelta(hours=1)  # more than any upload takes


def new_key() -> str:
    """Return 32 hexadecimal digits that nobody guesses."""
    return secrets.token_hex(16)


def an_hour_from_now() -> Any:
    return timezone.now() + UPLOAD


class PictureQuerySet(models.QuerySet["Picture"]):
    """Pictures, and what is left of them."""

    def abandoned(self) -> Self:
        """Return what is nobody's: replaced, removed, or never finished."""
        return self.filter(customer=None, not_before__lte=timezone.now()).order_by("pk")


class Picture(models.Model):
    """A customer's picture. The row is there before its files, and goes after them.

    One without a customer is garbage once `not_before` has passed.
    """

    class Format(models.TextChoices):
        PNG = "png"
        JPEG = "jpeg"

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    customer = models.OneToOneField(
        Customer, on_delete=models.SET_NULL, null=True, related_name="picture"
    )
    format = models.CharField(max_length=4, choices=Format)
    width = models.PositiveSmallIntegerField(help_text="In pixels; pictures are square.")
    not_before = models.DateTimeField(default=an_hour_from_now)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = PictureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=["png", "jpeg"]), name="customers_picture_format_is_known"
            ),
            models.CheckConstraint(
                condition=Q(width__range=(150, 4096)), name="customers_picture_width_is_150_to_4096"
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=Q(customer=None),
                name="customers_abandoned_pictures",
            )
        ]

    def __str__(self) -> str:
        return f"picture {self.pk}"

    def path(self, size: int | None = None) -> str:
        """Return where the picture, or a thumbnail of it, is served."""
        return f"/pictures/{self.name(size)}"

    def name(self, size: int | None = None) -> str:
        """Return the name of a file in the storage."""
        return f"{self.key}/{size or 'full'}.{self.format}"

    def names(self) -> list[str]:
        """Return the names of all files."""
        return [self.name(size) for size in (None, *SIZES)]
