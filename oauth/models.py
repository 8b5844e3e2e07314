"""Applications, and what the authorization server must remember about their tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models import Customer
from jsonapi.models import new_uid
from oauth.redirects import validate_redirect_uri
from oauth.transactions import CurrentTransaction
from organizations.models import Environment, Role, TenantQuerySet, TenantResource, User

MARKET_ALL = "market:all"
SHORTEST_LIFETIME = timedelta(hours=2)
LONGEST_LIFETIME = timedelta(days=15)
REFRESH_LIFETIME = timedelta(weeks=2)
CODE_LIFETIME = timedelta(minutes=10)
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

Owner = Customer | User


def new_client_id() -> str:
    """Return 43 random characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the SHA-256 of a long random secret; a short one would need a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Kind(models.TextChoices):
    SALES_CHANNEL = "sales_channel"  # runs where shoppers can read it
    INTEGRATION = "integration"  # a trusted back end
    WEBAPP = "webapp"  # acts for the user who authorized it


GRANTS = {
    Kind.SALES_CHANNEL: {"client_credentials", "password", "refresh_token", JWT_BEARER},
    Kind.INTEGRATION: {"client_credentials", "refresh_token", JWT_BEARER},
    Kind.WEBAPP: {"authorization_code", "refresh_token", JWT_BEARER},
}
DEFAULT_LIFETIMES = {
    Kind.SALES_CHANNEL: timedelta(hours=4),
    Kind.INTEGRATION: timedelta(hours=2),
    Kind.WEBAPP: timedelta(hours=2),
}


def is_public(kind: str, secret_hash: str) -> bool:
    """Tell whether an application may ask for tokens without a secret."""
    return kind == Kind.SALES_CHANNEL or not secret_hash


class ApplicationQuerySet(TenantQuerySet):
    """Applications; a caller sees only the one its token was issued to."""

    def visible_to(self, caller: Any) -> Self:
        return self.filter(environment_id=caller.environment_id, uid=caller.application_id)


class Application(TenantResource):
    """A client of one environment: what its tokens may do follows from its kind and role."""

    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.SALES_CHANNEL)
    client_id = models.CharField(max_length=64, unique=True, default=new_client_id, editable=False)
    secret_hash = models.CharField(max_length=64, blank=True, editable=False)
    redirect_uris = ArrayField(
        models.CharField(max_length=2000, validators=[validate_redirect_uri]),
        default=list,
        blank=True,
        help_text="Where /oauth/authorize may send codes to, byte for byte.",
    )
    scopes = models.CharField(
        max_length=2000,
        default=MARKET_ALL,
        help_text='What tokens may ask for: "market:all" or e.g. "market:code:europe".',
    )
    access_token_lifetime = models.DurationField(
        null=True,
        blank=True,
        help_text="2 hours to 15 days. Empty: 4 hours for sales channels, 2 hours for others.",
    )
    # Protected: without its role an integration would suddenly be allowed everything.
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, null=True, blank=True, related_name="applications"
    )

    objects: ClassVar[Any] = ApplicationQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="oauth_application_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(access_token_lifetime__isnull=True)
                | Q(access_token_lifetime__range=(SHORTEST_LIFETIME, LONGEST_LIFETIME)),
                name="oauth_access_tokens_live_2_hours_to_15_days",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.INTEGRATION) | ~Q(secret_hash=""),
                name="oauth_integrations_have_a_secret",
            ),
            # A secret alone can say who is calling.
            models.UniqueConstraint(
                fields=["secret_hash"],
                condition=~Q(secret_hash=""),
                name="oauth_secrets_are_unique",
            ),
        ]

    def clean(self) -> None:
        """Refuse a role of another organization."""
        if self.role and self.role.organization_id != self.environment.organization_id:
            raise ValidationError({"role": "The role belongs to another organization."})

    @property
    def public(self) -> bool:
        """True where the secret, if there is one, need not be shown."""
        return is_public(self.kind, self.secret_hash)

    @property
    def lifetime(self) -> timedelta:
        """How long an access token is good for."""
        return self.access_token_lifetime or DEFAULT_LIFETIMES[Kind(self.kind)]

    def set_secret(self) -> str:
        """Give the application a new secret and return it; only its hash is kept. Unsaved."""
        secret = secrets.token_urlsafe(32)
        self.secret_hash = digest(secret)
        return secret

    # What Authlib asks of a client.

    def get_client_id(self) -> str:
        return self.client_id

    def check_client_secret(self, secret: str) -> bool:
        return bool(self.secret_hash) and hmac.compare_digest(digest(secret), self.secret_hash)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return self.public if method == "none" else bool(self.secret_hash)

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANTS[Kind(self.kind)]

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def get_default_redirect_uri(self) -> str | None:
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""


