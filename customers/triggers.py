"""What `_request_anonymization` and its kin do to a customer."""

from __future__ import annotations

from annotations.triggers import register_tag_triggers
from anonymization import services as anonymization
from anonymization.access import requester
from customers.models import Customer, CustomerPasswordReset
from customers.services import finish_password_reset
from jsonapi.access import Caller
from jsonapi.errors import Invalid
from jsonapi.serializers import StrictCharField
from jsonapi.triggers import trigger

LONGEST_TOKEN = 255


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


@trigger(
    "customer_password_resets",
    "_reset_password_token",
    value=StrictCharField(max_length=LONGEST_TOKEN, trim_whitespace=False),
)
def reset_password(reset: CustomerPasswordReset, token: str, caller: Caller) -> None:
    """Exchange the token for the new password that came with it."""
    if reset.new_password is None:
        raise Invalid("customer_password", "blank", "can't be blank")
    finish_password_reset(reset=reset, token=token, password_hash=reset.new_password, caller=caller)


register_tag_triggers("customers")
register_tag_triggers("addresses")
