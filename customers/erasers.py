"""What is forgotten of a customer. Everything not kept here, with a reason, is erased."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Left, Now

from anonymization.doorbell import doorbell
from anonymization.erasers import Delete, Eraser, register
from anonymization.expressions import RandomHex
from anonymization.models import Status
from customers import mailbox
from customers.models import (
    PRESENT,
    Address,
    Customer,
    CustomerAddress,
    CustomerPasswordReset,
    CustomerPaymentSource,
    CustomerSubscription,
    EmailConfirmation,
    Letter,
    Picture,
)


@register
class CustomerEraser(Eraser):
    model = Customer
    path = "uid"
    subject = True
    present = PRESENT
    keep = {
        "created_at": "order history needs a first-seen date",
        "total_orders_count": "a fact about orders, which stay",
        "customer_group": "a segment, not a person",
        "enabled": "a decision of the shop, not a person",
        "anonymization_status": "says that the person was forgotten",
    }
    # Random, never derived from the person: a hash of an address can be guessed back.
    replace = {
        # 60 random bits: parts of addresses are indexed, and longer ones take longer.
        "email": Concat(Value("anonymized-"), Left(RandomHex(), 16), Value("@anonymized.invalid")),
        "shopper_reference": RandomHex(),
    }
    mark = {"anonymization_status": Status.COMPLETED}
    secret = {"password"}


@register
class AddressEraser(Eraser):
    model = Address
    path = "customer__uid"
    keep = {
        "customer": "leads from an order's address to a person without a name",
        "created_at": "when the row was made says nothing about a person",
        "of_place": "says that it is where a shop is: no person's address is",
        "business": "decides which names an address must have",
        "country_code": "the place of supply decides taxes",
        "state_code": "the place of supply decides taxes",
    }
    replace = {"line_1": "", "city": ""}


@register
class CustomerAddressEraser(Delete):
    model = CustomerAddress
    path = "customer__uid"


@register
class CustomerPaymentSourceEraser(Delete):
    model = CustomerPaymentSource
    path = "customer__uid"
    secret = {"customer_token", "payment_source_token"}


@register
class CustomerSubscriptionEraser(Delete):
    model = CustomerSubscription
    path = "customer__uid"


@register
class EmailConfirmationEraser(Delete):
    model = EmailConfirmation
    path = "customer__uid"
    environment_path = "customer__environment"
    secret = {"token_hash"}


@register
class LetterEraser(Delete):
    """Deletes the letters, and the files of those that were never really sent."""

    model = Letter
    path = "customer__uid"

    def erase(self, keys: Collection[Any], **also: Any) -> int:
        """Delete them, their files as soon as that is final."""
        uids = list(self.rows(keys).values_list("uid", flat=True))
        transaction.on_commit(partial(mailbox.discard, uids))
        return super().erase(keys, **also)


@register
class PictureEraser(Eraser):
    """Cuts pictures off, which is the end of them: a sweeper deletes the files, then the rows."""

    model = Picture
    path = "customer__uid"
    environment_path = None
    keep = {
        "key": "names the files until they are deleted, within a minute",
        "format": "names the files until they are deleted, within a minute",
        "width": "goes with the row, within a minute",
        "created_at": "goes with the row, within a minute",
    }
    replace = {"not_before": Now()}

    def erase(self, keys: Collection[Any], **also: Any) -> int:
        """Cut them off, and ring for the sweeper."""
        doorbell.ring_on_commit("customers.tasks.sweep_pictures")
        return super().erase(keys, **also)


@register
class CustomerPasswordResetEraser(Delete):
    model = CustomerPasswordReset
    path = "customer__uid"
    secret = {"token_hash", "seal"}
