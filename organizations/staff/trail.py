"""What staff do in the admin enters the audit trail like what comes through the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from jsonapi import registry, signals
from jsonapi.access import Caller
from jsonapi.writes import values
from organizations.models import Environment, User, unlisted

# The admin as an application, in `who` of the audit trail.
APPLICATION = "admin"


def staff_caller(request: HttpRequest, environment: Environment) -> Caller:
    """Return the signed-in user as a trusted caller in one environment."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101
    return Caller(
        environment_id=environment.pk,
        organization_id=environment.organization.uid,
        organization_slug=environment.organization.slug,
        mode=environment.mode,
        kind="user",
        application_id=APPLICATION,
        permissions={},
        owner_type="User",
        owner_id=user.uid,
    )


@contextmanager
def recorded(request: HttpRequest, row: Any) -> Iterator[Caller]:
    """Run a change of a saved row in a transaction and record which attributes it changed."""
    resource_type = registry.type_of(type(row))
    caller = staff_caller(request, row.environment)
    with transaction.atomic():
        before = _values(resource_type, row)
        yield caller
        after = _values(resource_type, row)
        changes = {
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        }
        _send(signals.resource_updated, request, row, caller, changes=changes, triggers=[])


def record_new(request: HttpRequest, row: Any) -> None:
    """Record that a row was added."""
    _send(signals.resource_created, request, row, staff_caller(request, row.environment))


def record_end(request: HttpRequest, row: Any) -> None:
    """Record that a row is about to be deleted."""
    _send(signals.resource_deleted, request, row, staff_caller(request, row.environment))


def _values(resource_type: str | None, row: Any) -> dict[str, Any]:
    if resource_type is None:
        return {}
    return values(registry.schema_of(resource_type), row) | unlisted(row)


def _send(signal: Any, request: HttpRequest, row: Any, caller: Caller, **facts: Any) -> None:
    signal.send(sender=type(row), instance=row, caller=caller, request=request, **facts)
