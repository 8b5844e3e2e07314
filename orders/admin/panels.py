"""What a customer's page shows of their orders, and an order's of its errors."""

from __future__ import annotations

from django.http import HttpRequest

from catalog.money import formatted
from customers.models import Customer
from orders.models import Order, OrderSubscription, Return
from organizations.staff import Panel, list_url, panel, record_link, rows_for, when
from organizations.staff.panels import MOST_ROWS, may_read


@panel(Customer)
def orders(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show the customer's latest orders."""
    if not may_read(request, "orders", customer):
        return None
    rows = rows_for(request, Order).filter(customer=customer).order_by("-pk")[:MOST_ROWS]
    shown = [
        (
            record_link(one),
            one.status,
            one.payment_status,
            formatted(one.total_amount_with_taxes_cents, one.currency_code),
            when(one.placed_at),
        )
        for one in rows
    ]
    headers = ("Order", "Status", "Payment", "Total", "Placed")
    return Panel("Orders", headers, shown, list_url(Order, f"customer__id__exact={customer.pk}"))


@panel(Customer)
def order_subscriptions(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show what the customer gets again and again; nothing where there is none."""
    rows = rows_for(request, OrderSubscription).filter(customer=customer).order_by("-pk")
    shown = [
        (record_link(one), one.status, one.frequency, when(one.next_run_at))
        for one in rows[:MOST_ROWS]
    ]
    headers = ("Subscription", "Status", "Frequency", "Next run")
    more = list_url(OrderSubscription, f"customer__id__exact={customer.pk}")
    return Panel("Order subscriptions", headers, shown, more) if shown else None


@panel(Customer)
def returns(request: HttpRequest, customer: Customer) -> Panel | None:
    """Show what the customer sent back; nothing where there is none."""
    rows = rows_for(request, Return).filter(customer=customer).order_by("-pk")[:MOST_ROWS]
    shown = [(record_link(one), one.status, when(one.created_at)) for one in rows]
    more = list_url(Return, f"customer__id__exact={customer.pk}")
    return Panel("Returns", ("Return", "Status", "Opened"), shown, more) if shown else None


@panel(Order)
def errors(request: HttpRequest, order: Order) -> Panel | None:
    """Show what kept the order from being placed; nothing where nothing did."""
    found = order.resource_errors.order_by("pk")
    shown = [(one.name, one.message, when(one.created_at)) for one in found]
    return Panel("Errors", ("What", "Is wrong", "Since"), shown) if shown else None