class ExpiringQuerySet(models.QuerySet[Any]):
    """Rows that mean nothing once `expires_at` has passed."""

    def live(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


class AuthorizationCode(models.Model):
    """A user's consent, to be exchanged once within 10 minutes. The code itself is not kept."""

    code_hash = models.CharField(max_length=64, unique=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    redirect_uri = models.CharField(max_length=2000, blank=True)
    scope = models.CharField(max_length=2000, blank=True)
    code_challenge = models.CharField(max_length=128, blank=True)
    # The tokens it was exchanged for: a second exchange revokes them.
    family = models.CharField(max_length=40, default=new_uid)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ExpiringQuerySet.as_manager()

    def __str__(self) -> str:
        return f"authorization code {self.pk}"

    @property
    def is_good(self) -> bool:
        """True until it is used or 10 minutes have passed."""
        return self.used_at is None and self.expires_at > timezone.now()

    def claim(self) -> bool:
        """Mark the code used; False if it was used before."""
        unused = AuthorizationCode.objects.live().filter(pk=self.pk, used_at=None)
        return bool(unused.update(used_at=timezone.now()))

    @property
    def code_challenge_method(self) -> str:
        """PKCE's only method here (RFC 7636)."""
        return "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class RefreshToken(models.Model):
    """One refresh token. The wire carries a signed JWT; the row knows it by its `jti`."""

    jti = models.CharField(max_length=40, unique=True)
    family = models.CharField(max_length=40, db_index=True)
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    scope = models.CharField(max_length=2000)
    custom_claim = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ExpiringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(user__isnull=True),
                name="oauth_refresh_token_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return f"refresh token {self.jti}"

    @property
    def owner(self) -> Owner | None:
        """Whom the tokens belong to; None where only a custom claim was asserted."""
        return self.customer or self.user

    def claim(self) -> bool:
        """Mark the token used; False if it was used, or revoked, before."""
        unused = RefreshToken.objects.live().filter(pk=self.pk, used_at=None)
        return bool(unused.update(used_at=timezone.now()))

    def check_client(self, application: Application) -> bool:
        return self.application_id == application.pk

    def get_scope(self) -> str:
        return self.scope


class SigningKey(models.Model):
    """An RSA key. The newest one signs, every key that is not retired verifies."""

    kid = models.CharField("key id", max_length=64, unique=True)
    public_key = models.TextField(help_text="PEM")
    private_key = models.TextField(
        editable=False, help_text="PEM, encrypted with a key derived from SECRET_KEY."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kid__regex=r"^[0-9a-f]{64}$"), name="oauth_key_id_is_64_hex_digits"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("created_at")),
                name="oauth_keys_retire_after_their_creation",
            ),
        ]

    def __str__(self) -> str:
        return f"signing key {self.kid[:8]}"


class Revocation(models.Model):
    """Tokens that are refused before they expire: all that match and were issued in time."""

    class Subject(models.TextChoices):
        TOKEN = "token"  # noqa: S105
        FAMILY = "family"  # a sign-in and everything refreshed from it
        OWNER = "owner"
        APPLICATION = "application"

    subject = models.CharField(max_length=11, choices=Subject)
    value = models.CharField(max_length=100)
    issued_before = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # The writing transaction, so that a reader can ask for what it has not seen yet.
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), db_index=True)

    objects: ClassVar[Any] = ExpiringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=["token", "family", "owner", "application"]),
                name="oauth_revocation_subject_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"revocation of {self.subject} {self.value}"


class SignInCount(models.Model):
    """How often somebody tried to sign in, to one account or from one address, in some minutes.

    The subject is a keyed hash: the row says neither whose account nor which address it is.
    """

    subject = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__regex=r"^[0-9a-f]{64}$"),
                name="oauth_sign_in_subject_is_64_hex_digits",
            )
        ]

    def __str__(self) -> str:
        return f"sign-ins of {self.subject[:8]}"


class IdempotencyKey(models.Model):
    """A POST that was done: not to be done again when it is sent again.

    The key, its sender and the request are keyed hashes; what was made are public ids.
    """

    digest = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64)
    made = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[Any] = ExpiringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="oauth_idempotency_digest_is_64_hex_digits",
            )
        ]

    def __str__(self) -> str:
        return f"idempotency key {self.digest[:8]}"
