"""Rows for tests: two tenants, their applications, the people."""

from __future__ import annotations

from itertools import count
from typing import Any

from customers.models import Address, Customer, CustomerGroup
from oauth.models import Application
from organizations.models import Environment, Membership, Organization, Role, User

numbers = count(1)
PASSWORD = "correct horse battery"


def make_organization(slug: str = "", **fields: Any) -> Organization:
    slug = slug or f"shop-{next(numbers)}"
    organization = Organization.objects.create(slug=slug, name=slug.title(), **fields)
    for mode in ("test", "live"):
        Environment.objects.create(organization=organization, mode=mode)
    Role.objects.create(organization=organization, name="Admin", kind="admin")
    return organization


def environment_of(organization: Organization, mode: str = "test") -> Environment:
    return organization.environments.get(mode=mode)


def make_user(organization: Organization, **fields: Any) -> User:
    email = fields.pop("email", f"user-{next(numbers)}@staff.example")
    user = User.objects.create_user(
        email, fields.pop("password", None), first_name="Travis", last_name="Muller", **fields
    )
    role = organization.roles.get(name="Admin")
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


def make_application(
    environment: Environment, kind: str = "sales_channel", **fields: Any
) -> Application:
    """Return an application; its secret, where it has one, is its attribute `secret`."""
    application = Application(environment=environment, kind=kind, name=f"a {kind}", **fields)
    application.secret = application.set_secret() if kind != "sales_channel" else None
    application.save()
    return application


def make_customer(environment: Environment, **fields: Any) -> Customer:
    fields.setdefault("email", f"customer-{next(numbers)}@shop.example")
    customer = Customer(environment=environment, **fields)
    if customer.password:
        customer.set_password(customer.password)
    customer.save()
    return customer


def make_group(environment: Environment, **fields: Any) -> CustomerGroup:
    fields.setdefault("name", f"Group {next(numbers)}")
    return CustomerGroup.objects.create(environment=environment, **fields)


ADDRESS = {
    "first_name": "John",
    "last_name": "Smith",
    "line_1": "2883 Geraldine Lane",
    "line_2": "Apt.23",
    "city": "New York",
    "zip_code": "10013",
    "state_code": "NY",
    "country_code": "US",
    "phone": "(212) 646-338-1228",
}


def make_address(environment: Environment, **fields: Any) -> Address:
    return Address.objects.create(environment=environment, **{**ADDRESS, **fields})
