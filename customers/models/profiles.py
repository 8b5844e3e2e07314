"""What people say about themselves: the columns of a customer that `/api` does not list."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Upper

from customers.states import CustomerType, Language
from jsonapi.fields import LowercaseEmailField

USERNAME = r"^[A-Za-z0-9_-]{1,255}$"
PHONE = r"^[0-9]{5,20}$"
LOCALE = r"^[a-z]{2}_[A-Z]{2}$"


def one_of(choices: type[models.TextChoices]) -> str:
    """Return the pattern of the values of some choices."""
    return f"^({'|'.join(choices.values)})$"


class Profile(models.Model):
    """Names, a phone number, a language. Nothing of it is needed to order."""

    first_name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    last_name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    display_name = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    username = models.CharField(  # noqa: DJ001
        max_length=255,
        null=True,
        blank=True,
        help_text="Letters, digits, dashes and underscores; another name to sign in with.",
    )
    salutation = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    title = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    company = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    tin = models.CharField(  # noqa: DJ001
        "tax identification number", max_length=255, null=True, blank=True
    )
    phone = models.CharField(  # noqa: DJ001
        max_length=20, null=True, blank=True, help_text="5 to 20 digits, nothing else."
    )
    type = models.CharField(  # noqa: DJ001
        max_length=10, choices=CustomerType, null=True, blank=True
    )
    language = models.CharField(
        max_length=2, choices=Language, default=Language.EN, help_text="Of mails and messages."
    )
    locale = models.CharField(  # noqa: DJ001
        max_length=5, null=True, blank=True, help_text="Language and country, such as en_US."
    )
    shipping = models.JSONField(null=True, blank=True, editable=False)
    # The address that was proven to be the customer's. Whatever changes `email`, the other
    # address is not.
    confirmed_email = LowercaseEmailField(max_length=254, null=True, blank=True, editable=False)
    email_confirm = models.GeneratedField(
        expression=Case(When(email=F("confirmed_email"), then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    # Columns that no resource shows, but whose changes are recorded.
    unlisted: ClassVar[tuple[str, ...]] = (
        "first_name",
        "last_name",
        "display_name",
        "username",
        "salutation",
        "title",
        "company",
        "tin",
        "phone",
        "type",
        "language",
        "locale",
        "shipping",
        "email_confirm",
        "enabled",
    )

    class Meta:
        abstract = True
        # PostgreSQL reads the text of every CHECK again for every INSERT, so these are short: what
        # is null meets them, and a pattern takes less than half of a list.
        constraints = [
            models.UniqueConstraint(
                F("environment"),
                Upper("username"),
                condition=Q(username__isnull=False),  # most have none
                name="customers_unique_username",
            ),
            models.CheckConstraint(
                condition=Q(username__regex=USERNAME),
                name="customers_username_is_letters_digits_dashes",
            ),
            models.CheckConstraint(
                condition=Q(phone__regex=PHONE), name="customers_phone_is_5_to_20_digits"
            ),
            models.CheckConstraint(
                condition=Q(type__regex=one_of(CustomerType)), name="customers_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(language__regex=one_of(Language)), name="customers_language_is_known"
            ),
            models.CheckConstraint(
                condition=Q(locale__regex=LOCALE), name="customers_locale_is_language_and_country"
            ),
        ]

    @property
    def full_name(self) -> str | None:
        """First and last name, as far as they are known."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or None
