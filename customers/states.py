"""The states of a customer, named once."""

from django.db.models import TextChoices


class CustomerStatus(TextChoices):
    PROSPECT = "prospect"  # no placed order
    ACQUIRED = "acquired"  # one
    REPEAT = "repeat"  # two or more
