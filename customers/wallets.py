"""A customer's payment sources: attaching, detaching, and which one is the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import transaction

from customers.instruments import details_of
from customers.models import Customer, CustomerPaymentSource
from customers.services import lock_for_writing
from customers.states import SourceState
from jsonapi.access import Caller
from jsonapi.errors import Conflict, NotFound
from organizations.recording import record_end, record_new, recorded

# Kinds that can be charged again later. A source whose kind nobody told was made by a back end
# that keeps the gateway's token for that very purpose.
REUSABLE = frozenset(
    {
        None,
        "creditCard",
        "directDebit",
        "googlePay",
        "applePay",
        "payPalBilling",
        "klarnaCreditRecurring",
        "amazonPay",
    }
)


class NotReusable(Conflict):
    """409: this kind of source pays once."""

    detail = "A source of this kind cannot be kept for later payments."


class NotChargeable(Conflict):
    """409: the source is not ready, was used up, or was detached before."""

    detail = "The source is not chargeable."


class InUse(Conflict):
    """409: the source belongs to another customer."""

    detail = "The source belongs to another customer."


class SourceNotFound(NotFound):
    """404: no such source, or not one of this customer's."""

    detail = "The source was not found."


@transaction.atomic
def create_source(*, caller: Caller, values: Mapping[str, Any]) -> CustomerPaymentSource:
    """Make a source that a payment gateway holds and that is nobody's yet."""
    source: CustomerPaymentSource = CustomerPaymentSource.objects.create(
        environment_id=caller.environment_id, uid=str(uuid4()), reusable=False, **values
    )
    record_new(source, caller)
    return source


@transaction.atomic
def attach_source(*, customer: Customer, source_uid: str, caller: Caller) -> CustomerPaymentSource:
    """Put a source into a customer's wallet; the first one becomes the default.

    Attaching it again changes nothing. Raises SourceNotFound, NotChargeable, InUse, NotReusable,
    or Conflict when the customer is forgotten.
    """
    lock_for_writing(customer_id=customer.pk)
    source = _locked(customer.environment_id, source_uid)
    if source.customer_id == customer.pk:
        return source
    if source.customer_id is not None:
        raise InUse
    if source.type not in REUSABLE:
        raise NotReusable
    if source.state != SourceState.CHARGEABLE:
        raise NotChargeable
    with recorded(source, caller):
        source.customer = customer
        source.reusable = True
        source.is_default = _has_no_default(customer)
        source.save(update_fields=["customer", "reusable", "is_default", "updated_at"])
    return source


@transaction.atomic
def detach_source(*, customer: Customer, source_uid: str, caller: Caller) -> None:
    """Take a source out of the wallet, for good: it is cancelled and what it held is erased.

    The customer has no default source after it was detached. Raises SourceNotFound.
    """
    lock_for_writing(customer_id=customer.pk)
    source = _locked(customer.environment_id, source_uid)
    if source.customer_id != customer.pk:
        raise SourceNotFound
    record_end(source, caller)
    # Nobody's from now on, so no eraser would find it.
    payment = payment_in(source)
    if payment is not None:
        payment.delete()
    source.customer = source.customer_token = source.payment_source_token = None
    source.payment_method = None
    source.reference = source.reference_origin = None
    source.details, source.metadata = {}, {}
    source.state, source.is_default = SourceState.CANCELLED, False
    source.save()


@transaction.atomic
def choose_default(*, customer: Customer, source_uid: str | None) -> None:
    """Make one of the customer's sources the default, or none. Raises SourceNotFound."""
    lock_for_writing(customer_id=customer.pk)
    sources = CustomerPaymentSource.objects.filter(customer=customer)
    chosen = sources.filter(uid=source_uid)
    if source_uid is not None and not chosen.exists():
        raise SourceNotFound
    sources.filter(is_default=True).exclude(uid=source_uid or "").update(is_default=False)
    chosen.update(is_default=True)


def payment_in(source: CustomerPaymentSource) -> Any:
    """Return what an app above keeps of the means of payment; None where it keeps nothing."""
    return getattr(source, "payment_source", None)


def columns_for(payment: Any) -> dict[str, Any]:
    """Return what a wallet's entry takes over from what it stands for."""
    return {
        "payment_source_token": payment.payment_source_token,
        "details": details_of(payment.payment_instrument),
    }


def settle(*, source: CustomerPaymentSource) -> None:
    """Make a source that was just given to a customer the default if they have none."""
    assert source.customer is not None  # noqa: S101
    if _has_no_default(source.customer):
        source.is_default = True
        source.save(update_fields=["is_default"])


def _has_no_default(customer: Customer) -> bool:
    rows = CustomerPaymentSource.objects.filter(customer=customer, is_default=True)
    return not rows.exists()


def _locked(environment_id: int, uid: str) -> CustomerPaymentSource:
    rows = CustomerPaymentSource.objects.filter(environment_id=environment_id, uid=uid)
    source: CustomerPaymentSource | None = rows.select_for_update().first()
    if source is None:
        raise SourceNotFound
    return source
