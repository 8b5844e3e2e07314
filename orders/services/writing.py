"""Creating, changing and deleting orders."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from activity.services import publish
from customers.models import Customer
from customers.services import check_not_forgotten, find_or_create, sign_up
from jsonapi.errors import Invalid
from orders.models import ExternalPayment, Order
from orders.services.addresses import adopt
from orders.services.counting import recount_orders
from orders.services.locking import lock_customers, lock_order
from orders.services.methods import NO_CHOICE, choice_of, settle_method
from orders.services.paying import claim_source, take_source
from orders.services.rules import customer_problems, problem
from orders.services.totals import recalculate, settle

Values = dict[str, Any]


@transaction.atomic
def create_order(*, trusted: bool, values: Values) -> Order:
    """Create a draft from columns, `customer_email` and `customer_password`.

    An e-mail finds the customer, or makes a new one. `trusted` is False for what anybody could
    send. Raises Invalid, for instance when the customer may not order in the market.
    """
    password = values.pop("customer_password", None)
    values = _with_customer(values["environment_id"], values)
    customer: Customer | None = values.get("customer")
    if customer is not None:
        lock_customers(customer_ids=[customer.pk])
        _check_customer(customer)
    order = Order(**values)
    _take_over_market(order)
    _raise(order)
    adopt(order)
    if order.payment_source is not None:
        take_source(order, order.payment_source)
    costs = settle_method(order, before=NO_CHOICE)
    order.save()
    claim_source(order)
    if costs:
        recalculate(order)
    _sign_up(order, password, trusted=trusted)
    return order


@transaction.atomic
def update_order(*, order: Order, trusted: bool, values: Values) -> None:
    """Change columns, the customer (also by e-mail) and the password of a new customer.

    Moving a placed order recounts both customers' orders. Raises Invalid.
    """
    password = values.pop("customer_password", None)
    values = _with_customer(order.environment_id, values)
    customer: Customer | None = values.get("customer")
    lock_order(order=order, customer_ids=[customer.pk if customer else None])
    before, chosen = order.customer_id, choice_of(order)
    _check_change(order, values)
    if customer is not None:
        _check_customer(customer)
    for name, value in values.items():
        setattr(order, name, value)
    if "market" in values:
        _take_over_market(order)
    if values.keys() & {"market", "customer"}:
        _raise(order)
    if values.keys() & {"customer", "shipping_address", "billing_address"}:
        adopt(order)
    if values.keys() & {"customer", "payment_source"}:
        _take_source(order, values)
    costs = settle_method(order, before=chosen)
    order.save()
    claim_source(order)
    if costs:
        recalculate(order)
    _sign_up(order, password, trusted=trusted)
    settle(order)
    if order.customer_id != before:
        _follow(order, before)


@transaction.atomic
def delete_order(*, order: Order) -> None:
    """Delete the order with its lines and recount its customer's orders."""
    lock_order(order=order)
    customer_id = order.customer_id
    ExternalPayment.objects.filter(order=order, wallet=None).delete()
    order.delete()
    recount_orders(customer_ids=[customer_id])


def _with_customer(environment_id: int, values: Values) -> Values:
    """Return `values` with a customer for the e-mail and an e-mail for the customer."""
    email, customer = values.get("customer_email"), values.get("customer")
    if email and customer is None:
        customer = find_or_create(environment_id=environment_id, email=email)
    elif email and customer is not None and email.lower() != customer.email:
        raise Invalid("customer_email", "invalid", "is not the e-mail of the customer")
    if values.keys() & {"customer", "customer_email"}:
        return {
            **values,
            "customer": customer,
            "customer_email": customer.email if customer else None,
        }
    return values


def _check_customer(customer: Customer) -> None:
    """Raise Conflict for a person who is being forgotten; the customer's row is locked."""
    customer.refresh_from_db()
    check_not_forgotten(customer=customer)


def _check_change(order: Order, values: Values) -> None:
    if order.customer_id is not None and order.is_counted and values.get("customer", order) is None:
        raise problem("customer", "blank", "can't be blank")
    market = values.get("market", order.market)
    if market != order.market and order.line_items.exists():
        raise problem("market", "has_line_items", "can't be changed: the order has line items")


def _take_over_market(order: Order) -> None:
    order.currency_code = order.market.currency_code
    order.tax_included = order.market.charges_with_taxes
    if order.store is not None and order.store.market_id != order.market_id:
        raise problem("store", "invalid", "does not belong to the order's market")


def _take_source(order: Order, values: Values) -> None:
    """Take a source over, or leave the one of a customer who is no longer the order's behind."""
    if "payment_source" in values:
        take_source(order, values["payment_source"])
    elif order.payment_source and not order.payment_source.goes_with(order):
        take_source(order, None)


def _raise(order: Order) -> None:
    problems = list(customer_problems(order))
    if problems:
        raise Invalid.many(problems)


def _sign_up(order: Order, password: str | None, *, trusted: bool) -> None:
    """Give the order's customer a password; an open door only where nothing lies behind it.

    Whoever knows an e-mail could otherwise take over what its owner has ordered or stored.
    """
    if password is None:
        return
    customer = order.customer
    if customer is None:
        raise Invalid("customer_email", "blank", "can't be blank")
    if not trusted and _has_something_stored(customer, order):
        raise Invalid("customer_password", "taken", "has already been set")
    sign_up(customer=customer, password=password)
    publish(instance=customer, topic="customers.create_password")
    order.guest = False
    adopt(order)
    order.save()


def _has_something_stored(customer: Customer, order: Order) -> bool:
    """Tell whether signing in as `customer` would open more than `order`."""
    belongings = (
        customer.orders.exclude(pk=order.pk),
        customer.customer_addresses,
        customer.customer_payment_sources,
        customer.order_subscriptions,
        customer.sku_lists,
    )
    return customer.customer_group_id is not None or any(rows.exists() for rows in belongings)


def _follow(order: Order, before: int | None) -> None:
    """Move what hangs on the order to its new customer."""
    person = {"customer": order.customer, "customer_email": order.customer_email}
    order.returns.update(**person)
    order.order_subscriptions.update(**person)
    if order.is_counted:
        recount_orders(customer_ids=[before, order.customer_id])
