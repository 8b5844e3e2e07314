"""What is forgotten of a customer. Everything not kept here, with a reason, is erased."""

from __future__ import annotations

from django.db.models import Value
from django.db.models.functions import Concat

from anonymization.erasers import Delete, Eraser, register
from anonymization.expressions import RandomHex
from anonymization.models import Status
from customers.models import (
    Address,
    Customer,
    CustomerAddress,
    CustomerPasswordReset,
    CustomerPaymentSource,
    CustomerSubscription,
)


@register
class CustomerEraser(Eraser):
    model = Customer
    path = "uid"
    subject = True
    keep = {
        "created_at": "order history needs a first-seen date",
        "total_orders_count": "a fact about orders, which stay",
        "customer_group": "a segment, not a person",
        "enabled": "a decision of the shop, not a person",
        "anonymization_status": "says that the person was forgotten",
    }
    # Random, never derived from the person: a hash of an address can be guessed back.
    replace = {
        "email": Concat(Value("anonymized-"), RandomHex(), Value("@anonymized.invalid")),
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
class CustomerPasswordResetEraser(Delete):
    model = CustomerPasswordReset
    path = "customer__uid"
    secret = {"token_hash", "seal"}
