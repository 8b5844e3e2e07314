"""What segments can ask about the customers themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q
from django.db.models.functions import Lower

from catalog.models import PlanMembership
from catalog.segmentation import (
    BOOLEAN,
    MOMENT,
    NAMES,
    NUMBER,
    TEXT,
    Criterion,
    Kind,
    register,
)
from customers.models import Customer, CustomerAddress, CustomerSubscription


def column(name: str) -> Callable[[Any], F]:
    """Return what makes the expression of a column of customers."""
    return lambda _: F(name)


def among(name: str) -> Callable[[list[str]], Q]:
    """Return what makes the condition that a column is one of some names, whatever their case."""

    def has(names: list[str]) -> Q:
        return reduce(or_, (Q(**{f"{name}__iexact": one}) for one in names))

    return has


def owning(model: type[Model], path: str, **fixed: Any) -> Callable[[list[str]], Q]:
    """Return what makes the condition that a customer has a row whose `path` is one of names."""

    def has(names: list[str]) -> Q:
        rows = model._default_manager.filter(customer=OuterRef("pk"), **fixed)
        named = rows.alias(lower=Lower(path)).filter(lower__in=[name.lower() for name in names])
        return Q(Exists(named))

    return has


def metadata(pairs: list[str]) -> Q:
    """Return the condition that the metadata has any of some `name=text` pairs."""
    parts = (pair.partition("=") for pair in pairs)
    return reduce(
        or_, (Q(metadata__contains={name.strip(): text.strip()}) for name, _, text in parts)
    )


COLUMNS: tuple[tuple[str, str, Kind], ...] = (
    ("email", "E-mail", TEXT),
    ("reference", "Reference", TEXT),
    ("company", "Company", TEXT),
    ("total_orders_count", "Placed orders", NUMBER),
    ("created_at", "Customer since", MOMENT),
    ("email_confirm", "E-mail is confirmed", BOOLEAN),
    ("has_password", "Has a password", BOOLEAN),
    ("enabled", "Is enabled", BOOLEAN),
)
SETS: tuple[tuple[str, str, Callable[[list[str]], Q]], ...] = (
    ("status", "Status", among("status")),
    ("type", "Individual or business", among("type")),
    ("language", "Language", among("language")),
    ("locale", "Locale", among("locale")),
    ("group", "Group (code)", among("customer_group__code")),
    ("metadata", "Metadata (name=text)", metadata),
    ("tags", "Tags", owning(Customer.tags.through, "tag__name")),
    ("country", "Country of an address", owning(CustomerAddress, "address__country_code")),
    ("lists", "Subscriptions (list)", owning(CustomerSubscription, "reference")),
    (
        "memberships",
        "Active memberships (plan's code)",
        owning(PlanMembership, "plan__code", status=PlanMembership.Status.ACTIVE),
    ),
)

for name, title, kind in COLUMNS:
    register(Criterion(name, title, kind, expression=column(name)))
for name, title, has in SETS:
    register(Criterion(name, title, NAMES, has=has))
