"""What `_request_anonymization` and its kin do to a customer."""

from __future__ import annotations

from annotations.triggers import register_tag_triggers
from anonymization import services as anonymization
from anonymization.access import requester
from customers.models import Customer
from jsonapi.access import Caller
from jsonapi.triggers import trigger


@trigger("customers", "_request_anonymization", trusted=True)
def request_anonymization(customer: Customer, caller: Caller) -> None:
    """Open a request to be forgotten, or return to the open one."""
    anonymization.request_anonymization(
        environment_id=customer.environment_id,
        subject_uid=customer.uid,
        requester=requester(caller),
        caller=caller,
    )


@trigger("customers", "_cancel_anonymization", trusted=True)
def cancel_anonymization(customer: Customer, caller: Caller) -> None:
    """Withdraw the open request."""
    anonymization.cancel_anonymization(
        environment_id=customer.environment_id,
        subject_uid=customer.uid,
        requester=requester(caller),
        caller=caller,
    )


register_tag_triggers("customers")
register_tag_triggers("addresses")
