"""What the apps above learn about requests to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.dispatch import Signal

from anonymization.models import AnonymizationRequest, Status

if TYPE_CHECKING:
    from collections.abc import Collection

    from anonymization.people import People
    from jsonapi.access import Caller
    from organizations.models import User

# Sent inside the transaction of each change of status, once for all requests that it changes,
# with `sender` AnonymizationRequest, `keys` (the primary keys of their rows, which are already
# changed), `status` (now the same for all), `people` (whom they are about, with the keys of those
# who still have a row), `event` (one of EVENTS), `actor` (the User who asked, None for a worker)
# and `caller` (None outside the API).
anonymization_changed = Signal()

EVENTS = {
    Status.REQUESTED: "anonymization_request",
    Status.STARTED: "anonymization_started",
    Status.COMPLETED: "anonymization_completed",
    Status.FAILED: "anonymization_failed",
    Status.CANCELLED: "anonymization_cancel",
}


def announce(
    status: Status,
    keys: Collection[int],
    people: People,
    *,
    actor: User | None = None,
    caller: Caller | None = None,
) -> None:
    """Tell the apps above that the requests with these keys have a new status; none: nothing."""
    if keys:
        anonymization_changed.send(
            AnonymizationRequest,
            keys=keys,
            status=status,
            people=people,
            event=EVENTS[status],
            actor=actor,
            caller=caller,
        )
