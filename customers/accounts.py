"""Customers as the plain-JSON doors and the storefront make, change and delete them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from customers import services
from customers.models import Customer
from jsonapi.access import Caller
from jsonapi.messages import broken_constraint
from organizations.recording import record_end, record_new, recorded


def create_customer(
    *, environment_id: int, values: Mapping[str, Any], caller: Caller | None = None
) -> Customer:
    """Make a customer from values of columns, `uid` among them if the caller chose one.

    Raises Conflict for a taken id, Invalid for a taken e-mail or user name.
    """
    customer = Customer(environment_id=environment_id, **values)
    with transaction.atomic():
        _save(customer)
        customer.refresh_from_db()
        if caller is not None:
            record_new(customer, caller)
    return customer


def update_customer(*, customer: Customer, values: Mapping[str, Any], caller: Caller) -> Customer:
    """Change columns of a customer, and return the customer as they are now.

    Raises Invalid for a taken e-mail or user name, Conflict when the customer is forgotten.
    """
    with transaction.atomic():
        customer = services.lock_for_writing(customer_id=customer.pk)
        with recorded(customer, caller):
            for name, value in values.items():
                setattr(customer, name, value)
            _save(customer, update_fields=[*values, "updated_at"])
        customer.refresh_from_db()
    return customer


@transaction.atomic
def change_password(*, customer: Customer, password: str) -> Customer:
    """Give a customer another password, which ends all their sessions."""
    customer = services.lock_for_writing(customer_id=customer.pk)
    customer.set_password(password)
    customer.save(update_fields=["password", "updated_at"])
    return customer


@transaction.atomic
def delete_customer(*, customer: Customer, caller: Caller) -> None:
    """Delete a customer without orders, and every trace of them. Raises Locked with orders."""
    customer.validate_delete()
    record_end(customer, caller)
    services.forget_at_once(customer=customer)


def _save(customer: Customer, **options: Any) -> None:
    try:
        with transaction.atomic():
            customer.save(**options)
    except IntegrityError as error:
        raise broken_constraint(error, Customer) from error
