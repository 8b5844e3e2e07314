"""What staff do in the admin enters the audit trail like what comes through the API."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest

from jsonapi.access import Caller
from organizations import recording
from organizations.models import Environment, User

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
def recorded(request: HttpRequest, row: Any, *, sets: Collection[str] = ()) -> Iterator[Caller]:
    """Run a change of a saved row in a transaction and record which attributes it changed.

    `sets` are relationships to many that it may change too.
    """
    caller = staff_caller(request, row.environment)
    with recording.recorded(row, caller, request, sets=sets):
        yield caller


def record_new(request: HttpRequest, row: Any) -> None:
    """Record that a row was added."""
    recording.record_new(row, staff_caller(request, row.environment), request)


def record_end(request: HttpRequest, row: Any) -> None:
    """Record that a row is about to be deleted."""
    recording.record_end(row, staff_caller(request, row.environment), request)
