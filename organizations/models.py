"""Tenants: organizations, their test and live environments, the people who work there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Model, Q
from django.db.models.functions import Lower

from jsonapi.access import Caller
from jsonapi.fields import LowercaseEmailField
from jsonapi.models import Resource, ResourceQuerySet, UidField


class Organization(models.Model):
    """A tenant: one merchant with a test and a live environment."""

    uid = UidField(unique=True)
    name = models.CharField(max_length=255)
    slug = models.CharField(
        max_length=63,
        unique=True,
        validators=[RegexValidator(r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")],
        help_text="The host name before the domain: https://SLUG.DOMAIN/api.",
    )
    support_phone = models.CharField(max_length=64, blank=True)
    support_email = models.EmailField(blank=True)
    logo_url = models.URLField(blank=True)
    storefront_url = models.URLField(
        blank=True, help_text="Where links in mails to customers lead. Empty: mails have a code."
    )
    favicon_url = models.URLField(blank=True)
    primary_color = models.CharField(max_length=32, blank=True)
    gtm_id = models.CharField(
        max_length=64,
        blank=True,
        help_text="Google Tag Manager's container, for hosted front ends.",
    )
    gtm_id_test = models.CharField(max_length=64, blank=True, help_text="The same, for test data.")
    config = models.JSONField(default=dict, blank=True, help_text="Settings of hosted front ends.")
    addresses_phone_required = models.BooleanField(default=True)
    orders_sales_channel_guest_only = models.BooleanField(default=False)
    tags_max_name_length = models.PositiveSmallIntegerField(default=25)
    tags_max_allowed_number = models.PositiveSmallIntegerField(default=10)
    anonymization_grace = models.DurationField(
        null=True,
        blank=True,
        help_text="How long a request to be forgotten can be cancelled. Empty: the default.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = ResourceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.slug

    @property
    def grace(self) -> timedelta:
        """How long a request to be forgotten waits before it is carried out."""
        default: timedelta = settings.ANONYMIZATION_GRACE
        return default if self.anonymization_grace is None else self.anonymization_grace


class Mode(models.TextChoices):
    TEST = "test"
    LIVE = "live"


class Environment(models.Model):
    """The test or the live data of one organization; nothing crosses from one to another."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="environments"
    )
    mode = models.CharField(max_length=4, choices=Mode)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mode"], name="organizations_one_environment_per_mode"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} ({self.mode})"


class UserManager(BaseUserManager["User"]):
    """Makes users with a hashed password; e-mails are unique whatever their case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works for one or more organizations, in the admin or through a token."""

    uid = UidField(unique=True)
    email = LowercaseEmailField(unique=True)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may sign in to the admin", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="organizations_email_is_lower_case"
            )
        ]

    def __str__(self) -> str:
        return f"user {self.uid}"


class Role(models.Model):
    """What members may do: all of it, or the listed actions per resource type."""

    class Kind(models.TextChoices):
        ADMIN = "admin"
        READ_ONLY = "read_only"
        CUSTOM = "custom"

    uid = UidField(unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.ADMIN)
    permissions = models.JSONField(
        default=dict,
        blank=True,
        help_text='Custom roles only: {"customers": ["list", "retrieve", "update"]}.',
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="organizations_unique_role_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role in one organization."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="organizations_one_membership"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"


class TenantQuerySet(ResourceQuerySet):
    """Rows of one resource in some environment: the one choke point of tenancy."""

    def scope(self, caller: Caller) -> dict[str, Any] | None:
        return {"environment_id": caller.environment_id} if caller.is_trusted else None

    def visible_to(self, caller: Caller) -> Self:
        rows = self.filter(environment_id=caller.environment_id)
        return rows if caller.is_trusted else rows.public_to(caller)

    def public_to(self, caller: Caller) -> Self:
        """Return what a sales channel's caller may see: a customer only their own rows."""
        customer = caller.owner("Customer")
        if customer is None or self.model.owner_path is None:
            return self
        return self.filter(**{self.model.owner_path: customer})

    def administered_by(self, user: User) -> Self:
        """Return the rows of the organizations `user` works for; a superuser sees all."""
        if user.is_superuser:
            return self
        return self.filter(environment__organization__memberships__user=user)


class TenantResource(Resource):
    """A resource that belongs to one environment."""

    # Lookup from the row to its customer's public id; None where nobody owns a row.
    owner_path: ClassVar[str | None] = None
    # Columns that no resource shows, but whose changes enter the audit trail.
    unlisted: ClassVar[tuple[str, ...]] = ()

    environment = models.ForeignKey(
        Environment,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # others start with it
    )

    objects: ClassVar[Any] = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "uid"], name="%(app_label)s_%(class)s_unique_uid"
            ),
            # The column limits the length: counting would take PostgreSQL ten times as long.
            models.CheckConstraint(
                condition=Q(uid__regex=r"^[A-Za-z0-9_-]+$"),
                name="%(app_label)s_%(class)s_uid_is_valid",
            ),
        ]
        indexes = [
            models.Index(fields=["environment", "id"]),
        ]

    @classmethod
    def tenancy(cls, caller: Caller) -> dict[str, Any]:
        return {"environment_id": caller.environment_id}

    def belongings(self) -> dict[str, Any]:
        """Return what of other tables is recorded as a part of this row; no personal data."""
        return {}


def unlisted(row: Model) -> dict[str, Any]:
    """Return what no resource shows of a row, read from the database."""
    names = getattr(row, "unlisted", ())
    rows = type(row)._base_manager.filter(pk=row.pk)
    columns = dict(rows.values(*names).get()) if names else {}
    return columns | row.belongings() if isinstance(row, TenantResource) else columns
