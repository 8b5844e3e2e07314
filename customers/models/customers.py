"""Customers, their groups, address book and subscriptions."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, Self

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length, Lower
from django.db.models.lookups import GreaterThanOrEqual

from activity.models import Event
from annotations.models import Attachment, Taggable
from anonymization.models import Status as AnonymizationStatus
from anonymization.services import info_expression
from customers.models.profiles import Profile
from customers.states import CustomerStatus
from jsonapi.access import Caller
from jsonapi.errors import Locked
from jsonapi.fields import LowercaseEmailField
from organizations.models import TenantQuerySet, TenantResource

FORGOTTEN = (AnonymizationStatus.STARTED, AnonymizationStatus.COMPLETED)
# Who is not being, and has not been, forgotten: the reverse of `Customer.is_forgotten`.
PRESENT = Q(anonymization_status=None) | ~Q(anonymization_status__in=FORGOTTEN)


def new_reference() -> str:
    """Return 22 random characters: a reference nobody can derive a person from."""
    return secrets.token_urlsafe(16)


class CustomerGroup(TenantResource):
    """Customers who may enter the same private markets."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    attachments = GenericRelation(Attachment)

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                fields=["environment", "code"], name="customers_unique_group_code"
            ),
        ]

    def __str__(self) -> str:
        return f"customer group {self.uid}"

    def validate_delete(self) -> None:
        """Raise Locked while customers belong to the group."""
        if Customer.objects.filter(customer_group=self).exists():
            raise Locked(f"Failed to destroy CustomerGroup with id={self.uid}")


class CustomerQuerySet(TenantQuerySet):
    """Customers of one environment."""

    def public_to(self, caller: Caller) -> Self:
        """Return the token's own customer; a guest sees none."""
        return self.filter(uid=caller.owner("Customer"))

    def computed(self) -> Self:
        return self.annotate(anonymization_info=info_expression())

    def present(self) -> Self:
        """Return those who are not being, and have not been, forgotten."""
        return self.filter(PRESENT)

    def by_email(self, environment_id: int, email: str) -> Self:
        return self.filter(environment_id=environment_id, email=email.strip().lower())

    def by_username(self, environment_id: int, username: str) -> Self:
        return self.filter(environment_id=environment_id, username__iexact=username.strip())


class Customer(Profile, Taggable, TenantResource):
    """A person, or a business, who orders. Facts about orders are kept by the orders app."""

    # Null only where a back end's own system knows the customer by another name.
    email = LowercaseEmailField(max_length=254, null=True, blank=True)
    password = models.CharField("password hash", max_length=128, blank=True, editable=False)
    has_password = models.GeneratedField(
        expression=~Q(password=""),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    total_orders_count = models.PositiveIntegerField(default=0, editable=False)
    status = models.GeneratedField(
        expression=Case(
            When(total_orders_count=0, then=Value(CustomerStatus.PROSPECT)),
            When(total_orders_count=1, then=Value(CustomerStatus.ACQUIRED)),
            default=Value(CustomerStatus.REPEAT),
        ),
        output_field=models.CharField(max_length=8, choices=CustomerStatus),
        db_persist=True,
    )
    shopper_reference = models.CharField(
        max_length=128, default=new_reference, validators=[MinLengthValidator(3)]
    )
    profile_id = models.CharField(max_length=255, default=new_reference, blank=True)
    tax_exemption_code = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    enabled = models.BooleanField(
        default=True, help_text="Orders of a disabled customer are refused."
    )
    customer_group = models.ForeignKey(
        CustomerGroup,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        db_index=False,  # most have none
    )
    anonymization_status = models.CharField(  # noqa: DJ001
        max_length=9, choices=AnonymizationStatus, null=True, blank=True, editable=False
    )
    attachments = GenericRelation(Attachment)
    events = GenericRelation(Event)

    owner_path = "uid"
    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            *Profile.Meta.constraints,
            # Whatever its case: the next constraint allows only one.
            models.UniqueConstraint(fields=["environment", "email"], name="customers_unique_email"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="customers_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("shopper_reference"), 3),
                name="customers_shopper_reference_has_3_to_128_characters",
            ),
        ]
        indexes = [
            *TenantResource.Meta.indexes,
            models.Index(fields=["environment", "created_at", "id"]),
            models.Index(
                fields=["environment", "reference"],
                condition=Q(reference__isnull=False),
                name="customers_by_reference",
            ),
            models.Index(
                fields=["customer_group"],
                condition=Q(customer_group__isnull=False),
                name="customers_of_a_group",
            ),
            models.Index(
                fields=["environment", "anonymization_status"],
                condition=Q(anonymization_status__isnull=False),
                name="customers_being_forgotten",
            ),
            GinIndex(fields=["email"], opclasses=["gin_trgm_ops"], name="customers_email_trigrams"),
        ]

    def __str__(self) -> str:
        return f"customer {self.uid}"

    @property
    def is_forgotten(self) -> bool:
        """True from the moment a worker starts to erase: nothing may be added any more."""
        return self.anonymization_status in FORGOTTEN

    @property
    def is_completely_forgotten(self) -> bool:
        """True once everything is erased, which nothing undoes."""
        return self.anonymization_status == AnonymizationStatus.COMPLETED

    def set_password(self, raw: str) -> None:
        """Hash `raw` into the row; the caller saves."""
        self.password = make_password(raw)

    def check_password(self, raw: str) -> bool:
        """Tell whether `raw` is the password, in the same time when there is none."""
        return check_password(raw, self.password or make_password(None))

    def validate_delete(self) -> None:
        """Raise Locked while orders name the customer: their history must stay."""
        if self.orders.exists():
            raise Locked(f"Failed to destroy Customer with id={self.uid}")


