"""Customers, and all that is theirs but their orders."""

from customers.models.customers import (
    PRESENT,
    Address,
    AddressQuerySet,
    Customer,
    CustomerAddress,
    CustomerGroup,
    CustomerQuerySet,
    CustomerSubscription,
    new_reference,
)
from customers.models.departures import Departure
from customers.models.letters import EmailConfirmation, Letter
from customers.models.pictures import Picture
from customers.models.resets import CustomerPasswordReset
from customers.models.wallets import CustomerPaymentSource

__all__ = [
    "PRESENT",
    "Address",
    "AddressQuerySet",
    "Customer",
    "CustomerAddress",
    "CustomerGroup",
    "CustomerPasswordReset",
    "CustomerPaymentSource",
    "CustomerQuerySet",
    "CustomerSubscription",
    "Departure",
    "EmailConfirmation",
    "Letter",
    "Picture",
    "new_reference",
]
