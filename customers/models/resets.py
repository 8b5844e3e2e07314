"""Forgotten passwords."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from activity.models import Event
from customers.models.customers import Customer
from organizations.models import TenantQuerySet, TenantResource

# How long a row stays once nobody can use it any more.
REMEMBERED_FOR = timedelta(days=30)


def digest(*secrets_of_a_row: str) -> str:
    """Return the SHA-256 of long random texts; a short one would need a slow hash."""
    return hashlib.sha256("\0".join(secrets_of_a_row).encode()).hexdigest()


class CustomerPasswordResetQuerySet(TenantQuerySet):
    """Resets of one environment. A guest reaches one by its id, and needs its token."""

    def by_token(self, environment_id: int, token: str) -> Self:
        """Return the one reset that `token` was made for, whatever became of it."""
        return self.filter(environment_id=environment_id, token_hash=digest(token))

    def outlived(self) -> Self:
        """Return the resets that nobody needs to know about any more."""
        return self.filter(expires_at__lte=timezone.now() - REMEMBERED_FOR)


class CustomerPasswordReset(TenantResource):
    """A chance to choose a new password: once, soon, and with a token that is not kept.

    One that was asked for with an unknown e-mail has no customer, and opens nothing.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, editable=False, related_name="+"
    )
    token_hash = models.CharField(max_length=64, editable=False)
    # What the customer signed in with when the token was made: another change voids it.
    seal = models.CharField(max_length=64, editable=False)
    expires_at = models.DateTimeField(editable=False)
    reset_password_at = models.DateTimeField(null=True, editable=False)
    events = GenericRelation(Event)

    owner_path = "customer__uid"
    objects: ClassVar[Any] = CustomerPasswordResetQuerySet.as_manager()

    # Known to the instance that drew it, never to the database.
    token: str | None = None
    # The hash of what the customer wants to sign in with, until the token has been checked.
    new_password: str | None = None

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "token_hash"], name="customers_unique_reset_token"
            ),
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106
                name="customers_reset_token_is_hashed",
            ),
            models.CheckConstraint(
                condition=Q(reset_password_at__isnull=True)
                | Q(customer__isnull=False, reset_password_at__lte=F("expires_at")),
                name="customers_resets_are_used_in_time",
            ),
        ]
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(fields=["expires_at"], name="customers_resets_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"customer password reset {self.uid}"

    def draw_token(self) -> None:
        """Give the reset a token, good for settings.PASSWORD_RESET_LIFETIME. Unsaved."""
        self.token = secrets.token_urlsafe(32)
        self.token_hash = digest(self.token)
        self.seal = _seal(self.customer)
        self.expires_at = timezone.now() + settings.PASSWORD_RESET_LIFETIME

    def is_opened_by(self, token: str) -> bool:
        """Tell whether `token` may be exchanged for a new password now."""
        is_right = hmac.compare_digest(digest(token), self.token_hash)
        is_sealed = hmac.compare_digest(_seal(self.customer), self.seal)
        is_open = self.reset_password_at is None and self.expires_at > timezone.now()
        return is_right and is_sealed and is_open and self.customer is not None


def _seal(customer: Customer | None) -> str:
    return digest(customer.email or "", customer.password) if customer else digest("nobody")