class AddressQuerySet(TenantQuerySet):
    """Addresses: a shopper's own, or those that belong to nobody yet."""

    def public_to(self, caller: Caller) -> Self:
        customer = caller.owner("Customer")
        if customer is None:
            return self.filter(customer=None)
        return self.filter(Q(customer=None) | Q(customer__uid=customer))

    def changeable_by(self, caller: Caller) -> Self:
        rows = self.visible_to(caller)
        return rows if caller.is_trusted else rows.filter(of_place=False)


class Address(Taggable, TenantResource):
    """A postal address. An address of an order is a copy: nobody edits history."""

    # Whose personal data this is; set when it joins an address book or a customer's order.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Where a place of the shop is: never a person's, which a constraint and a foreign key of
    # whatever has such an address hold. See `services.give_to_place`.
    of_place = models.BooleanField(default=False, editable=False)
    business = models.BooleanField(default=False)
    first_name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    last_name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    company = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    line_1 = models.CharField(max_length=255)
    line_2 = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    city = models.CharField(max_length=255)
    zip_code = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    state_code = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    country_code = models.CharField(max_length=2)
    phone = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001
    notes = models.TextField(max_length=5000, null=True, blank=True)  # noqa: DJ001
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)
    billing_info = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    events = GenericRelation(Event)

    owner_path = "customer__uid"
    objects: ClassVar[Any] = AddressQuerySet.as_manager()

    class Meta(TenantResource.Meta):
        verbose_name_plural = "addresses"
        constraints = [
            *TenantResource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(country_code__regex=r"^[A-Z]{2}$"),
                name="customers_address_country_is_iso_3166",
            ),
            models.CheckConstraint(
                condition=Q(of_place=False) | Q(customer=None),
                name="customers_address_of_a_place_is_nobodys",
            ),
            # What the foreign keys of places point at.
            models.UniqueConstraint(fields=["id", "of_place"], name="customers_address_of_a_place"),
        ]

    def __str__(self) -> str:
        return f"address {self.uid}"

    def clone(self, *, customer: Customer | None) -> Address:
        """Save and return a copy that belongs to `customer`, and to no place."""
        copied = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.name not in ("id", "uid", "customer", "of_place", "created_at", "updated_at")
        }
        return Address.objects.create(customer=customer, **copied)


class CustomerAddress(TenantResource):
    """An entry of a customer's address book."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="customer_addresses"
    )
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    events = GenericRelation(Event)

    owner_path = "customer__uid"

    def __str__(self) -> str:
        return f"customer address {self.uid}"


class CustomerSubscription(TenantResource):
    """A customer's wish to hear about something; `reference` names the list."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="customer_subscriptions"
    )
    events = GenericRelation(Event)

    owner_path = "customer__uid"

    class Meta(TenantResource.Meta):
        constraints = [
            *TenantResource.Meta.constraints,
            models.UniqueConstraint(
                F("customer"),
                F("reference"),
                name="customers_one_subscription_per_list",
            ),
        ]

    def __str__(self) -> str:
        return f"customer subscription {self.uid}"
