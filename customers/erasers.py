"""What is forgotten of a customer. Everything not kept here, with a reason, is erased."""

from __future__ import annotations

from uuid import uuid4

from anonymization.erasers import Delete, Eraser, register
from customers.models import (
    Address,
    Customer,
    CustomerAddress,
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
    replace = {"email": lambda customer: f"anonymized-{uuid4()}@anonymized.invalid"}
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
    replace = {"line_1": lambda address: "", "city": lambda address: ""}


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
