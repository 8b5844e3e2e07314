"""Mails that are to be sent, and the secrets in them that are not kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.customers import Customer
from customers.states import Language
from jsonapi.fields import LowercaseEmailField
from jsonapi.models import UidField
from organizations.models import Environment, TenantQuerySet

LEASE = timedelta(minutes=1)
MOST_ATTEMPTS = 8
KEPT_FOR = timedelta(days=30)


class LetterQuerySet(TenantQuerySet):
    """Letters of one environment."""

    def due(self) -> Self:
        """Return what has to be sent now, the oldest first."""
        waiting = self.filter(status=Letter.Status.WAITING, not_before__lte=timezone.now())
        return waiting.order_by("not_before", "pk")

    def lately(self) -> Self:
        """Return the letters of the last hour."""
        return self.filter(created_at__gt=timezone.now() - timedelta(hours=1))

    def outlived(self) -> Self:
        """Return the letters that nobody needs to look at any more."""
        return self.filter(created_at__lt=timezone.now() - KEPT_FOR)


class Letter(models.Model):
    """A mail to a customer. What it says is written when it is sent, and is not kept.

    A letter to nobody was asked for with an unknown e-mail: it is dropped.
    """

    class Kind(models.TextChoices):
        CONFIRM_EMAIL = "confirm_email"
        RESET_PASSWORD = "reset_password"  # noqa: S105

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        DROPPED = "dropped"  # there is nobody to send it to any more
        FAILED = "failed"

    uid = UidField(unique=True)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="letters"
    )
    kind = models.CharField(max_length=14, choices=Kind)
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(
        max_length=100, blank=True, help_text="The class of the last exception, without its text."
    )

    objects: ClassVar[Any] = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["confirm_email", "reset_password"]),
                name="customers_letter_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | Q(status__in=["waiting", "dropped", "failed"], sent_at=None),
                name="customers_sent_letters_have_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=Q(status="waiting"),
                name="customers_letters_due",
            ),
            models.Index(fields=["created_at"], name="customers_letters_by_age"),
        ]

    def __str__(self) -> str:
        return f"letter {self.uid}"

    def lease(self) -> None:
        """Keep other workers away for a minute; of one that dies meanwhile it is sent again."""
        self.attempts += 1
        self.not_before = timezone.now() + LEASE
        self.save(update_fields=["attempts", "not_before"])

    def mark_sent(self) -> None:
        self.status, self.sent_at = self.Status.SENT, timezone.now()
        self.save(update_fields=["status", "sent_at"])

    def drop(self) -> None:
        self.status = self.Status.DROPPED
        self.save(update_fields=["status"])

    def put_off(self, error: str) -> None:
        """Try again later, a minute longer each time; give up after 8 attempts."""
        if self.attempts >= MOST_ATTEMPTS:
            self.status = self.Status.FAILED
        self.not_before = timezone.now() + self.attempts * LEASE
        self.last_error = error
        self.save(update_fields=["status", "not_before", "last_error"])


class EmailConfirmation(models.Model):
    """The one link that confirms a customer's e-mail: the newest. Its token is not kept."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="+")
    email = LowercaseEmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106
                name="customers_confirmation_token_is_hashed",
            )
        ]

    def __str__(self) -> str:
        return f"e-mail confirmation {self.pk}"

    @property
    def is_good(self) -> bool:
        """True until it expires, or the customer has another e-mail."""
        return self.expires_at > timezone.now() and self.email == self.customer.email
