"""The states and kinds of customers and their wallets, named once."""

from django.db.models import TextChoices


class CustomerStatus(TextChoices):
    PROSPECT = "prospect"  # no placed order
    ACQUIRED = "acquired"  # one
    REPEAT = "repeat"  # two or more


class CustomerType(TextChoices):
    INDIVIDUAL = "individual"
    BUSINESS = "business"


class Language(TextChoices):
    """What mails and the storefront's messages are written in."""

    EN = "en", "English"
    FR = "fr", "French"
    IT = "it", "Italian"
    KO = "ko", "Korean"
    ES = "es", "Spanish"
    DE = "de", "German"


class SourceState(TextChoices):
    PENDING_FUNDS = "pending_funds"
    PENDING_REDIRECT = "pending_redirect"
    REQUIRES_ACTION = "requires_action"
    CHARGEABLE = "chargeable"  # the only one that can be attached to a customer
    CONSUMED = "consumed"
    CANCELLED = "cancelled"  # for good: it was detached
    FAILED = "failed"
