"""What takes more than one row of customers."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from activity.services import publish, record
from anonymization.erasers import erase_all, registered
from customers.models import Address, Customer, CustomerPasswordReset, Departure
from customers.signals import password_was_reset
from jsonapi.access import Caller
from jsonapi.errors import Conflict, Invalid


def find_or_create(*, environment_id: int, email: str) -> Customer:
    """Return the customer with this e-mail, whatever its case; a new one if there is none.

    Safe when two requests ask at once.
    """
    found: Customer | None = Customer.objects.by_email(environment_id, email).first()
    if found is None:
        try:
            with transaction.atomic():
                found = Customer.objects.create(environment_id=environment_id, email=email.strip())
        except IntegrityError:
            found = Customer.objects.by_email(environment_id, email).get()
    return found


def customer_of_token(*, caller: Caller) -> Customer | None:
    """Return the customer a token belongs to, locked for writing; None for other tokens."""
    uid = caller.owner("Customer")
    if uid is None:
        return None
    customer = Customer.objects.visible_to(caller).get(uid=uid)
    return lock_for_writing(customer_id=customer.pk)


def customer_for(
    *,
    caller: Caller,
    customer: Customer | None = None,
    email: str | None = None,
    or_new_in: int | None = None,
) -> Customer:
    """Return the customer that a new row belongs to, locked for writing.

    A shopper's token means the shopper. Otherwise the customer is named, or found by e-mail;
    an unknown e-mail makes a new one in environment `or_new_in`, if given. Raises Invalid.
    """
    own = customer_of_token(caller=caller)
    if own is not None and (email is None or email.lower() == own.email):
        return own
    if own is not None:
        raise Invalid("customer_email", "invalid", "is not the e-mail of the token's customer")
    if customer is None and email and or_new_in is not None:
        customer = find_or_create(environment_id=or_new_in, email=email)
    elif customer is None and email:
        customer = Customer.objects.by_email(caller.environment_id, email).first()
    if customer is None and email:
        raise Invalid("customer_email", "invalid", "is not the e-mail of a customer")
    if customer is None:
        raise Invalid("customer_email", "blank", "can't be blank")
    return lock_for_writing(customer_id=customer.pk)


def take_address(*, customer: Customer, address: Address) -> Address:
    """Make `address` the customer's own; a copy if it is somebody else's, or a place's, already."""
    if address.customer_id == customer.pk:
        return address
    if address.customer_id is not None or is_of_place(address=address):
        return address.clone(customer=customer)
    address.customer = customer
    address.save(update_fields=["customer", "updated_at"])
    return address


def is_of_place(*, address: Address) -> bool:
    """Tell whether `address` is a place's; it does not become one while the transaction lasts."""
    held = Address.objects.select_for_update(no_key=True).filter(pk=address.pk)
    return bool(held.values_list("of_place", flat=True).get())


@transaction.atomic
def give_to_place(*, address: Address) -> Address:
    """Make `address` that of a place of the shop, for good: it can be no person's any more.

    Raises Invalid when it is somebody's, or an order's, already: forgetting them would have to
    take it from the place.
    """
    held: Address = Address.objects.select_for_update().get(pk=address.pk)
    if held.of_place:
        return held
    owned = Q()
    for path in registered()[Address].paths():
        owned |= Q(**{f"{path.partition('__')[0]}__isnull": False})
    if Address.objects.filter(owned, pk=held.pk).exists():
        title = "belongs to a customer or an order"
        raise Invalid("address", "personal", title, relationship=True)
    held.of_place = True
    held.save(update_fields=["of_place"])
    return held


def check_not_forgotten(*, customer: Customer) -> None:
    """Raise Conflict when the customer is being, or has been, forgotten."""
    if customer.is_forgotten:
        raise Conflict("The customer is being forgotten: nothing can be added.")


