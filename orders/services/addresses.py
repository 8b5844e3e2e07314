"""An order's addresses: copied in, copied across, copied out."""

from __future__ import annotations

from django.db import transaction

from customers.models import Address, Customer, CustomerAddress
from customers.services import check_not_forgotten, is_of_place, take_address
from jsonapi.errors import Invalid
from orders.models import Order
from orders.services.locking import lock_order
from orders.services.rules import refusal

# What two addresses have in common when they are the same place for the same person.
CONTENT = (
    "business",
    "first_name",
    "last_name",
    "company",
    "line_1",
    "line_2",
    "city",
    "zip_code",
    "state_code",
    "country_code",
    "phone",
    "email",
    "notes",
    "billing_info",
)


def adopt(order: Order) -> None:
    """Make the order's addresses its customer's, and tell the order its country.

    A guest's stay without an owner: a guest's token could not show them any more. A place's
    are copied. The caller saves.
    """
    for name in ("shipping_address", "billing_address"):
        address: Address | None = getattr(order, name)
        owner = order.customer
        if address is None:
            continue
        if owner is None or (order.guest and address.customer_id in (None, owner.pk)):
            if is_of_place(address=address):
                setattr(order, name, address.clone(customer=None))
        else:
            setattr(order, name, take_address(customer=owner, address=address))
    place = order.shipping_address or order.billing_address
    order.country_code = place.country_code if place else None


def owner_of_copies(order: Order) -> Customer | None:
    """Return whom copies of addresses for the order belong to: nobody, if it is a guest's."""
    return None if order.guest else order.customer


@transaction.atomic
def clone_address(*, order: Order, side: str, address: Address) -> None:
    """Set the order's `shipping_address` or `billing_address` to a copy of `address`."""
    lock_order(order=order)
    _check_editable(order, f"_{side}_clone_id")
    setattr(order, side, address.clone(customer=owner_of_copies(order)))
    _save(order)


@transaction.atomic
def fill_address_from_other(*, order: Order, side: str, trigger: str) -> None:
    """Set one of the order's addresses to the other one. Raises Invalid if there is none."""
    lock_order(order=order)
    _check_editable(order, trigger)
    other = "billing_address" if side == "shipping_address" else "shipping_address"
    address = getattr(order, other)
    if address is None:
        raise Invalid(other, "blank", "can't be blank", relationship=True)
    setattr(order, side, address)
    _save(order)


@transaction.atomic
def save_to_address_book(*, order: Order, side: str) -> None:
    """Add a copy of one of the order's addresses to its customer's address book, once.

    Raises Invalid if the order has no customer or no such address.
    """
    lock_order(order=order)
    address: Address | None = getattr(order, side)
    for name, value in (("customer", order.customer), (side, address)):
        if value is None:
            raise Invalid(name, "blank", "can't be blank", relationship=True)
    assert order.customer is not None and address is not None  # noqa: S101, PT018 - seen above
    check_not_forgotten(customer=order.customer)
    same = {f"address__{name}": getattr(address, name) for name in CONTENT}
    if not CustomerAddress.objects.filter(customer=order.customer, **same).exists():
        CustomerAddress.objects.create(
            environment_id=order.environment_id,
            customer=order.customer,
            address=address.clone(customer=order.customer),
        )


def _check_editable(order: Order, trigger: str) -> None:
    if not order.is_editable:
        raise refusal(order, trigger)
    if order.customer is not None:
        check_not_forgotten(customer=order.customer)


def _save(order: Order) -> None:
    adopt(order)
    order.save()