def lock_for_writing(*, customer_id: int) -> Customer:
    """Lock a customer's row until the transaction ends, before personal data is added to it.

    Raises Conflict when the customer is being, or has been, forgotten: what is written now
    would survive the erasing.
    """
    customer: Customer = Customer.objects.select_for_update().get(pk=customer_id)
    check_not_forgotten(customer=customer)
    return customer


def sign_up(*, customer: Customer, password: str) -> None:
    """Give a customer their first password. Raises Invalid when there is one already."""
    if customer.password:
        raise Invalid("customer_password", "taken", "has already been set")
    customer.set_password(password)
    customer.save(update_fields=["password", "updated_at"])


@transaction.atomic
def request_password_reset(
    *, environment_id: int, email: str, **columns: Any
) -> CustomerPasswordReset:
    """Save and return a reset; only this instance knows its `token`.

    An unknown e-mail, or that of somebody who is being forgotten, gets a reset too, one without
    a customer: neither the reply nor the time it takes says who is known here.
    """
    known = Customer.objects.by_email(environment_id, email).select_for_update()
    customer = known.first()
    if customer is not None and customer.is_forgotten:
        customer = None
    reset = CustomerPasswordReset(environment_id=environment_id, customer=customer, **columns)
    reset.draw_token()
    reset.save()
    return reset


@transaction.atomic
def reset_password(*, environment_id: int, token: str, password_hash: str) -> Customer:
    """Exchange a token for a new password, as make_password hashed it; return whose it was.

    Raises Invalid for a token that is unknown, used, expired or outdated: all alike.
    """
    found = CustomerPasswordReset.objects.by_token(environment_id, token)
    owner = found.values_list("customer_id", flat=True).first()
    if owner is not None:
        Customer.objects.select_for_update().filter(pk=owner).first()
    reset = found.select_for_update(of=("self",)).first()
    if reset is None:
        raise _useless_token()
    return finish_password_reset(reset=reset, token=token, password_hash=password_hash)


def finish_password_reset(
    *,
    reset: CustomerPasswordReset,
    token: str,
    password_hash: str,
    caller: Caller | None = None,
) -> Customer:
    """Use up a locked reset: the customer gets the password, and is signed out everywhere.

    The customer's row has to be locked before that of the reset. Raises Invalid for a useless
    token, Conflict when the customer is being forgotten.
    """
    customer = reset.customer
    if customer is None or not reset.is_opened_by(token):
        raise _useless_token()
    check_not_forgotten(customer=customer)
    is_first = not customer.password
    customer.password = password_hash
    customer.save(update_fields=["password", "updated_at"])
    reset.reset_password_at = timezone.now()
    reset.save(update_fields=["reset_password_at", "updated_at"])
    password_was_reset.send(sender=Customer, instance=customer)
    record(instance=customer, event="reset_password", caller=caller)
    publish(instance=reset, topic="customer_password_resets.reset_password")
    if is_first:
        publish(instance=customer, topic="customers.create_password")
    return customer


def purge_password_resets() -> int:
    """Delete resets that expired long ago, and return how many. Safe to repeat."""
    doomed = CustomerPasswordReset.objects.outlived()
    return int(doomed.delete()[1].get(CustomerPasswordReset._meta.label, 0))


def _useless_token() -> Invalid:
    return Invalid("_reset_password_token", "invalid", "is invalid")


@transaction.atomic
def forget_at_once(*, customer: Customer) -> None:
    """Delete a customer without orders, through the erasers that anonymization uses."""
    uid, environment_id = customer.uid, customer.environment_id
    erase_all(environment_id, uid)
    Departure.objects.update_or_create(
        environment_id=environment_id,
        uid=uid,
        defaults={"place": customer.pk, "left_at": timezone.now()},
    )
    Customer.objects.filter(pk=customer.pk).delete()


def purge_departures() -> int:
    """Forget where customers stood who were deleted long ago, and return how many."""
    return Departure.objects.outlived().delete()[0]
